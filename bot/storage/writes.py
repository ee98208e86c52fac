"""The effects of turns as rows: gathered over a whole batch, then written table by table."""

import sqlite3
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from bot.channel import Delivery, DeliveryKind
from bot.model.conversation import Conversation
from bot.model.effect import (
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
    Missed,
    OpenTicket,
    Remember,
    Send,
    SetTimer,
    Tag,
)
from bot.model.event import Event, MessageEdited, MessageReceived, OperatorReplied
from bot.model.message import Address, Message
from bot.storage import places
from bot.storage.codec import EMPTY_MESSAGE, encode
from bot.storage.rows import history
from bot.storage.state import State

DESK = "operators"
"""The channel of the operators' room: what goes there is no line of the customer's history."""

Row = tuple[Any, ...]

_LINE = """
    INSERT INTO messages (id, conversation, previous, author, operator, at, body, external_id, delivered_at, problem)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')
"""
_LINE_CALLED = history("m.id", "id = ?", "m.external_id = ?") + "LIMIT 1"
_REWORD = "UPDATE messages SET body = ? WHERE id = ?"
_LAST_LINE = "UPDATE conversations SET last_line = ? WHERE id = ?"
_OUTBOX = """
    INSERT INTO outbox
        (id, channel, address, kind, conversation, message, body, priority, key, external_id, reply_external_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_KEY = """
    INSERT INTO keys (channel, address, key, message, conversation) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (channel, address, key) DO UPDATE SET message = excluded.message, conversation = excluded.conversation
"""
_PAIR = "INSERT OR REPLACE INTO pairs (channel, address, external_id, message, part) VALUES (?, ?, ?, ?, ?)"
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
_MISS = "INSERT INTO misses (at, conversation, text, nearest, score) VALUES (?, ?, ?, ?, ?)"
_ANSWER = "UPDATE misses SET answer = ? WHERE conversation = ? AND answer = ''"
_CONSENT = "INSERT INTO consents (customer, version, agreed, at, channel) VALUES (?, ?, ?, ?, ?)"
_AUDIT = (
    "INSERT INTO audit (at, conversation, operator, verb, ticket, detail) VALUES (?, ?, ?, ?, ?, ?)"
)
_FOLLOW = """
    INSERT INTO inbox (id, channel, external_id, conversation, address, message_id, at, event)
    VALUES (?, '', ?, ?, '', '', ?, ?)
