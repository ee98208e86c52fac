"""What the writer's thread keeps in memory beside the database. All of it can be lost and read again."""

import sqlite3

import msgspec

from bot.model.event import Sender
from bot.storage.at_hand import Conversations, Events
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


class State:
    """`doors`: addresses heard of lately. `offered`: ids of what somebody has been given to deliver, so that an edit must
    follow it instead of replacing it; True for a line that was written to be said as it stands."""

    def __init__(self) -> None:
        self.counters = Counters()
        self.conversations = Conversations()
        self.events = Events()
        self.doors: dict[tuple[str, str], DoorTo] = {}
        self.offered: dict[int, bool] = {}

    def undone(self) -> None:
        """Something was rolled back: what may tell of it is forgotten."""
        self.forget()
        self.events.since = 0
        self.counters.undone()

    def customers_changed(self) -> None:
        """Two customers became one, or one two: what is kept at hand of who is who is forgotten."""
        self.doors.clear()
        self.conversations.clear()

    def forget(self) -> None:
        """Let go of everything that the database has too."""
        self.doors.clear()
        self.conversations.clear()
        self.events.ask()

    def reopened(self, connection: sqlite3.Connection) -> None:
        """Go on with a database that was opened again."""
        self.forget()
        found = connection.execute("SELECT value FROM meta WHERE name = 'waiting_from'").fetchone()
        self.events.since = int(found[0]) if found is not None else 0
        self.counters.load(connection)

    def save(self, connection: sqlite3.Connection, *, exactly: bool = False) -> None:
        """Reserve the numbers given out in this transaction; now and then note where to look for what waits."""
        if self.counters.save(connection, exactly=exactly):
            connection.execute(_WAITING_FROM, (str(self.events.since),))
