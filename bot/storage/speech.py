"""What turns say, edit and take back, as rows of history and of the outbox."""

import sqlite3
from operator import itemgetter

from msgspec.structs import replace

from bot.channel import Delivery
from bot.model.conversation import Conversation
from bot.model.effect import Delete, Edit, React, Send
from bot.model.event import (
    DeliveryFailed,
    Event,
    MessageEdited,
    MessageReceived,
    OperatorReplied,
)
from bot.model.message import Address, Message
from bot.model.text import Text
from bot.storage import places
from bot.storage.at_hand import Arrived
from bot.storage.codec import EMPTY_MESSAGE, Body, encode
from bot.storage.insert import Insert
from bot.storage.rows import UNSAID_LINES, Row, history
from bot.storage.state import State

DESK = "operators"
"""The channel of the operators' room: what goes there is no line of the customer's history."""

_CHANGED = "changed:"
"""How the name begins of what tells that the customer changed a message (`bot.desk.room.change_key`)."""

_LINE = Insert("messages (id, conversation, previous, author, operator, at, body, external_id)")
_LINE_CALLED = history("m.id", "id = ?", "m.external_id = ?") + "LIMIT 1"
_WHOSE = itemgetter(1)
"""The conversation of a row for `_LINE`."""
_REWORD = "UPDATE messages SET body = ? WHERE id = ?"
_CAME_BACK = "UPDATE messages SET problem = ? WHERE id = ? AND conversation = ? AND problem = ''"
_TAKE_BACK = "UPDATE messages SET author = '', body = ? WHERE id = ?"
_LAST_LINE = "UPDATE conversations SET last_line = ? WHERE id = ?"
_UNSAID = Insert("unsaid (id)")
_WAITS = Insert(
    "outbox (id, channel, address, conversation, kind, message, body, priority, key, external_id,"
    " reply_external_id, operator)"
)
_WAITING = f"""
    SELECT id FROM outbox WHERE id >= ?1 AND ifnull(message, id) = ?1 AND kind = 'send'
    AND channel = ?2 AND address = ?3
    UNION ALL SELECT u.id FROM {UNSAID_LINES} WHERE u.id = ?1 AND c.channel = ?2 AND c.address = ?3
"""
GONE = ("DELETE FROM outbox WHERE id = ?", "DELETE FROM unsaid WHERE id = ?")
_KEY = Insert(
    "keys (channel, address, key, message, conversation)",
    "ON CONFLICT (channel, address, key)"
    " DO UPDATE SET message = excluded.message, conversation = excluded.conversation",
)
_KEYED = "SELECT message FROM keys WHERE channel = ? AND address = ? AND key = ?"
PAIR = """
    INSERT OR REPLACE INTO pairs (channel, address, external_id, message, part, conversation)
    VALUES (?, ?, ?, ?, ?, ?)
"""
_ANSWER = "UPDATE misses SET answer = ? WHERE conversation = ? AND answer = ''"


