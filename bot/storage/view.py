"""`DeskView` on the writer's own connection, inside the batch's transaction."""

import sqlite3
from collections.abc import Container, Iterator
from itertools import islice
from typing import Any

from bot.errors import TooEarly
from bot.model.conversation import Conversation
from bot.model.effect import Appoint, Effect
from bot.model.event import Author
from bot.model.message import Message
from bot.model.person import Person
from bot.model.text import Text
from bot.model.ticket import Ticket
from bot.model.view import Found, Sent
from bot.storage import places
from bot.storage.codec import (
    decode_customer,
    decode_message,
    decode_person,
    decode_ticket,
    encode,
)
from bot.storage.fold import TicketEffect
from bot.storage.rows import history, load
from bot.storage.speech import DESK

SEARCHED = 50_000
"""So many of the newest customers, and of the newest lines, are searched: a search holds the writer up."""
_DIGITS_OF_A_PHONE = 10
_DIGITS_THAT_TELL = 5

_LINES = history("m.author, m.body", "id = ?", "m.author IN ({authors})") + "LIMIT ?"
_SPOKEN = _LINES.format(authors="'customer', 'bot', 'operator'")
_NEWEST = history("m.id, m.author, m.body", "id = ?", "m.author IN ('customer', 'bot', 'operator')")
_NEWEST += "LIMIT ?"
_AT_THE_DESK = f"""
    SELECT 1 FROM pairs WHERE message = ?1 AND channel = '{DESK}' UNION ALL
    SELECT 1 FROM outbox WHERE id >= ?1 AND message = ?1 AND kind = 'send' AND channel = '{DESK}'
    AND address = ?2
    LIMIT 1
"""
_WITH_NOTES = _LINES.format(authors="'customer', 'bot', 'operator', 'note'")
_WAITING = "SELECT body FROM tickets WHERE state = 'waiting' ORDER BY number LIMIT 1000"
_OPEN = "SELECT body FROM tickets WHERE state <> 'closed' ORDER BY number LIMIT 1000"
_MEANT = """
    SELECT message FROM pairs WHERE channel = ? AND external_id = ? AND address IN (?, '')
    ORDER BY address DESC LIMIT 1
"""
_COPY = """
    SELECT external_id FROM pairs WHERE message = ? AND channel = ? AND address IN (?, '')
    ORDER BY address DESC, part LIMIT 1
"""
_CUSTOMERS = f"""
    SELECT c.id, u.body FROM customers u JOIN conversations c ON c.customer = u.id
    WHERE u.id > (SELECT max(id) FROM customers) - {SEARCHED} AND c.channel <> '{DESK}' AND (%s)
    ORDER BY c.id DESC
"""
_SAID = f"""
    SELECT m.conversation, m.body FROM messages m JOIN conversations c ON c.id = m.conversation
    WHERE m.id > (SELECT max(id) FROM messages) - {SEARCHED} AND c.channel <> '{DESK}' AND m.author <> '' AND (%s)
    ORDER BY m.id DESC
"""


