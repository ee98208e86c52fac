"""Where messages stand: which of ours is what at the messengers.

The first part of what the customer told us is in its line of history, of what the customer was told in the mark that it
was delivered; later parts, and copies on the operators' side, are pairs.
"""

import sqlite3

from bot.storage.rows import EXTERNAL_ID, history

PLACES = f"""
    SELECT c.channel, c.address, {EXTERNAL_ID} AS external_id, 0 AS part
    FROM messages m JOIN conversations c ON c.id = m.conversation LEFT JOIN delivered d ON d.id = m.id
    WHERE m.id = ?1 AND {EXTERNAL_ID} <> ''
    UNION ALL SELECT channel, address, external_id, part FROM pairs WHERE message = ?1
    ORDER BY 1, 2, 4
"""
SAID_BY_PAIR = """
    SELECT message, conversation FROM pairs WHERE channel = ? AND address = ? AND external_id = ?
    ORDER BY message DESC LIMIT 1
"""
SAID_BY_LINE = (
    history("m.id, m.conversation", "channel = ? AND address = ?", f"{EXTERNAL_ID} = ?") + "LIMIT 1"
)


def external_ids(connection: sqlite3.Connection, message: int) -> list[tuple[str, str, str]]:
    """See `Store.external_ids`."""
    return [row[:3] for row in connection.execute(PLACES, (message,))]


def at(connection: sqlite3.Connection, message: int, channel: str, address: str) -> list[str]:
    """The message's ids at one place, in order of its parts."""
    return [
        found[2] for found in external_ids(connection, message) if found[:2] == (channel, address)
    ]