class Speech:
    """Gathered over the turns of a batch, written when the batch ends, or before something has to be looked up."""

    def __init__(self, connection: sqlite3.Connection, state: State, now: int) -> None:
        self._connection = connection
        self._counters = state.counters
        self._offered = state.offered
        self._last_lines = state.conversations.last_lines
        self._now = now
        self._deliveries: list[Delivery] = []
        self._moved: set[int] = set()
        self._lines: list[Row] = []
        self._unsaid: list[int] = []
        self._as_they_stand: dict[int, bool] = {}
        self._waits: list[Row] = []
        self._keys: list[Row] = []

    def offer(self) -> tuple[Delivery, ...]:
        """What is to be delivered, now in somebody's hands."""
        self._offered.update(dict.fromkeys([one.id for one in self._deliveries], False))
        self._offered.update(self._as_they_stand)
        return tuple(self._deliveries)

    def _begin(self, arrived: Arrived, event: Event, here: Conversation) -> None:
        """The turn of this event is next; what the customer said in it is a line already."""
        self._arrived = arrived
        self._event = event
        self._here = here
        self._said = self._copied = 0
        if type(event) is MessageReceived:
            body = bytearray(encode(event.message))
            self._said = self._line("customer", "", arrived.at, body, arrived.message_id)
        elif type(event) is MessageEdited:
            self._write()
            found = self._connection.execute(_LINE_CALLED, (here.id, event.external_id)).fetchone()
            if found is not None:
                self._connection.execute(_REWORD, (encode(event.message), found[0]))
        elif type(event) is DeliveryFailed and event.kind == "send":
            # A letter may come back days after it was delivered; what failed at once is marked already.
            self._connection.execute(_CAME_BACK, (event.reason, event.message, here.id))

    def _write(self) -> None:
        """Write what was gathered so far, so that it can be read."""
        self._write_rows()
        moved, self._moved = self._moved, set()
        self._connection.executemany(_LAST_LINE, [(self._last_lines[id], id) for id in moved])

    def _write_rows(self) -> None:
        connection = self._connection
        self._moved.update(map(_WHOSE, self._lines))
        _LINE.write(connection, self._lines)
        _UNSAID.write(connection, [*zip(self._unsaid, strict=True)])
        self._as_they_stand.update(dict.fromkeys(self._unsaid, True))
        _WAITS.write(connection, self._waits)
        _KEY.write(connection, self._keys)
        for written in (self._lines, self._unsaid, self._waits, self._keys):
            written.clear()

    def _line(self, author: str, operator: str, at: int, body: Body, external_id: str = "") -> int:
        counters, last_lines, here = self._counters, self._last_lines, self._here.id
        id = counters.message = counters.message + 1
        self._lines.append((id, here, last_lines[here], author, operator, at, body, external_id))
        last_lines[here] = id
        return id

    def send(self, effect: Send) -> None:
        """A line of history, unless it is for the operators, and a delivery, unless it is a note."""
        here, message = self._here, effect.message
        channel, body = here.channel, bytearray(encode(message))
        if (
            effect.author == "bot"
            and effect.to is None
            and not (effect.key or effect.priority or effect.typing)
            and message.reply_to is None
            and channel != DESK
        ):
            # Nearly all that is ever said: the line tells all about it.
            id = self._line("bot", "", self._now, body)
            self._unsaid.append(id)
            self._deliveries.append(Delivery(id, channel, here.address, message, "send", here.id))
        else:
            self._send(effect, message, body)

    def _send(self, effect: Send, message: Message, body: Body) -> None:
        channel, address = self._place(effect.to)
        one = Delivery(0, channel, address, message, priority=effect.priority, key=effect.key)
        if effect.typing:
            self._put(replace(one, kind="typing", key=""), body)
        elif channel == DESK:
            noted = effect.author == "note"
            line = self._line("note", effect.operator, self._now, body) if noted else 0
            self._copy(effect, one, body, line)
        else:
            id = self._line(effect.author, effect.operator, self._now, body)
            if effect.author == "operator" and effect.to is None:
                self._answered(id, message)
            if effect.author != "note":
                # At another place than the conversation's own the line stands a second time, as a copy does.
                elsewhere = (channel, address) != (self._here.channel, self._here.address)
                self._put(one if elsewhere else replace(one, id=id), body, id)

    def _copy(self, effect: Send, one: Delivery, body: Body, same: int) -> None:
        """To the operators. Their first copy of the customer's line is the same message, in a second place; so is the
        line of history that a note is."""
        if effect.of:
            same = effect.of
        elif effect.author == "customer" and not self._copied:
            same = self._copied = self._said
        operator = "" if effect.author == "note" else effect.operator
        self._put(replace(one, operator=operator), body, same)

    def _answered(self, id: int, said: Message) -> None:
        """An operator spoke: that answers what was missed before; and the original of it is the same message."""
        event = self._event
        if type(event) is not OperatorReplied or self._copied:
            return
        self._copied = id
        self._write()
        self._connection.execute(_ANSWER, (said.text.plain, self._here.id))
        arrived = self._arrived
        external_id = arrived.message_id or event.external_id
        if external_id:
            place = (arrived.channel, arrived.address, external_id)
            self._connection.execute(PAIR, (*place, id, 0, self._here.id))

    def _put(self, one: Delivery, body: Body, same: int = 0) -> None:
        """Give it a row of the outbox, and a number if it has none; `same` is the message that it is a copy, an edit or
        the deletion of."""
        id = one.id
        if not id:
            id = self._counters.message = self._counters.message + 1
        same = same or id
        here, reply = self._here.id, self._answers(one)
        self._waits.append(
            (
                id, one.channel, one.address, here, one.kind, same, body,
                one.priority, one.key, one.external_id, reply, one.operator,
            )
        )  # fmt: skip
        of = same if one.kind in {"edit", "delete", "react"} and same != id else 0
        one = replace(one, id=id, conversation=here, of=of, reply_external_id=reply)
        self._deliveries.append(one)
        if one.key and one.kind == "send":
            self._keys.append((one.channel, one.address, one.key, same, here))

    def _answers(self, one: Delivery) -> str:
        """What the messenger calls the message that this is said in answer to; empty if it is to none."""
        if one.message.reply_to is not None:
            self._write()
            standing = places.at(self._connection, one.message.reply_to, one.channel, one.address)
            return next(iter(standing), "")
        if one.key.startswith(_CHANGED):
            return self._copy_of(one.key.removeprefix(_CHANGED), one.channel, one.address)
        return ""

    def _copy_of(self, external_id: str, channel: str, address: str) -> str:
        """Where the copy of a customer's line stands: what tells of its change is said in answer to it."""
        self._write()
        found = self._connection.execute(_LINE_CALLED, (self._here.id, external_id)).fetchone()
        standing = places.at(self._connection, found[0], channel, address) if found else ()
        return next(iter(standing), "")

    def _place(self, to: Address | None) -> tuple[str, str]:
        return (self._here.channel, self._here.address) if to is None else (to.channel, to.id)

    def edit(self, effect: Edit) -> None:
        """Replaced where it still waits and nobody has it in hand; else edited where it stands, or will stand."""
        self._write()
        channel, address = self._place(effect.to)
        original = effect.of or self._keyed(channel, address, effect.key)
        body = encode(effect.message)
        waiting = self._waiting(original, channel, address)
        standing = places.at(self._connection, original, channel, address)
        if not waiting and not standing:
            self.send(Send(effect.message, effect.to, key=effect.key, priority=effect.priority))
            return
        if channel != DESK:
            self._connection.execute(_REWORD, (body, original))
        if waiting and waiting not in self._offered:
            self._connection.execute("UPDATE outbox SET body = ? WHERE id = ?", (body, waiting))
            self._deliveries = [
                replace(one, message=effect.message) if one.id == waiting else one
                for one in self._deliveries
            ]
            return
        stands = standing[0] if standing else ""
        one = Delivery(0, channel, address, effect.message, "edit", external_id=stands)
        self._put(replace(one, priority=effect.priority, key=effect.key), body, original)

    def delete(self, effect: Delete) -> None:
        """Never said, where it still waits and nobody has it in hand; else deleted, every part of it."""
        self._write()
        channel, address = self._place(effect.to)
        original = effect.of or self._keyed(channel, address, effect.key)
        waiting = self._waiting(original, channel, address)
        if waiting and waiting not in self._offered:
            for statement in GONE:
                self._connection.execute(statement, (waiting,))
            if channel != DESK:
                self._connection.execute(_TAKE_BACK, (EMPTY_MESSAGE, original))
            self._deliveries = [one for one in self._deliveries if one.id != waiting]
            return
        standing = places.at(self._connection, original, channel, address)
        for external_id in standing or ([""] if waiting else []):
            one = Delivery(0, channel, address, Message(), "delete", external_id=external_id)
            self._put(one, EMPTY_MESSAGE, original)

    def react(self, effect: React) -> None:
        """On a message of theirs, or of ours where it stands or will stand."""
        channel, address = self._place(effect.to)
        standing = []
        if effect.of:
            self._write()
            standing = places.at(self._connection, effect.of, channel, address)
        message = Message(Text(effect.emoji))
        stands = effect.external_id or (standing[0] if standing else "")
        one = Delivery(0, channel, address, message, "react", external_id=stands)
        self._put(replace(one, priority=effect.priority), encode(message), effect.of)

    def _keyed(self, channel: str, address: str, key: str) -> int:
        found = self._connection.execute(_KEYED, (channel, address, key)).fetchone()
        return found[0] if key and found else 0

    def _waiting(self, message: int, channel: str, address: str) -> int:
        """The row of the outbox that a message waits in, 0 if it does not wait. A copy's row is younger than it."""
        found = self._connection.execute(_WAITING, (message, channel, address)).fetchone()
        return found[0] if message and found else 0
