"""The effects of turns as rows: gathered over a whole batch, then written table by table."""

import sqlite3
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from bot.model.conversation import Conversation
from bot.model.effect import (
    Appoint,
    Audit,
    Ban,
    CallAction,
    CancelTimer,
    ChangeTicket,
    CloseTicket,
    Consented,
    Delete,
    Edit,
    Effect,
    Follow,
    Link,
    Meant,
    Missed,
    OfferLink,
    OpenTicket,
    Proved,
    React,
    Remember,
    Send,
    SetTimer,
    Tag,
    TriedLink,
    Unlink,
)
from bot.model.event import Event
from bot.storage.at_hand import Arrived
from bot.storage.codec import encode
from bot.storage.identities import LinkEffect
from bot.storage.rows import Row
from bot.storage.speech import Speech
from bot.storage.state import State

_TICKET = """
    INSERT INTO tickets VALUES (?, ?, ?, ?)
    ON CONFLICT (number) DO UPDATE SET state = excluded.state, body = excluded.body
"""
_CANCEL = "DELETE FROM timers WHERE conversation = ? AND name >= ? AND name < ?"
_TIMER = """
    INSERT INTO timers VALUES (?, ?, ?, ?, ?) ON CONFLICT (conversation, name)
    DO UPDATE SET id = excluded.id, visit = excluded.visit, due = excluded.due
"""
_CALL = """
    INSERT INTO calls (id, conversation, kind, request, timeout, retries) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING
"""
_MISS = """
    INSERT INTO misses (at, conversation, text, nearest, score, answer) VALUES (?, ?, ?, ?, ?, ?)
"""
_MEANT = """
    UPDATE misses SET meant = ? WHERE id =
        (SELECT max(id) FROM misses WHERE conversation = ? AND text = ? AND meant = '')
"""
_CONSENT = "INSERT INTO consents (customer, version, agreed, at, channel) VALUES (?, ?, ?, ?, ?)"
_AUDIT = """
    INSERT INTO audit (at, conversation, operator, verb, ticket, detail) VALUES (?, ?, ?, ?, ?, ?)
"""
_PERSON = """
    INSERT INTO people VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body
"""
_FOLLOW = """
    INSERT INTO inbox (id, channel, external_id, conversation, address, message_id, at, event)
    VALUES (?, '', ?, ?, '', '', ?, ?)
"""


class Writes(Speech):
    """What a batch of turns comes to: `turn` for each, then `finish`, then `offer`. `next_timer` is the earliest of
    the timers that were set; `calls` whether outside calls are wanted, `tickets` whether a ticket is different; `links` what was decided of who is who, by
    conversation: for the end of the batch."""

    def __init__(self, connection: sqlite3.Connection, state: State, now: int) -> None:
        super().__init__(connection, state, now)
        self._events = state.events
        self._cancelled: list[Row] = []
        self._timers: dict[int, dict[str, Row]] = {}
        self._seldom: dict[str, list[Row]] = {}
        self._follows: Counter[int] = Counter()
        self.next_timer: int | None = None
        self.calls = False
        self.tickets = False
        self.links: list[tuple[int, LinkEffect]] = []

    def turn(
        self, arrived: Arrived, event: Event, here: Conversation, effects: tuple[Effect, ...]
    ) -> None:
        """One turn, about this event; `here` is how it left things."""
        self._begin(arrived, event, here)
        for effect in effects:
            if type(effect) is Send:
                self.send(effect)
            else:
                self._effects[type(effect)](self, effect)

    def finish(self) -> set[int]:
        """Write everything; the conversations whose `last_line` is still to be written."""
        self._write_rows()
        return self._moved

    def _write_rows(self) -> None:
        super()._write_rows()
        many = self._connection.executemany
        if self._cancelled:
            many(_CANCEL, self._cancelled)
            self._cancelled.clear()
        if self._timers:
            many(_TIMER, [row for timers in self._timers.values() for row in timers.values()])
            self._timers.clear()
        for statement, rows in self._seldom.items():
            many(statement, rows)
        self._seldom.clear()

    def _note(self, statement: str, *row: Any) -> None:
        self._seldom.setdefault(statement, []).append(row)

    def _save_ticket(self, effect: OpenTicket | ChangeTicket | CloseTicket) -> None:
        ticket = effect.ticket
        self.tickets = True
        self._note(_TICKET, ticket.number, ticket.conversation, ticket.state, encode(ticket))

    def _set_timer(self, effect: SetTimer) -> None:
        self._counters.timer += 1
        here = self._here.id
        row = (self._counters.timer, here, effect.name, effect.visit, effect.due)
        self._timers.setdefault(here, {})[effect.name] = row
        if self.next_timer is None or effect.due < self.next_timer:
            self.next_timer = effect.due

    def _cancel_timer(self, effect: CancelTimer) -> None:
        here, prefix = self._here.id, effect.prefix
        # The last character there is: every name that starts with the prefix lies before it.
        self._cancelled.append((here, prefix, prefix + "\U0010ffff"))
        timers = self._timers.get(here)
        if timers:
            left = {name: row for name, row in timers.items() if not name.startswith(prefix)}
            self._timers[here] = left

    def _call(self, effect: CallAction) -> None:
        self.calls = True
        request, here = encode(effect.request), self._here.id
        self._note(_CALL, effect.id, here, effect.kind, request, effect.timeout, effect.retries)

    def _missed(self, effect: Missed) -> None:
        about = (effect.text, effect.nearest, effect.score, effect.answer)
        self._note(_MISS, self._now, self._here.id, *about)

    def _meant(self, effect: Meant) -> None:
        self._note(_MEANT, effect.entry, self._here.id, effect.text)

    def _consented(self, effect: Consented) -> None:
        here = self._here
        row = (here.customer.id, effect.version, effect.agreed, self._now, here.channel)
        self._note(_CONSENT, *row)

    def _audit(self, effect: Audit) -> None:
        here = self._here.id
        row = (self._now, here, effect.operator, effect.verb, effect.ticket, effect.detail)
        self._note(_AUDIT, *row)

    def _follow(self, effect: Follow) -> None:
        self._counters.inbox += 1
        about = self._arrived.id
        self._follows[about] += 1
        external_id = f"follow:{about}:{self._follows[about]}"
        self._events.ask()
        where = effect.conversation or self._here.id
        row = (self._counters.inbox, external_id, where, self._now, encode(effect.event))
        self._note(_FOLLOW, *row)

    def _appoint(self, effect: Appoint) -> None:
        self._note(_PERSON, effect.person.id, encode(effect.person))

    def _link(self, effect: LinkEffect) -> None:
        self.links.append((self._here.id, effect))

    def _of_the_customer(self, effect: Remember | Tag | Ban) -> None:
        """It is in the conversation already, see `fold`."""

    _effects: ClassVar[dict[type, Callable[["Writes", Any], None]]] = {
        Edit: Speech.edit,
        Delete: Speech.delete,
        React: Speech.react,
        Appoint: _appoint,
        OpenTicket: _save_ticket,
        ChangeTicket: _save_ticket,
        CloseTicket: _save_ticket,
        SetTimer: _set_timer,
        CancelTimer: _cancel_timer,
        CallAction: _call,
        Remember: _of_the_customer,
        Tag: _of_the_customer,
        Consented: _consented,
        Ban: _of_the_customer,
        Missed: _missed,
        Meant: _meant,
        Proved: _link,
        OfferLink: _link,
        TriedLink: _link,
        Link: _link,
        Unlink: _link,
        Audit: _audit,
        Follow: _follow,
    }
