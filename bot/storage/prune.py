"""What is kept of handled events for a time only: their ids, words and decisions."""

import sqlite3

from bot.storage.door import KEPT_FOR_GOOD

AT_ONCE = 500


def step(connection: sqlite3.Connection, before: int) -> int:
    """Forget some handled events older than that; how many. Ids of mail are kept on."""
    rows = connection.execute(
        """SELECT i.id, i.channel, i.external_id, c.kind, c.channel FROM inbox i
        LEFT JOIN conversations c ON c.id = i.conversation
        WHERE i.state = 1 AND i.handled_at < ? ORDER BY i.id LIMIT ?""",
        (before, AT_ONCE),
    ).fetchall()
    kept = [row[1:3] for row in rows if row[3] in KEPT_FOR_GOOD and row[1] == row[4]]
    connection.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", kept)
    connection.executemany("DELETE FROM inbox WHERE id = ?", [row[:1] for row in rows])
    return len(rows)
