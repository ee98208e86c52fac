"""Where the lanes of a channel stand: ready, by the age of what they would say next, or waiting for their time."""

import heapq
import itertools
from bisect import insort
from collections import deque
from collections.abc import Callable

from bot.channel import Delivery
from bot.clock import Bell, Clock
from bot.outbox.lane import AnyLane


class Lanes:
    """Of one channel, made by `make`; `bell` is rung when the time of one will come."""

    def __init__(self, make: Callable[[str], AnyLane], clock: Clock, bell: Bell) -> None:
        self._make = make
        self._clock = clock
        self._bell = bell
        self._by_address: dict[str, AnyLane] = {}
        self.get = self._by_address.get
        """The lane of an address that has one."""
        self._spare: list[AnyLane] = []
        self._order = itertools.count(1)
        self.ready: deque[tuple[int, int, int, AnyLane]] = deque()
        """Sorted; one whose number is not its lane's entry any more does not count."""
        self._later: list[tuple[int, int, AnyLane]] = []

    def new(self, address: str) -> AnyLane:
        """A lane for an address that has none."""
        if self._spare:
            lane = self._spare.pop()
            lane.address = address
        else:
            lane = self._make(address)
        self._by_address[address] = lane
        return lane

    def place(self, lane: AnyLane) -> None:
        """Have a lane stand where it belongs by now: among those that are ready, or until its time comes; with nothing
        to say and nothing to wait for, it goes."""
        if lane.entry or lane.under_way:
            return
        if lane.free_at and lane.free_at > self._clock.now():
            self._place_later(lane, lane.free_at)
        elif lane.waiting:
            head, at = lane.head()
            if head is None:
                self._place_later(lane, at)
                return
            lane.entry = entry = next(self._order)
            place = (head.priority, head.id, entry, lane)
            ready = self.ready
            if ready and place < ready[-1]:
                insort(ready, place)
            else:
                ready.append(place)
        elif not lane.left:
            del self._by_address[lane.address]
            self._spare.append(lane)

    def _place_later(self, lane: AnyLane, at: int) -> None:
        lane.entry = next(self._order)
        heapq.heappush(self._later, (at, lane.entry, lane))
        self._bell.ring(at)

    def head(self) -> Delivery | None:
        """What would be said next."""
        while self.ready:
            _, _, entry, lane = self.ready[0]
            if entry == lane.entry:
                head, at = lane.head()
                if head is not None:
                    return head
                self._place_later(lane, at)
            self.ready.popleft()
        return None

    def first(self) -> AnyLane:
        """The lane that would speak next, under way from now on."""
        lane = self.ready.popleft()[3]
        lane.entry = 0
        lane.under_way = True
        return lane

    def look(self, now: int) -> None:
        """Place those whose time has come."""
        later = self._later
        while later and later[0][0] <= now:
            _, entry, lane = heapq.heappop(later)
            if entry == lane.entry:
                lane.entry = 0
                self.place(lane)
        if later:
            self._bell.ring(later[0][0])
