"""What the writer's thread keeps in memory beside the database. All of it can be lost and read again."""

import sqlite3

import msgspec

from bot.model.event import Sender
from bot.storage.counters import Counters

DOORS = 20_000
"""How many customers' addresses are kept at hand."""


class DoorTo(msgspec.Struct, gc=False):
    """Where the events of one address go, and what was last heard of who writes from there."""

    conversation: int
    customer: int
    sender: Sender | None


class State:
    """`doors`: addresses heard of lately. `offered`: rows of the outbox that somebody has been given to deliver, so
    that an edit must follow them instead of replacing them."""

    def __init__(self) -> None:
        self.counters = Counters()
        self.doors: dict[tuple[str, str], DoorTo] = {}
        self.offered: set[int] = set()

    def undone(self) -> None:
        """Something was rolled back: what may tell of it is forgotten."""
        self.doors.clear()
        self.counters.undone()

    def reopened(self, connection: sqlite3.Connection) -> None:
        """Go on with a database that was opened again."""
        self.doors.clear()
        self.counters.load(connection)
