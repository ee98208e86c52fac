"""How deliveries, calls, timers and fetches went, written down; what comes back of them goes into the inbox."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from bot.channel import Delivery
from bot.model.event import (
    ActionFinished,
    AttachmentFetched,
    DeliveryFailed,
    Event,
    MessageDelivered,
    TimerFired,
)
from bot.model.message import Attachment, Message
from bot.storage.codec import decode_message, encode
from bot.storage.door import EVENT
from bot.storage.rows import DELIVERY, delivery_of, history
from bot.storage.speech import DESK
from bot.storage.state import Offered, State
from bot.storage.store import Outcome

_WAITING_ROW = (
    "SELECT kind, channel, address, conversation, ifnull(message, id), key FROM outbox WHERE id = ?"
)
_GONE = "DELETE FROM outbox WHERE id = ?"
_DELIVERED = "UPDATE messages SET delivered_at = ?, external_id = ? WHERE id = ?"
_LATER = "UPDATE outbox SET attempts = attempts + 1, due = ? WHERE id = ?"
_PAIR = """
    INSERT OR REPLACE INTO pairs (channel, address, external_id, message, part, conversation)
    VALUES (?, ?, ?, ?, ?, ?)
"""

REPLY = "reply:"
"""What the key of an operator's line begins with: that it arrived is an event."""

Row = tuple[Any, ...]


def file_event(
    connection: sqlite3.Connection,
    state: State,
    external_id: str,
    conversation: int,
    event: Event,
    now: int,
) -> None:
    """Put an event of our own making into the inbox; `external_id` keeps it from being filed twice."""
    state.counters.inbox += 1
    row = (state.counters.inbox, "", external_id, conversation, "", "", now, encode(event))
    connection.execute(EVENT.one, row)
    state.events.ask()


def due_deliveries(
    connection: sqlite3.Connection,
    state: State,
    channel: str,
    after: int,
    limit: int,
    address: str | None = None,
) -> list[Delivery]:
    """See `Store.due_deliveries`."""
    there = "" if address is None else "AND o.address = ?"
    values = (after, channel, limit) if address is None else (after, channel, address, limit)
    rows = connection.execute(
        f"SELECT {DELIVERY} WHERE o.id > ? AND o.channel = ? {there} ORDER BY o.id LIMIT ?", values
    ).fetchall()
    found = [delivery_of(row) for row in rows]
    for one, row in zip(found, rows, strict=True):
        state.offered[one.id] = (one.kind, channel, one.address, one.conversation, row[5], one.key)
    return found


def settle(
    connection: sqlite3.Connection, state: State, outcomes: Sequence[Outcome], now: int
) -> None:
    """See `Store.settle`."""
    later = [(outcome.due, outcome.delivery) for outcome in outcomes if outcome.result == "later"]
    if later:
        connection.executemany(_LATER, later)
    ended = [outcome for outcome in outcomes if outcome.result != "later"]
    delivered: list[Row] = []
    pairs: list[Row] = []
    for outcome in ended:
        row = state.offered.pop(outcome.delivery, None) or _found(connection, outcome.delivery)
        if row is None:
            continue
        kind, channel, address, conversation, message, key = row
        ids = outcome.external_ids
        if outcome.result == "failed":
            _failed(connection, state, outcome, row, now)
        elif kind == "send" and message == outcome.delivery and channel != DESK:
            # A line of history: where it stands is written in the line, which has to be touched anyway.
            delivered.append((now, ids[0] if ids else "", message))
            pairs += [
                (channel, address, id, message, part, conversation)
                for part, id in enumerate(ids[1:], 1)
            ]
        elif kind in {"send", "edit"}:
            pairs += [
                (channel, address, id, message, part, conversation) for part, id in enumerate(ids)
            ]
        if outcome.result == "delivered" and kind == "send" and key.startswith(REPLY):
            event = MessageDelivered(message, key)
            file_event(connection, state, f"told:{outcome.delivery}", conversation, event, now)
    if delivered:
        connection.executemany(_DELIVERED, delivered)
    if pairs:
        connection.executemany(_PAIR, pairs)
    connection.executemany(_GONE, [(outcome.delivery,) for outcome in ended])
    state.save(connection)


def _found(connection: sqlite3.Connection, delivery: int) -> Offered | None:
    found: Offered | None = connection.execute(_WAITING_ROW, (delivery,)).fetchone()
    return found