class View:
    """See `bot.model.view.DeskView`."""

    def __init__(self, connection: sqlite3.Connection, spoke: Container[int] = ()) -> None:
        """`spoke`: conversations with lines that are not written yet; they cannot be looked at."""
        self._connection = connection
        self._spoke = spoke
        self._tickets: dict[int, Ticket] = {}
        self._people: dict[str, Person] = {}

    def note(self, effect: Effect) -> None:
        """An earlier turn of the batch wants this: later ones see it, though it is not written yet."""
        if isinstance(effect, TicketEffect):
            self._tickets[effect.ticket.number] = effect.ticket
        elif isinstance(effect, Appoint):
            self._people[effect.person.id] = effect.person

    def lines(
        self, conversation: int, limit: int, *, notes: bool = False
    ) -> list[tuple[Author, Message]]:
        """See `DeskView.lines`. Raises `TooEarly`."""
        self._written(conversation)
        sql = _WITH_NOTES if notes else _SPOKEN
        newest = self._connection.execute(sql, (conversation, limit)).fetchall()
        return [(author, decode_message(body)) for author, body in reversed(newest)]

    def media(self, conversation: int, limit: int) -> list[Sent]:
        """See `DeskView.media`. Raises `TooEarly`."""
        self._written(conversation)
        newest = self._connection.execute(_NEWEST, (conversation, limit)).fetchall()
        found = []
        for back, (id, author, body) in reversed([*enumerate(newest)]):
            said = decode_message(body) if author == "customer" else None
            if said is not None and (said.attachments or said.location is not None):
                seen = self._row(_AT_THE_DESK, id, str(conversation)) is not None
                found.append(Sent(id, back, said, seen))
        return found

    def waiting(self) -> list[Ticket]:
        """See `DeskView.waiting`."""
        return [one for one in self._newer(_WAITING) if one.state == "waiting"]

    def tickets(self) -> list[Ticket]:
        """See `DeskView.tickets`."""
        return [one for one in self._newer(_OPEN) if one.state != "closed"]

    def _newer(self, sql: str) -> list[Ticket]:
        kept = (decode_ticket(body) for (body,) in self._connection.execute(sql))
        known = {one.number: one for one in kept} | self._tickets
        return [known[number] for number in sorted(known)]

    def ticket(self, number: int) -> Ticket | None:
        """See `DeskView.ticket`."""
        if number in self._tickets:
            return self._tickets[number]
        row = self._row("SELECT body FROM tickets WHERE number = ?", min(number, 1 << 62))
        return decode_ticket(row[0]) if row else None

    def people(self) -> list[Person]:
        """See `DeskView.people`."""
        rows = self._connection.execute("SELECT body FROM people ORDER BY id")
        kept = [decode_person(body) for (body,) in rows]
        return [*({one.id: one for one in kept} | self._people).values()]

    def find(self, text: str, limit: int) -> list[Found]:
        """See `DeskView.find`. The newest `SEARCHED` customers and lines are looked through."""
        found: dict[int, Text | None] = {}
        number = text.strip().removeprefix("№")
        if number.isdecimal() and (ticket := self.ticket(int(number))) is not None:
            found[ticket.conversation] = None
        needles = _needles(text)
        if needles:
            found |= dict.fromkeys(islice(self._customers(needles), limit))
            for id, line in self._said(needles):
                found.setdefault(id, line)
                if len(found) >= limit:
                    break
        there = [(load(self._connection, id), line) for id, line in [*found.items()][:limit]]
        return [Found(one, line) for one, line in there if one is not None]

    def _customers(self, needles: list[str]) -> Iterator[int]:
        for id, body in self._holding(_CUSTOMERS, "u.body", needles):
            customer = decode_customer(body)
            kept = (customer.name, customer.username, *map(str, customer.attributes.values()))
            if any(needle in value for needle in needles for value in kept):
                yield id

    def _said(self, needles: list[str]) -> Iterator[tuple[int, Text]]:
        for id, body in self._holding(_SAID, "m.body", needles):
            text = decode_message(body).text
            # What only the names of the body's fields say was not said.
            if any(needle in text.plain for needle in needles):
                yield id, text

    def _holding(self, sql: str, column: str, needles: list[str]) -> Iterator[tuple[int, bytes]]:
        """Rows whose body holds one of these; bodies are JSON, what stands in quotes there is escaped."""
        one_of = " OR ".join([f"instr({column}, ?)"] * len(needles))
        escaped = [encode(needle)[1:-1] for needle in needles]
        return self._connection.execute(sql % one_of, escaped)

    def said(self, message: int) -> Message | None:
        """See `DeskView.said`."""
        row = self._row("SELECT body FROM messages WHERE id = ? AND author <> ''", message)
        return decode_message(row[0]) if row else None

    def said_at(self, message: int) -> int:
        """See `DeskView.said_at`."""
        row = self._row("SELECT at FROM messages WHERE id = ?", message)
        return int(row[0]) if row else 0

    def meant(self, conversation: int, external_id: str) -> int:
        """See `DeskView.meant`."""
        row = self._row(_MEANT, DESK, external_id, str(conversation))
        return int(row[0]) if row else 0

    def copy(self, conversation: Conversation, external_id: str) -> str:
        """See `DeskView.copy`."""
        place = (conversation.channel, conversation.address, external_id)
        row = self._row(places.SAID_BY_PAIR, *place) or self._row(places.SAID_BY_LINE, *place)
        if row is None:
            return ""
        copied = self._row(_COPY, row[0], DESK, str(conversation.id))
        return str(copied[0]) if copied else ""

    def _written(self, conversation: int) -> None:
        if conversation in self._spoke:
            raise TooEarly

    def _row(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        return found


def _needles(text: str) -> list[str]:
    """The text as it may have been written: SQLite knows no case of Cyrillic letters; phones are kept as digits."""
    words = text.strip()
    ways = {words, words.casefold(), words.capitalize(), words.title(), words.upper()}
    digits = "".join(letter for letter in words if letter.isdecimal())
    telling = len(digits) >= _DIGITS_THAT_TELL
    if telling and not any(letter.isalpha() for letter in words):
        ways.add(digits[-_DIGITS_OF_A_PHONE:])
    return [way for way in sorted(ways) if way]
