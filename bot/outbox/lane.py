"""What waits for one address."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec.structs import replace

from bot.channel import Delivery
from bot.storage.store import Outcome

PER_LANE = 50
"""Deliveries of one address held in memory; the rest waits in the store, and takes no room from other addresses."""

UNDER_WAY = -1
"""The entry of a lane that speaks and must be found nowhere."""

_Thing = TypeVar("_Thing")


class Lane(ABC, Generic[_Thing]):
    """At most one delivery of a lane is under way.

    `waiting`: what is to be said; what is under way may be among it. `entry`: under which number it stands among the
    lanes that are ready or those that wait for a time, or stood, while it speaks; 0: nowhere. `free_at`: not before,
    in ms. `left`: the newest row that was left in the store, 0: none; `last`: the one before the first of them. A lane
    with nothing in it may become that of another address.
    """

    __slots__ = ("address", "entry", "free_at", "last", "left", "waiting")

    def __init__(self) -> None:
        self.address = ""
        self.waiting: list[_Thing] = []
        self.entry = 0
        self.free_at = 0
        self.last = 0
        self.left = 0

    @property
    def hungry(self) -> bool:
        """Whether rows that were left are wanted now."""
        return bool(self.left) and len(self.waiting) < PER_LANE // 2

    def leave(self, row: int) -> None:
        """This one, and all that come after it, stay in the store for now."""
        if not self.left:
            self.last = row - 1
        self.left = row

    @abstractmethod
    def add(self, delivery: Delivery) -> Sequence[Delivery]:
        """One more; gives back those that need not be said any more."""

    @abstractmethod
    def head(self) -> Delivery | None:
        """What goes next, None if nothing may go now. Something waits."""

    @abstractmethod
    def opens_at(self) -> int:
        """When something may go next (ms), if nothing may go now."""

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
    def release(self, outcome: Outcome, free_at: int) -> Sequence[Delivery]:
        """It is written down; unless it is to be said again, the next may go at `free_at`. Gives back what need not be
        said any more. The lane stands nowhere now."""


AnyLane: TypeAlias = Lane[Any]


class PlainLane(Lane[Delivery]):
    """First in, first out."""

    __slots__ = ("_faults", "_faulty")

    def __init__(self) -> None:
        super().__init__()
        self._faulty = self._faults = 0

    def add(self, delivery: Delivery) -> Sequence[Delivery]:
        """See `Lane.add`."""
        self.waiting.append(delivery)
        return ()

    def head(self) -> Delivery | None:
        """See `Lane.head`."""
        return self.waiting[0]

    def opens_at(self) -> int:
        """See `Lane.opens_at`."""
        return self.free_at

    def take(self) -> Delivery:
        """See `Lane.take`."""
        return self.waiting[0]

    def faults(self) -> int:
        """See `Lane.faults`."""
        row = self.waiting[0].id
        self._faults = self._faults + 1 if row == self._faulty else 1
        self._faulty = row
        return self._faults

    def outcomes(self, outcome: Outcome) -> Sequence[Outcome]:
        """See `Lane.outcomes`."""
        return (outcome,)

    def release(self, outcome: Outcome, free_at: int) -> Sequence[Delivery]:
        """See `Lane.release`."""
        self.entry = 0
        if outcome.result == "later":
            first = self.waiting[0]
            self.waiting[0] = replace(first, attempts=first.attempts + 1)
            self.free_at = outcome.due
        else:
            del self.waiting[0]
            self.free_at = free_at
        return ()
