"""What waits for one address."""

from collections import deque
from collections.abc import Sequence

from msgspec.structs import replace

from bot.channel import Delivery
from bot.storage.store import Outcome

PER_LANE = 50
"""Deliveries of one address held in memory; the rest waits in the store, and takes no room from other addresses."""


class Lane:
    """First in, first out. At most one delivery of a lane is under way.

    `entry`: under which number it stands in the heap of ready lanes or in that of later ones, 0: in none. `free_at`: not
    before, in ms. `last`: the row taken in last; `left`: the newest row that was left in the store, 0: none.
    """

    __slots__ = ("_faults", "address", "entry", "free_at", "last", "left", "queue", "under_way")

    def __init__(self, address: str) -> None:
        self.address = address
        self.queue: deque[Delivery] = deque()
        self.entry = 0
        self.under_way = False
        self.free_at = 0
        self.last = 0
        self.left = 0
        self._faults = 0

    @property
    def size(self) -> int:
        """How many things wait here; what is under way may count."""
        return len(self.queue)

    @property
    def hungry(self) -> bool:
        """Whether rows that were left are wanted now."""
        return bool(self.left) and self.size < PER_LANE // 2

    def add(self, delivery: Delivery, now: int) -> Sequence[Delivery]:
        """One more; gives back those that need not be said any more."""
        self.last = delivery.id
        self.queue.append(delivery)
        return ()

    def head(self, now: int) -> tuple[Delivery | None, int]:
        """What goes next; if nothing may go now, when something may (ms)."""
        return self.queue[0], 0

    def take(self, now: int) -> Delivery:
        """What goes next, now under way."""
        return self.queue[0]

    def faults(self) -> int:
        """What is under way failed in a way that the adapter did not name: how often so far."""
        self._faults += 1
        return self._faults

    def outcomes(self, outcome: Outcome) -> Sequence[Outcome]:
        """The ends of all rows that were under way together."""
        return (outcome,)

    def release(self, outcome: Outcome) -> tuple[int, Sequence[Delivery]]:
        """It is written down: how many rows are over, and which need not be said any more."""
        if outcome.result == "later":
            first = self.queue[0]
            self.queue[0] = replace(first, attempts=first.attempts + 1)
            self.free_at = outcome.due
            return 0, ()
        self.queue.popleft()
        self._faults = 0
        return 1, ()
