"""What waits for one address."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec.structs import replace

from bot.channel import Delivery
from bot.storage.store import Outcome

PER_LANE = 50
"""Deliveries of one address held in memory; the rest waits in the store, and takes no room from other addresses."""

_Thing = TypeVar("_Thing")


class Lane(ABC, Generic[_Thing]):
    """At most one delivery of a lane is under way.

    `waiting`: what is to be said; what is under way may be among it. `entry`: under which number it stands among the
    lanes that are ready or those that wait for a time, 0: nowhere. `free_at`: not before, in ms. `last`: the row taken
    in last; `left`: the newest row that was left in the store, 0: none. One with nothing in it may become that of
    another address.
    """

    __slots__ = ("address", "entry", "free_at", "last", "left", "under_way", "waiting")

    def __init__(self, address: str) -> None:
        self.address = address
        self.waiting: list[_Thing] = []
        self.entry = 0
        self.under_way = False
        self.free_at = 0
        self.last = 0
        self.left = 0

    @property
    def hungry(self) -> bool:
        """Whether rows that were left are wanted now."""
        return bool(self.left) and len(self.waiting) < PER_LANE // 2

    @abstractmethod
    def add(self, delivery: Delivery) -> Sequence[Delivery]:
        """One more; gives back those that need not be said any more."""

    @abstractmethod
    def head(self) -> tuple[Delivery | None, int]:
        """What goes next; if nothing may go now, when something may (ms). Something waits."""

    @abstractmethod
    def take(self) -> Delivery:
        """What goes next, now under way."""

    @abstractmethod
    def faults(self) -> int:
        """What is under way failed in a way that the adapter did not name: how often so far."""

    @abstractmethod
    def outcomes(self, outcome: Outcome) -> Sequence[Outcome]:
        """The ends of all rows that were under way together."""

    @abstractmethod
    def release(self, outcome: Outcome) -> tuple[int, Sequence[Delivery]]:
        """It is written down: how many rows are over, and which need not be said any more."""


AnyLane: TypeAlias = Lane[Any]


class PlainLane(Lane[Delivery]):
    """First in, first out."""

    __slots__ = ("_faults",)

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._faults = 0

    def add(self, delivery: Delivery) -> Sequence[Delivery]:
        """See `Lane.add`."""
        self.last = delivery.id
        self.waiting.append(delivery)
        return ()

    def head(self) -> tuple[Delivery | None, int]:
        """See `Lane.head`."""
        return self.waiting[0], 0

    def take(self) -> Delivery:
        """See `Lane.take`."""
        return self.waiting[0]

    def faults(self) -> int:
        """See `Lane.faults`."""
        self._faults += 1
        return self._faults

    def outcomes(self, outcome: Outcome) -> Sequence[Outcome]:
        """See `Lane.outcomes`."""
        return (outcome,)

    def release(self, outcome: Outcome) -> tuple[int, Sequence[Delivery]]:
        """See `Lane.release`."""
        if outcome.result == "later":
            first = self.waiting[0]
            self.waiting[0] = replace(first, attempts=first.attempts + 1)
            self.free_at = outcome.due
            return 0, ()
        del self.waiting[0]
        self._faults = 0
        return 1, ()
