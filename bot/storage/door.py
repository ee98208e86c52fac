"""The way in: each event to its conversation, repeats dropped, saved with the channel's cursor."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from bot.errors import UnknownConversation
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.event import (
    Incoming,
    MessageEdited,
    MessageReceived,
    OperatorEdited,
    OperatorReplied,
    Sender,
)
from bot.model.message import Attachment, Message
from bot.storage.at_hand import InboxRow
from bot.storage.codec import EMPTY_DIALOG, decode_customer, encode
from bot.storage.insert import Insert
from bot.storage.state import DOORS, DoorTo, State
from bot.storage.store import Accepted

KEPT_FOR_GOOD = frozenset({"email"})
"""Kinds of channels whose ids outlive their events: a mailbox may be read anew after years."""

_WITH_MESSAGE = (MessageReceived, MessageEdited, OperatorReplied, OperatorEdited)

EVENT = Insert(
    "inbox (id, conversation, channel, address, message_id, at, external_id, event)",
    "ON CONFLICT (channel, external_id) DO NOTHING",
)
SAVE_CURSOR = """
    INSERT INTO cursors VALUES (?, ?) ON CONFLICT (channel) DO UPDATE SET cursor = excluded.cursor
"""
FIND_DOOR = """
    SELECT c.id, i.customer, u.body FROM identities i JOIN customers u ON u.id = i.customer
    LEFT JOIN conversations c ON c.channel = i.channel AND c.address = i.address
    WHERE i.channel = ? AND i.address = ?
