"""Where the lanes of a channel stand: ready, by the age of what they would say next, or waiting for their time."""

import heapq
import itertools
from bisect import insort
from collections import deque
from collections.abc import Callable

from bot.channel import Delivery
from bot.clock import Bell
from bot.outbox.lane import UNDER_WAY, AnyLane


class Lanes:
    """Of one channel, made by `make`; `bell` is rung when the time of one will come."""

    def __init__(self, make: Callable[[], AnyLane], bell: Bell) -> None:
        self._make = make
        self._bell = bell
        self._by_address: dict[str, AnyLane] = {}
        self.get = self._by_address.get
        """The lane of an address that has one."""
        self._spare: list[AnyLane] = []
        self.ready: deque[tuple[int, int, AnyLane]] = deque()
        """By priority and id of what each would say, sorted. One of which the id is not its lane's entry any more does
        not count."""
        self._later: list[tuple[int, int, AnyLane]] = []
        self._order = itertools.count(UNDER_WAY - 1, -1)
        """Entries of those that wait for a time: no row has such a number."""

    def begin(self, delivery: Delivery, now: int) -> None:
        """A lane for an address that has none, with the first that it is to say."""
        lane = self._spare.pop() if self._spare else self._make()
        lane.address = address = delivery.address
        self._by_address[address] = lane
        lane.add(delivery)
        if delivery.due > now:
            lane.free_at = delivery.due
            self._place_later(lane, delivery.due)
        else:
            self._place_ready(lane, delivery)

    def place(self, lane: AnyLane, now: int) -> None:
        """Have a lane that stands nowhere stand where it belongs: among those that are ready, or until its time comes;
        with nothing to say and nothing to wait for, it goes."""
        if lane.free_at > now:
            self._place_later(lane, lane.free_at)
        elif lane.waiting:
            head = lane.head()
            if head is None:
                self._place_later(lane, lane.opens_at())
            else:
                self._place_ready(lane, head)
        elif not lane.left:
            del self._by_address[lane.address]
            self._spare.append(lane)

    def _place_ready(self, lane: AnyLane, head: Delivery) -> None:
        lane.entry = row = head.id
        place = (head.priority, row, lane)
        ready = self.ready
        if ready and place < ready[-1]:
            insort(ready, place)
        else:
            ready.append(place)

    def _place_later(self, lane: AnyLane, at: int) -> None:
        lane.entry = next(self._order)
        heapq.heappush(self._later, (at, lane.entry, lane))
        self._bell.ring(at)

    def head(self) -> Delivery | None:
        """What would be said next."""
        while self.ready:
            _, row, lane = self.ready[0]
            if row == lane.entry:
                head = lane.head()
                if head is not None:
                    return head
                self._place_later(lane, lane.opens_at())
            self.ready.popleft()
        return None

    def look(self, now: int) -> None:
        """Place those whose time has come."""
        later = self._later
        while later and later[0][0] <= now:
            _, entry, lane = heapq.heappop(later)
            if entry == lane.entry:
                lane.entry = 0
                self.place(lane, now)
        if later:
            self._bell.ring(later[0][0])
