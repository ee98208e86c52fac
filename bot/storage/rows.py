"""Rows of the database as the nouns that they keep."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from bot.channel import Delivery
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.dialog import Dialog
from bot.model.event import Event, Happened
from bot.model.message import Attachment, Message
from bot.model.ticket import Ticket
from bot.storage.codec import (
    Body,
    decode_customer,
    decode_dialog,
    decode_event,
    decode_message,
    decode_ticket,
    decode_trace,
)
from bot.storage.store import Line, MissedQuestion, TracedTurn

Row = Sequence[Any]


UNREADABLE = Message(attachments=(Attachment("document", problem="unreadable"),))
"""Stands in a delivery for a message that cannot be read any more: it can only fail."""


def history(columns: str, whose: str, where: str = "m.author <> ''") -> str:
    """SQL that walks the lines `m` of some conversations (`whose`, a condition on them), newest first; `d` is how each was
    delivered."""
    return f"""
        WITH RECURSIVE line (id) AS (
            SELECT last_line FROM conversations WHERE {whose}
            UNION ALL SELECT m.previous FROM line CROSS JOIN messages m ON m.id = line.id WHERE m.previous > 0
        )
        SELECT {columns} FROM line CROSS JOIN messages m ON m.id = line.id LEFT JOIN delivered d ON d.id = m.id
        WHERE {where}
    """


CONVERSATION = """
    c.id, c.channel, c.address, c.kind, c.unreachable, c.dialog, u.body, t.body
    FROM conversations c JOIN customers u ON u.id = c.customer LEFT JOIN tickets t ON t.number = c.ticket
"""
DELIVERY = """
    o.id, o.channel, o.address, o.kind, o.conversation, ifnull(o.message, o.id), ifnull(o.body, m.body), o.due,
    o.attempts, o.priority, o.key, o.external_id, o.reply_external_id, o.operator
    FROM outbox o LEFT JOIN messages m ON m.id = o.id
"""
UNSAID_LINES = (
    "unsaid u JOIN messages m ON m.id = u.id JOIN conversations c ON c.id = m.conversation"
)
"""Lines that wait to be said as they stand, and where."""
UNSAID = f"""
    u.id, c.channel, c.address, 'send', c.id, u.id, m.body, 0, 0, 0, '', '', '', '' FROM {UNSAID_LINES}
"""
EXTERNAL_ID = "ifnull(d.external_id, m.external_id)"
LINE = f"""
    m.id, m.conversation, m.author, m.operator, m.at, m.body, {EXTERNAL_ID}, ifnull(d.at, m.delivered_at), m.problem
"""
MISS = "at, text, nearest, score, conversation, answer, meant FROM misses"
TRACED = "i.id, i.at, i.event, ifnull(t.handled_at, 0), t.trace FROM inbox i LEFT JOIN turns t ON t.id = i.id"


def conversation_of(
    row: Row, customer: Customer | None = None, ticket: Ticket | None = None
) -> Conversation:
    """A row of `CONVERSATION`; a customer or ticket that is in hand already is newer than the row's."""
    id, channel, address, kind, unreachable, dialog, customer_body, ticket_body = row
    if ticket is None and ticket_body is not None:
        ticket = decode_ticket(ticket_body)
    return Conversation(
        id,
        channel,
        address,
        kind,
        customer or decode_customer(customer_body),
        dialog_of(dialog),
        ticket,
        bool(unreachable),
    )


def dialog_of(body: bytes) -> Dialog:
    """Where a customer is; at the beginning, if what was kept cannot be read any more: better than never to answer."""
    try:
        return decode_dialog(body)
    except msgspec.MsgspecError:
        return Dialog(greeted=True)


def delivery_of(row: Row) -> Delivery:
    """A row of `DELIVERY` or `UNSAID`."""
    (
        id,
        channel,
        address,
        kind,
        conversation,
        message,
        body,
        due,
        attempts,
        priority,
        key,
        external,
        reply,
        operator,
    ) = row
    return Delivery(
        id,
        channel,
        address,
        _message(body),
        kind,
        conversation,
        attempts,
        due,
        message if kind in {"edit", "delete", "react"} and message != id else 0,
        external,
        reply,
        priority,
        key,
        operator,
    )


def _message(body: bytes) -> Message:
    try:
        return decode_message(body)
    except msgspec.MsgspecError:
        return UNREADABLE


def line_of(row: Row) -> Line:
    """A row of `LINE`."""
    id, conversation, author, operator, at, body, external_id, delivered_at, problem = row
    if author in {"customer", "note"}:
        delivered_at = at
    return Line(
        id,
        conversation,
        author,
        operator,
        at,
        decode_message(body),
        external_id,
        delivered_at,
        problem,
    )


def miss_of(row: Row) -> MissedQuestion:
    """A row of `MISS`."""
    return MissedQuestion(*row)


def traced_of(row: Row) -> TracedTurn:
    """A row of `TRACED`."""
    id, at, event, handled_at, trace = row
    return TracedTurn(id, at, event_of(event), handled_at, decode_trace(trace) if trace else ())


def event_of(body: Body) -> Event:
    """An event; one that cannot be read any more is `Happened("unreadable")`."""
    try:
        event: Event = decode_event(body)
        return event
    except msgspec.MsgspecError:
        return Happened("unreadable")


def load(connection: sqlite3.Connection, id: int) -> Conversation | None:
    """One conversation."""
    row = connection.execute(f"SELECT {CONVERSATION} WHERE c.id = ?", (id,)).fetchone()
    return conversation_of(row) if row is not None else None