"""
_CUSTOMER = Insert("customers (id, body)")
_IDENTITY = Insert("identities (channel, address, customer)")
_CONVERSATION = Insert("conversations (id, channel, address, kind, customer, dialog)")

Row = tuple[Any, ...]


def accept(
    connection: sqlite3.Connection,
    state: State,
    channel: str,
    kind: str,
    incoming: Sequence[Incoming],
    cursor: str | None,
    now: int,
) -> Accepted:
    """See `Store.accept`."""
    entrance = _Entrance(connection, state, channel, kind)
    fresh = (
        [one for one in incoming if not entrance.known_for_good(one)]
        if kind in KEPT_FOR_GOOD
        else incoming
    )
    rows = entrance.rows(fresh, now)
    entrance.make_doors()
    new = EVENT.write(connection, rows)
    if new == len(rows):
        state.events.add(rows, fresh)
    else:
        state.events.ask()
    attachments = entrance.keep_attachments()
    if cursor is not None:
        connection.execute(SAVE_CURSOR, (channel, cursor))
    state.save(connection)
    return Accepted(new, len(incoming) - new, attachments)


def files_of(message: Message) -> tuple[Attachment, ...]:
    """The files that a message brings and that are not here yet."""
    return tuple(
        one for one in message.attachments if one.source and not one.digest and not one.problem
    )


class _Entrance:
    """One call of `accept`."""

    def __init__(
        self, connection: sqlite3.Connection, state: State, channel: str, kind: str
    ) -> None:
        self._connection = connection
        self._state = state
        self._channel = channel
        self._kind = kind
        self._customers: list[Row] = []
        self._identities: list[Row] = []
        self._conversations: list[Row] = []
        self._bringing: list[tuple[InboxRow, tuple[Attachment, ...]]] = []

    def known_for_good(self, incoming: Incoming) -> bool:
        """Whether the event was handled so long ago that only its id is left."""
        found = self._connection.execute(
            "SELECT 1 FROM seen WHERE channel = ? AND external_id = ?",
            (self._channel, incoming.external_id),
        )
        return found.fetchone() is not None

    def rows(self, incoming: Sequence[Incoming], now: int) -> list[InboxRow]:
        """The events' rows for the inbox."""
        channel, counters = self._channel, self._state.counters
        rows: list[InboxRow] = []
        for one in incoming:
            conversation, event = one.conversation, one.event
            if conversation:
                self._must_exist(one)
            else:
                conversation = self._door(one).conversation
            id = counters.inbox = counters.inbox + 1
            at, body = one.at or now, bytearray(encode(event))
            row = (
                id, conversation, channel, one.address, one.message_id, at, one.external_id, body
            )  # fmt: skip
            rows.append(row)
            if isinstance(event, _WITH_MESSAGE) and event.message.attachments:
                self._bringing.append((row, files_of(event.message)))
        return rows

    def _must_exist(self, incoming: Incoming) -> None:
        found = self._connection.execute(
            "SELECT 1 FROM conversations WHERE id = ?", (incoming.conversation,)
        )
        if found.fetchone() is None:
            raise UnknownConversation(
                f"event {incoming.external_id} of {self._channel} is for conversation {incoming.conversation}, "
                "which does not exist: it was erased, or the event names it wrongly"
            )

    def _door(self, incoming: Incoming) -> DoorTo:
        place = (self._channel, incoming.address)
        doors = self._state.doors
        door = doors.get(place)
        if door is None:
            if not incoming.address:
                raise UnknownConversation(
                    f"event {incoming.external_id} of {self._channel} names neither an address nor a conversation"
                )
            if len(doors) >= DOORS:
                del doors[next(iter(doors))]
            door = doors[place] = self._find(place, incoming.sender)
        if incoming.sender is not None and incoming.sender != door.sender:
            self._rename(door, incoming.sender)
        return door

    def _find(self, place: tuple[str, str], sender: Sender | None) -> DoorTo:
        """The conversation of an address; a new one, with the customer whose identity this is, or a new one."""
        found = self._connection.execute(FIND_DOOR, place).fetchone()
        if found is None:
            return DoorTo(*self._make(place, self._make_customer(place, sender)), sender)
        customer = decode_customer(found[2])
        known = Sender(customer.name, customer.username, customer.language)
        if found[0] is None:
            return DoorTo(*self._make(place, customer), known)
        return DoorTo(found[0], customer.id, known)

    def _make_customer(self, place: tuple[str, str], sender: Sender | None) -> Customer:
        counters, known = self._state.counters, sender or Sender()
        counters.customer += 1
        customer = Customer(counters.customer, known.name, known.username, known.language)
        self._customers.append((customer.id, encode(customer)))
        self._identities.append((*place, customer.id))
        return customer

    def _make(self, place: tuple[str, str], customer: Customer) -> tuple[int, int]:
        counters = self._state.counters
        counters.conversation += 1
        made = Conversation(counters.conversation, *place, self._kind, customer)
        self._conversations.append((made.id, *place, self._kind, customer.id, EMPTY_DIALOG))
        self._state.conversations.add(made)
        return made.id, customer.id

    def make_doors(self) -> None:
        """Write the customers and conversations that are new, table by table."""
        for insert, rows in (
            (_CUSTOMER, self._customers),
            (_IDENTITY, self._identities),
            (_CONVERSATION, self._conversations),
        ):
            insert.write(self._connection, rows)
            rows.clear()

    def _rename(self, door: DoorTo, sender: Sender) -> None:
        """People change their names; what a channel does not tell stays as it was."""
        door.sender = sender
        self.make_doors()
        found = self._connection.execute(
            "SELECT body FROM customers WHERE id = ?", (door.customer,)
        ).fetchone()
        old = decode_customer(found[0])
        new = msgspec.structs.replace(
            old,
            name=sender.name or old.name,
            username=sender.username or old.username,
            language=sender.language or old.language,
        )
        if new != old:
            self._connection.execute(
                "UPDATE customers SET body = ? WHERE id = ?", (encode(new), new.id)
            )
            self._state.conversations.drop_customer(new.id)

    def keep_attachments(self) -> bool:
        """Note the files to fetch of those events that are new; whether there are any."""
        any_new = False
        for row, files in self._bringing:
            for attachment in files:
                if not self._is_new(row[0]) or self._is_noted(row[1], attachment):
                    continue
                any_new = True
                self._connection.execute(
                    "INSERT INTO attachments (channel, conversation, source, body) VALUES (?, ?, ?, ?)",
                    (self._channel, row[1], attachment.source, encode(attachment)),
                )
        return any_new

    def _is_new(self, id: int) -> bool:
        return (
            self._connection.execute("SELECT 1 FROM inbox WHERE id = ?", (id,)).fetchone()
            is not None
        )

    def _is_noted(self, conversation: int, attachment: Attachment) -> bool:
        found = self._connection.execute(
            "SELECT 1 FROM attachments WHERE conversation = ? AND source = ?",
            (conversation, attachment.source),
        )
        return found.fetchone() is not None