"""


class Writes:
    """What a batch of turns comes to. `deliveries` are the rows of the outbox, in order of id; `next_timer` the
    earliest of the timers that were set; `calls` whether outside calls are wanted."""

    def __init__(
        self, connection: sqlite3.Connection, state: State, last_lines: dict[int, int], now: int
    ) -> None:
        """`last_lines`: of every conversation that will have a turn, the newest line; it is kept up to date."""
        self._connection = connection
        self._counters = state.counters
        self._offered = state.offered
        self._last_lines = last_lines
        self._now = now
        self._moved: set[int] = set()
        self._same: dict[int, int] = {}
        self._deliveries: list[Delivery] = []
        self._lines: list[Row] = []
        self._outbox: list[Row] = []
        self._cancelled: list[Row] = []
        self._timers: dict[int, dict[str, Row]] = {}
        self._seldom: dict[str, list[Row]] = {}
        self.next_timer: int | None = None
        self.calls = False

    def turn(
        self, inbox: Row, event: Event, here: Conversation, effects: tuple[Effect, ...]
    ) -> None:
        """One turn. `inbox` is (id, channel, address, message id, at) of its event; `here` how it left things."""
        self._id, self._channel, self._address, self._message_id, self._at = inbox
        self._event = event
        self._here = here
        self._said = self._copied = self._follows = 0
        if type(event) is MessageReceived:
            self._said = self._line(
                "customer", "", self._at, encode(event.message), self._message_id
            )
        elif type(event) is MessageEdited:
            self._write()
            found = self._connection.execute(_LINE_CALLED, (here.id, event.external_id)).fetchone()
            if found is not None:
                self._connection.execute(_REWORD, (encode(event.message), found[0]))
        for effect in effects:
            self._effects[type(effect)](self, effect)

    def finish(self) -> set[int]:
        """Write everything; the conversations whose `last_line` is still to be written."""
        self._write_rows()
        return self._moved

    def _write(self) -> None:
        """Write what was gathered so far, so that it can be read."""
        self._write_rows()
        moved, self._moved = self._moved, set()
        self._connection.executemany(_LAST_LINE, [(self._last_lines[id], id) for id in moved])

    def _write_rows(self) -> None:
        many = self._connection.executemany
        if self._lines:
            many(_LINE, self._lines)
            self._lines = []
        if self._outbox:
            many(_OUTBOX, self._outbox)
            self._outbox = []
        if self._cancelled:
            many(_CANCEL, self._cancelled)
            self._cancelled = []
        if self._timers:
            many(_TIMER, [row for timers in self._timers.values() for row in timers.values()])
            self._timers = {}
        for statement, rows in self._seldom.items():
            many(statement, rows)
        self._seldom = {}

    def offer(self) -> tuple[Delivery, ...]:
        """The rows of the outbox that were made, now in somebody's hands."""
        same = self._same
        for one in self._deliveries:
            row = (one.kind, one.channel, one.address, one.conversation, same.get(one.id, one.id))
            self._offered[one.id] = row
        return tuple(self._deliveries)

    def _note(self, statement: str, *row: Any) -> None:
        self._seldom.setdefault(statement, []).append(row)

    # what is said

    def _line(self, author: str, operator: str, at: int, body: bytes, external_id: str = "") -> int:
        self._counters.message += 1
        id = self._counters.message
        delivered_at = at if author in {"customer", "note"} else 0
        here = self._here.id
        previous = self._last_lines[here]
        self._last_lines[here] = id
        self._moved.add(here)
        self._lines.append(
            (id, here, previous, author, operator, at, body, external_id, delivered_at)
        )
        return id

    def _send(self, effect: Send) -> None:
        message, to = effect.message, effect.to
        body = encode(message)
        channel, address = self._place(to)
        if effect.typing:
            self._put("typing", channel, address, message, body, priority=effect.priority)
            return
        if channel == DESK:
            self._copy(effect, address, body)
            return
        id = self._line(effect.author, effect.operator, self._now, body)
        if effect.author == "note":
            return
        if effect.author == "operator" and to is None:
            self._answered(id, message)
        # Elsewhere than at the conversation's own address the line has a second place, as a copy has.
        own = id if to is None or (channel, address) == self._place(None) else 0
        self._put(
            "send",
            channel,
            address,
            message,
            body,
            id=own,
            same=id,
            priority=effect.priority,
            key=effect.key,
        )

    def _copy(self, effect: Send, address: str, body: bytes) -> None:
        """To the operators. Their first copy of the customer's line is the same message, standing in a second place."""
        same = 0
        if effect.author == "customer" and not self._copied:
            same = self._copied = self._said
        self._put(
            "send",
            DESK,
            address,
            effect.message,
            body,
            same=same,
            priority=effect.priority,
            key=effect.key,
        )

    def _answered(self, id: int, said: Message) -> None:
        """An operator spoke: that answers what was missed before; and the original of it is the same message."""
        event = self._event
        if type(event) is not OperatorReplied or self._copied:
            return
        self._copied = id
        self._write()
        self._connection.execute(_ANSWER, (said.text.plain, self._here.id))
        external_id = self._message_id or event.external_id
        if external_id:
            self._connection.execute(_PAIR, (self._channel, self._address, external_id, id, 0))

    def _put(  # noqa: PLR0913 - a row has as many columns
        self,
        kind: DeliveryKind,
        channel: str,
        address: str,
        message: Message,
        body: bytes,
        *,
        id: int = 0,
        same: int = 0,
        priority: int = 0,
        key: str = "",
        external_id: str = "",
    ) -> None:
        """A row of the outbox; `same` is the message that it is a copy, an edit or the deletion of."""
        if not id:
            self._counters.message += 1
            id = self._counters.message
        here = self._here.id
        reply = ""
        if message.reply_to is not None:
            self._write()
            reply = next(iter(places.at(self._connection, message.reply_to, channel, address)), "")
        self._outbox.append(
            (id, channel, address, kind, here, same or id, body, priority, key, external_id, reply)
        )
        if same and same != id:
            self._same[id] = same
        of = same if kind in {"edit", "delete"} else 0
        self._deliveries.append(
            Delivery(
                id,
                channel,
                address,
                message,
                kind,
                here,
                0,
                0,
                of,
                external_id,
                reply,
                priority,
                key,
            )
        )
        if key and kind == "send":
            self._note(_KEY, channel, address, key, same or id, here)

    def _place(self, to: Address | None) -> tuple[str, str]:
        return (self._here.channel, self._here.address) if to is None else (to.channel, to.id)

    # what is said differently

    def _edit(self, effect: Edit) -> None:
        self._write()
        channel, address = self._place(effect.to)
        original = effect.of or self._keyed(channel, address, effect.key)
        body = encode(effect.message)
        waiting = self._waiting(original, channel, address)
        standing = places.at(self._connection, original, channel, address)
        if not waiting and not standing:
            self._send(Send(effect.message, effect.to, key=effect.key))
            return
        if channel != DESK:
            self._connection.execute(_REWORD, (body, original))
        if waiting and waiting not in self._offered:
            self._connection.execute("UPDATE outbox SET body = ? WHERE id = ?", (body, waiting))
            self._deliveries = [
                msgspec.structs.replace(one, message=effect.message) if one.id == waiting else one
                for one in self._deliveries
            ]
            return
        self._put(
            "edit",
            channel,
            address,
            effect.message,
            body,
            same=original,
            key=effect.key,
            external_id=standing[0] if standing else "",
        )

    def _delete(self, effect: Delete) -> None:
        self._write()
        channel, address = self._place(effect.to)
        original = effect.of or self._keyed(channel, address, effect.key)
        waiting = self._waiting(original, channel, address)
        if waiting and waiting not in self._offered:
            self._connection.execute("DELETE FROM outbox WHERE id = ?", (waiting,))
            if channel != DESK:
                self._connection.execute(
                    "UPDATE messages SET author = '', body = ? WHERE id = ?",
                    (EMPTY_MESSAGE, original),
                )
            self._deliveries = [one for one in self._deliveries if one.id != waiting]
            return
        standing = places.at(self._connection, original, channel, address)
        for external_id in standing or ([""] if waiting else []):
            self._put(
                "delete",
                channel,
                address,
                Message(),
                EMPTY_MESSAGE,
                same=original,
                external_id=external_id,
            )

    def _keyed(self, channel: str, address: str, key: str) -> int:
        found = self._connection.execute(
            "SELECT message FROM keys WHERE channel = ? AND address = ? AND key = ?",
            (channel, address, key),
        ).fetchone()
        return found[0] if key and found else 0

    def _waiting(self, message: int, channel: str, address: str) -> int:
        """The row of the outbox that a message waits in, 0 if it does not wait. A copy's row is younger than it."""
        found = self._connection.execute(
            "SELECT id FROM outbox WHERE id >= ? AND message = ? AND kind = 'send' AND channel = ? AND address = ?",
            (message, message, channel, address),
        ).fetchone()
        return found[0] if message and found else 0

    # everything else

    def _save_ticket(self, effect: OpenTicket | ChangeTicket | CloseTicket) -> None:
        ticket = effect.ticket
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
            self._timers[here] = {
                name: row for name, row in timers.items() if not name.startswith(prefix)
            }

    def _call(self, effect: CallAction) -> None:
        self.calls = True
        request = encode(effect.request)
        self._note(
            _CALL, effect.id, self._here.id, effect.kind, request, effect.timeout, effect.retries
        )

    def _missed(self, effect: Missed) -> None:
        self._note(_MISS, self._now, self._here.id, effect.text, effect.nearest, effect.score)

    def _consented(self, effect: Consented) -> None:
        here = self._here
        self._note(
            _CONSENT, here.customer.id, effect.version, effect.agreed, self._now, here.channel
        )

    def _audit(self, effect: Audit) -> None:
        self._note(
            _AUDIT,
            self._now,
            self._here.id,
            effect.operator,
            effect.verb,
            effect.ticket,
            effect.detail,
        )

    def _follow(self, effect: Follow) -> None:
        self._counters.inbox += 1
        self._follows += 1
        external_id = f"follow:{self._id}:{self._follows}"
        self._note(
            _FOLLOW,
            self._counters.inbox,
            external_id,
            self._here.id,
            self._now,
            encode(effect.event),
        )

    def _of_the_customer(self, effect: Remember | Tag | Ban) -> None:
        """It is in the conversation already, see `fold`."""

    _effects: ClassVar[dict[type, Callable[["Writes", Any], None]]] = {
        Send: _send,
        Edit: _edit,
        Delete: _delete,
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
        Audit: _audit,
        Follow: _follow,
    }