def _failed(
    connection: sqlite3.Connection, state: State, outcome: Outcome, row: Row, now: int
) -> None:
    kind, channel, _, conversation, message, key = row
    if outcome.unreachable and channel != DESK:
        connection.execute("UPDATE conversations SET unreachable = 1 WHERE id = ?", (conversation,))
        state.conversations.drop(conversation)
    if kind in {"typing", "react"}:
        return
    if kind == "send":
        connection.execute(
            "UPDATE messages SET problem = ? WHERE id = ?", (outcome.reason, outcome.delivery)
        )
    event = DeliveryFailed(message, outcome.reason, outcome.unreachable, key, channel, kind)
    file_event(connection, state, f"failed:{outcome.delivery}", conversation, event, now)


def fire_timers(
    connection: sqlite3.Connection, state: State, channels: frozenset[str], now: int, limit: int
) -> int:
    """See `Store.fire_timers`."""
    marks = ", ".join("?" * len(channels))
    due = connection.execute(
        f"""SELECT t.id, t.conversation, t.name, t.visit, t.due FROM timers t
        JOIN conversations c ON c.id = t.conversation
        WHERE t.due <= ? AND c.channel IN ({marks}) ORDER BY t.due, t.id LIMIT ?""",
        (now, *channels, limit),
    ).fetchall()
    for id, conversation, name, visit, _ in due:
        file_event(connection, state, f"timer:{id}", conversation, TimerFired(name, visit), now)
    connection.executemany("DELETE FROM timers WHERE id = ?", [row[:1] for row in due])
    state.save(connection)
    return len(due)


def settle_call(
    connection: sqlite3.Connection,
    state: State,
    call: str,
    finished: ActionFinished,
    again_at: int | None,
    now: int,
) -> None:
    """See `Store.settle_call`."""
    if again_at is not None:
        connection.execute(
            "UPDATE calls SET attempts = attempts + 1, due = ? WHERE id = ?", (again_at, call)
        )
        return
    found = connection.execute("SELECT conversation FROM calls WHERE id = ?", (call,)).fetchone()
    if found is None:
        return
    connection.execute("DELETE FROM calls WHERE id = ?", (call,))
    file_event(connection, state, f"call:{call}", found[0], finished, now)
    state.save(connection)


def settle_attachment(
    connection: sqlite3.Connection,
    state: State,
    id: int,
    attachment: Attachment,
    again_at: int | None,
    now: int,
) -> None:
    """See `Store.settle_attachment`."""
    if again_at is not None:
        connection.execute(
            "UPDATE attachments SET attempts = attempts + 1, due = ? WHERE id = ? AND state = 0",
            (again_at, id),
        )
        return
    found = connection.execute(
        "SELECT conversation, source FROM attachments WHERE id = ? AND state = 0", (id,)
    ).fetchone()
    if found is None:
        return
    conversation, source = found
    connection.execute(
        "UPDATE attachments SET state = 1, digest = ?, body = ? WHERE id = ?",
        (attachment.digest, encode(attachment), id),
    )
    for table in _HOLDING:
        _fill_in(connection, table, conversation, source, attachment)
    event = AttachmentFetched(source, attachment.digest, attachment.problem)
    file_event(connection, state, f"attachment:{id}", conversation, event, now)
    state.save(connection)


_HOLDING = {
    "messages": history("m.id, m.body", "id = ?", "instr(m.body, ?) > 0"),
    "outbox": "SELECT id, body FROM outbox WHERE conversation = ? AND instr(body, ?) > 0",
}
"""What may hold files, of one conversation."""


def _fill_in(
    connection: sqlite3.Connection,
    table: str,
    conversation: int,
    source: str,
    attachment: Attachment,
) -> None:
    """Have every message that holds this file know what became of it."""
    rows = connection.execute(_HOLDING[table], (conversation, encode("attachments"))).fetchall()
    changed = []
    for id, body in rows:
        message = decode_message(body)
        filled = _filled(message, source, attachment)
        if filled != message:
            changed.append((encode(filled), id))
    connection.executemany(f"UPDATE {table} SET body = ? WHERE id = ?", changed)


def _filled(message: Message, source: str, attachment: Attachment) -> Message:
    files = tuple(
        attachment if one.source == source and not one.digest else one
        for one in message.attachments
    )
    return replace(message, attachments=files)
