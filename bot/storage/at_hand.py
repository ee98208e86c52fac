"""What the writer's thread has in memory of the rows that the next turns are about: read or written a moment ago.

All of it equals what the database would give, and can be let go of at any time. Whoever changes such a row in another
way than a turn does lets go of it here; so does every rollback.
"""

import sqlite3
from collections.abc import Iterable
from itertools import islice
from types import NoneType
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.event import ButtonPressed, Event, Incoming, MessageReceived
from bot.storage.rows import CONVERSATION, conversation_of, event_of

CONVERSATIONS = 5_000
"""So many conversations are kept at hand."""
EVENTS = 1_000
"""So many events that wait are kept at hand; where more wait, the database is asked."""

_ONE = f"SELECT c.last_line, {CONVERSATION} WHERE c.id = ?"
_WAITING = """
    FROM inbox i WHERE i.id >= ? AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.id = i.id)
    ORDER BY i.id LIMIT ?
"""
_OLDEST = f"""
    SELECT i.id, i.conversation, i.channel, i.address, i.message_id, i.at, i.event, i.attempts {_WAITING}
"""
_FIRST = f"SELECT i.id {_WAITING}"
_TYPED = frozenset({MessageReceived, ButtonPressed})
"""Events that are the same after they were written as JSON and read again: they hold nothing of any type."""
_PLAIN = frozenset({str, int, bool, NoneType})

InboxRow = tuple[int, int, str, str, str, int, str, bytearray]
"""Of a new event: the fields of `Arrived` up to its time, the channel's id of it, its body."""


class Arrived(msgspec.Struct, frozen=True, gc=False):
    """An event in the inbox that waits for its turn. `address` and `message_id` are the messenger's, `at` its time."""

    id: int
    conversation: int
    channel: str
    address: str
    message_id: str
    at: int
    event: Event
    attempts: int = 0


class Conversations:
    """Conversations as they are saved, each with the newest line of its history (`last_lines`)."""

    def __init__(self) -> None:
        self.last_lines: dict[int, int] = {}
        self._known: dict[int, Conversation] = {}
        self._customers: dict[int, Customer] = {}

    def clear(self) -> None:
        """Let go of everything."""
        self.last_lines.clear()
        self._known.clear()
        self._customers.clear()

    def get(self, connection: sqlite3.Connection, id: int) -> Conversation | None:
        """One conversation, from the database where it is not at hand; None if there is none."""
        try:
            here = self._known[id]
            customer = self._customers[here.customer.id]
        except KeyError:
            return self._read(connection, id)
        if here.customer is not customer:
            here = self._known[id] = replace(here, customer=customer)
        return here

    def _read(self, connection: sqlite3.Connection, id: int) -> Conversation | None:
        row = connection.execute(_ONE, (id,)).fetchone()
        if row is None:
            return None
        here = conversation_of(row[1:])
        customer = self._customers.get(here.customer.id)
        if customer is not None:
            here = replace(here, customer=customer)
        self.put(here)
        self.last_lines[id] = row[0]
        return here

    def add(self, conversation: Conversation) -> None:
        """One that is being made."""
        self.put(conversation)
        self.last_lines[conversation.id] = 0

    def put(self, conversation: Conversation) -> None:
        """One that was read, or that a turn changed."""
        self._known[conversation.id] = conversation
        self._customers[conversation.customer.id] = conversation.customer

    def drop(self, id: int) -> None:
        """Let go of one: its row was changed."""
        self._known.pop(id, None)
        self.last_lines.pop(id, None)

    def drop_customer(self, id: int) -> None:
        """Let go of a customer, and so of all conversations with them: the row was changed."""
        self._customers.pop(id, None)

    def tidy(self, changed: Iterable[Conversation]) -> None:
        """A batch is over: let go of what may come back from the database in another form, and of what was taken up
        long ago."""
        for one in changed:
            if not _comes_back_alike(one):
                self.drop(one.id)
                self.drop_customer(one.customer.id)
        many = len(self._known) - CONVERSATIONS
        if many > 0:
            for one in list(islice(self._known.values(), many)):
                self.drop(one.id)
                self.drop_customer(one.customer.id)


def _comes_back_alike(conversation: Conversation) -> bool:
    """Whether what is kept of it is text, numbers and truths. A time, say, would come back as text. Tickets change in
    more ways than one: a conversation that has one is read each time."""
    if conversation.ticket is not None:
        return False
    dialog = conversation.dialog
    kept = [*conversation.customer.attributes.values()]
    for frame in dialog.stack:
        kept += frame.slots.values()
    if dialog.last is not None:
        kept += dialog.last.slots.values()
    return _PLAIN.issuperset(map(type, kept))


class Events:
    """The events that wait. `since`: none with a lower id does. What is at hand of them is all of them, or nothing is."""

    def __init__(self) -> None:
        self.since = 0
        self._waiting: list[Arrived] | None = None

    def ask(self) -> None:
        """Let go of what is at hand: the database is asked for those that wait."""
        self._waiting = None

    def add(self, rows: Iterable[InboxRow], incoming: Iterable[Incoming]) -> None:
        """Events that were just saved as these rows."""
        waiting = self._waiting
        if waiting is None:
            return
        waiting += [
            Arrived(*row[:6], one.event if type(one.event) in _TYPED else event_of(row[-1]))
            for row, one in zip(rows, incoming, strict=True)
        ]
        if len(waiting) > EVENTS:
            self._waiting = None

    def oldest(self, connection: sqlite3.Connection, limit: int) -> list[Arrived]:
        """Those that waited longest."""
        if self._waiting is not None:
            return self._waiting[:limit]
        rows = connection.execute(_OLDEST, (self.since, limit)).fetchall()
        return [_arrived(*row) for row in rows]

    def handled(self, connection: sqlite3.Connection, count: int, last: int) -> bool:
        """The `count` oldest are handled, no event has a higher id than `last`: whether others wait."""
        if self._waiting is not None:
            del self._waiting[:count]
            first = self._waiting[0].id if self._waiting else None
        else:
            row = connection.execute(_FIRST, (self.since, 1)).fetchone()
            first = row[0] if row is not None else None
            self._waiting = [] if first is None else None
        self.since = last + 1 if first is None else first
        return first is not None


def _arrived(*row: Any) -> Arrived:
    id, conversation, channel, address, message_id, at, event, attempts = row
    return Arrived(id, conversation, channel, address, message_id, at, event_of(event), attempts)
