"""What the writer's thread keeps in memory beside the database. All of it can be lost and read again."""

import sqlite3

import msgspec

from bot.model.event import Sender
from bot.storage.counters import Counters

_WAITING_FROM = """
    INSERT INTO meta VALUES ('waiting_from', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
DOORS = 10_000
"""How many customers' addresses are kept at hand."""


class DoorTo(msgspec.Struct, gc=False):
    """Where the events of one address go, and what was last heard of who writes from there."""

    conversation: int
    customer: int
    sender: Sender | None


Offered = tuple[str, str, str, int, int, str]
"""Of a row of the outbox: kind, channel, address, conversation, message, key."""


class State:
    """`doors`: addresses heard of lately. `offered`: rows of the outbox that somebody has been given to deliver, so
    that an edit must follow them instead of replacing them. `waiting_from`: no event with a lower id waits."""

    def __init__(self) -> None:
        self.counters = Counters()
        self.doors: dict[tuple[str, str], DoorTo] = {}
        self.offered: dict[int, Offered] = {}
        self.waiting_from = 0

    def undone(self) -> None:
        """Something was rolled back: what may tell of it is forgotten."""
        self.doors.clear()
        self.waiting_from = 0
        self.counters.undone()

    def customers_changed(self) -> None:
        """Two customers became one, or one two: what is kept at hand of whose an address is, is forgotten."""
        self.doors.clear()

    def reopened(self, connection: sqlite3.Connection) -> None:
        """Go on with a database that was opened again."""
        self.doors.clear()
        found = connection.execute("SELECT value FROM meta WHERE name = 'waiting_from'").fetchone()
        self.waiting_from = int(found[0]) if found is not None else 0
        self.counters.load(connection)

    def save(self, connection: sqlite3.Connection, *, exactly: bool = False) -> None:
        """Reserve the numbers given out in this transaction; now and then note where to look for what waits."""
        if self.counters.save(connection, exactly=exactly):
            connection.execute(_WAITING_FROM, (str(self.waiting_from),))
