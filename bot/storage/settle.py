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
from bot.storage.insert import Insert
from bot.storage.rows import DELIVERY, UNSAID, UNSAID_LINES, delivery_of, history
from bot.storage.speech import DESK, GONE, PAIR
from bot.storage.state import State
from bot.storage.store import Outcome

_WAITING = f"""
    SELECT kind, channel, address, conversation, ifnull(message, id), key FROM outbox WHERE id = ?1
    UNION ALL SELECT 'send', c.channel, c.address, c.id, u.id, '' FROM {UNSAID_LINES} WHERE u.id = ?1
"""
_SAID = "DELETE FROM unsaid WHERE id = ?"
_IS_THERE = "SELECT 1 FROM messages WHERE id = ?"
_DELIVERED = Insert("delivered (id, at, external_id)")
_NO_MORE_AS_IT_STANDS = f"""
    INSERT INTO outbox (id, channel, address, conversation)
    SELECT u.id, c.channel, c.address, c.id FROM {UNSAID_LINES} WHERE u.id = ?
"""
_LATER = "UPDATE outbox SET attempts = attempts + 1, due = ? WHERE id = ?"

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
    row = (state.counters.inbox, conversation, "", "", "", now, external_id, encode(event))
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
    there = "" if address is None else "AND {}.address = :address"
    rows = connection.execute(
        f"""SELECT {DELIVERY} WHERE o.id > :after AND o.channel = :channel {there.format("o")}
        UNION ALL SELECT {UNSAID} WHERE u.id > :after AND c.channel = :channel {there.format("c")}
        ORDER BY 1 LIMIT :limit""",
        {"after": after, "channel": channel, "limit": limit, "address": address},
    )
    found = [delivery_of(row) for row in rows]
    state.offered.update(dict.fromkeys([one.id for one in found], False))
    return found


def settle(
    connection: sqlite3.Connection, state: State, outcomes: Sequence[Outcome], now: int
) -> None:
    """See `Store.settle`."""
    offered = state.offered
    lines: list[Row] = []
    for outcome in outcomes:
        id, ids = outcome.delivery, outcome.external_ids
        if outcome.result == "later":
            _put_off(connection, state, outcome)
            continue
        as_it_stands = offered.pop(id, False)
        if as_it_stands and outcome.result == "delivered" and len(ids) < 2:
            lines.append((id, now, ids[0] if ids else ""))
        else:
            _end(connection, state, outcome, now)
    if lines:
        _said(connection, lines)
    state.save(connection)


def _put_off(connection: sqlite3.Connection, state: State, outcome: Outcome) -> None:
    """To be tried again, after a time that only a row of the outbox can tell."""
    if state.offered.get(outcome.delivery):
        state.offered[outcome.delivery] = False
    connection.execute(_NO_MORE_AS_IT_STANDS, (outcome.delivery,))
    connection.execute(_SAID, (outcome.delivery,))
    connection.execute(_LATER, (outcome.due, outcome.delivery))


def _said(connection: sqlite3.Connection, lines: list[Row]) -> None:
    """Lines were delivered as they stand, each as one message: nearly all deliveries end so."""
    gone = connection.executemany(_SAID, [line[:1] for line in lines]).rowcount
    if gone < len(lines):
        # Somebody was forgotten meanwhile.
        lines = [one for one in lines if connection.execute(_IS_THERE, one[:1]).fetchone()]
    _DELIVERED.write(connection, lines)


def _end(connection: sqlite3.Connection, state: State, outcome: Outcome, now: int) -> None:
    """Any delivery was delivered, or given up."""
    row = connection.execute(_WAITING, (outcome.delivery,)).fetchone()
    if row is None:
        return
    kind, channel, address, conversation, message, key = row
    for statement in GONE:
        connection.execute(statement, (outcome.delivery,))
    if outcome.result == "failed":
        _failed(connection, state, outcome, row, now)
        return
    ids = [*enumerate(outcome.external_ids)]
    if kind == "send" and message == outcome.delivery and channel != DESK:
        # A line of history: of its first part the mark that it was delivered tells.
        connection.execute(_DELIVERED.one, (message, now, ids.pop(0)[1] if ids else ""))
    if kind in {"send", "edit"}:
        rows = [(channel, address, id, message, part, conversation) for part, id in ids]
        connection.executemany(PAIR, rows)
    if kind == "send" and key.startswith(REPLY):
        event = MessageDelivered(message, key)
        file_event(connection, state, f"told:{outcome.delivery}", conversation, event, now)


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
