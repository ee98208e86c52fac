"""Everything about one customer: gathered, or erased."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from bot.errors import FrontdeskError
from bot.model.customer import Consent
from bot.storage.codec import decode_attachment, decode_customer, decode_ticket
from bot.storage.rows import (
    CONVERSATION,
    LINE,
    MISS,
    TRACED,
    conversation_of,
    history,
    line_of,
    miss_of,
    traced_of,
)
from bot.storage.store import Kept

_OF_CONVERSATIONS = (
    "inbox",
    "outbox",
    "keys",
    "tickets",
    "timers",
    "calls",
    "misses",
    "audit",
)
"""Tables whose rows belong to a conversation by their column of that name."""
_OF_CUSTOMERS = ("consents", "proofs", "link_offers", "link_tries", "identities")


def export(connection: sqlite3.Connection, customer: int) -> Kept:
    """See `Store.export`."""
    connection.execute("BEGIN")
    try:
        return _gather(connection, customer)
    finally:
        connection.execute("COMMIT")


def _gather(connection: sqlite3.Connection, customer: int) -> Kept:
    body = connection.execute("SELECT body FROM customers WHERE id = ?", (customer,)).fetchone()
    if body is None:
        raise FrontdeskError(f"there is no customer {customer}")

    def of_customer(read: Callable[[Any], Any], sql: str) -> tuple[Any, ...]:
        return tuple(read(row) for row in connection.execute(sql, (customer,)))

    mine = "conversation IN (SELECT id FROM conversations WHERE customer = ?) ORDER BY"
    return Kept(
        customer=decode_customer(body[0]),
        identities=of_customer(
            tuple,
            "SELECT channel, address FROM identities WHERE customer = ? ORDER BY channel, address",
        ),
        conversations=of_customer(
            conversation_of, f"SELECT {CONVERSATION} WHERE c.customer = ? ORDER BY c.id"
        ),
        lines=of_customer(line_of, history(LINE, "customer = ?") + "ORDER BY m.id"),
        tickets=of_customer(
            lambda row: decode_ticket(row[0]), f"SELECT body FROM tickets WHERE {mine} number"
        ),
        consents=of_customer(
            lambda row: Consent(row[0], bool(row[1]), row[2], row[3]),
            "SELECT version, agreed, at, channel FROM consents WHERE customer = ? ORDER BY id",
        ),
        misses=of_customer(miss_of, f"SELECT {MISS} WHERE {mine} id"),
        events=of_customer(traced_of, f"SELECT {TRACED} WHERE i.{mine} i.id"),
        attachments=of_customer(
            lambda row: decode_attachment(row[0]), f"SELECT body FROM attachments WHERE {mine} id"
        ),
    )


def forget(
    connection: sqlite3.Connection, customer: int, *, dry_run: bool
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Erase a customer from every table; how many rows of each, and the digests of files that nobody uses then."""
    if connection.execute("SELECT 1 FROM customers WHERE id = ?", (customer,)).fetchone() is None:
        raise FrontdeskError(f"there is no customer {customer}")
    counts = {
        table: _count(connection, table, where, customer)
        for table, where in _places()
        if table not in _INNER
    }
    digests = _only_theirs(connection, customer)
    counts["files"] = len(digests)
    if not dry_run:
        for table, where in _places():
            connection.execute(f"DELETE FROM {table} WHERE {where}", (customer,))
    return {table: count for table, count in counts.items() if count}, digests


_LINES = history("m.id AS id", "customer = ?1", "true")
_INNER = frozenset({"pairs", "keys", "kept", "turns", "unsaid", "delivered"})
"""Tables that hold nothing a person would ask about: erased, and not counted."""


def _places() -> Iterator[tuple[str, str]]:
    """Every table with what selects a customer's rows in it; what others are found through comes last."""
    mine = "(SELECT id FROM conversations WHERE customer = ?1)"
    yield (
        "pairs",
        f"""message IN (SELECT id FROM ({_LINES})
        UNION ALL SELECT message FROM keys WHERE conversation IN {mine}
        UNION ALL SELECT ifnull(message, id) FROM outbox WHERE conversation IN {mine})""",
    )
    yield "turns", f"id IN (SELECT id FROM inbox WHERE conversation IN {mine})"
    for table in _OF_CONVERSATIONS:
        yield table, f"conversation IN {mine}"
    for table in ("unsaid", "delivered", "messages"):
        yield table, f"id IN ({_LINES})"
    yield "attachments", f"conversation IN {mine}"
    # What a channel keeps about an address of theirs is named for it: `thread:anna@example.ru`.
    yield (
        "kept",
        """(channel, name) IN (SELECT k.channel, k.name FROM kept k JOIN identities i
        ON i.channel = k.channel AND substr(k.name, instr(k.name, ':') + 1) = i.address
        AND i.customer = ?1)""",
    )
    # The operators' room calls their topic by their name.
    yield "kept", f"channel = 'operators' AND name IN (SELECT 'name:' || id FROM {mine})"
    for table in _OF_CUSTOMERS:
        yield table, "customer = ?1"
    yield "conversations", "customer = ?1"
    yield "customers", "id = ?1"


def _count(connection: sqlite3.Connection, table: str, where: str, customer: int) -> int:
    return int(
        connection.execute(f"SELECT count(*) FROM {table} WHERE {where}", (customer,)).fetchone()[0]
    )


def _only_theirs(connection: sqlite3.Connection, customer: int) -> tuple[str, ...]:
    rows = connection.execute(
        """SELECT DISTINCT digest FROM attachments a WHERE digest <> ''
        AND conversation IN (SELECT id FROM conversations WHERE customer = ?1)
        AND NOT EXISTS (SELECT 1 FROM attachments b WHERE b.digest = a.digest
            AND b.conversation NOT IN (SELECT id FROM conversations WHERE customer = ?1))""",
        (customer,),
    )
    return tuple(row[0] for row in rows)
