"""Numbers for new rows, given out from memory: no row needs to be asked back from the database for its id.

An id is never given twice, not even after its row was deleted or the process was killed: a messenger takes the id of
a delivery for the key that recognises a repeat. So ids are reserved ahead, a thousand at a time, in the transaction
that first needs them; what a killed process had reserved is skipped. Conversations, customers and tickets are read by
people: their numbers have no gaps, they are reserved one by one.
"""

import sqlite3
from typing import Literal

Counted = Literal["inbox", "message", "timer", "conversation", "customer", "ticket"]

AHEAD: dict[Counted, int] = {
    "inbox": 1000, "message": 1000, "timer": 1000, "conversation": 0, "customer": 0, "ticket": 0
}  # fmt: skip


class Counters:
    """The last number given out of each kind; only the writer's thread touches them."""

    def __init__(self) -> None:
        self.inbox = self.message = self.timer = 0
        self.conversation = self.customer = self.ticket = 0
        self._reserved: dict[str, int] = {}

    def load(self, connection: sqlite3.Connection) -> None:
        """Go on behind everything that was reserved, and everything that was given out since."""
        rows = connection.execute("SELECT name, value FROM meta WHERE name LIKE 'last_%'")
        self._reserved = {name.removeprefix("last_"): int(value) for name, value in rows}
        for name in AHEAD:
            setattr(self, name, max(getattr(self, name), self._reserved.get(name, 0)))

    def save(self, connection: sqlite3.Connection, *, exactly: bool = False) -> bool:
        """Reserve what was given out, in the transaction that uses it; whether there was anything to reserve.
        `exactly`: give back what was kept ahead."""
        saved = False
        for name, ahead in AHEAD.items():
            last: int = getattr(self, name)
            if last > self._reserved.get(name, 0) or exactly:
                saved = True
                self._reserved[name] = last if exactly else last + ahead
                connection.execute(
                    "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    ("last_" + name, str(self._reserved[name])),
                )
        return saved

    def undone(self) -> None:
        """What was reserved may not be saved: reserve anew."""
        self._reserved.clear()


class TicketNumbers:
    """The free ticket numbers, for a turn."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    def __iter__(self) -> "TicketNumbers":
        return self

    def __next__(self) -> int:
        self._counters.ticket += 1
        return self._counters.ticket
