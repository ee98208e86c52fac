"""What is kept of handled events for a time only: their ids, words and decisions."""

import sqlite3

from bot.storage.door import KEPT_FOR_GOOD

AT_ONCE = 500


def step(connection: sqlite3.Connection, before: int) -> int:
    """Forget some handled events older than that; how many. Ids of mail are kept on."""
    rows = connection.execute(
        """SELECT t.id, i.channel, i.external_id, c.kind, c.channel, t.handled_at
        FROM turns t JOIN inbox i ON i.id = t.id LEFT JOIN conversations c ON c.id = i.conversation
        WHERE t.aside = 0 ORDER BY t.id LIMIT ?""",
        (AT_ONCE,),
    ).fetchall()
    # The oldest come first, so that nobody has to look at all of them to find that none is old enough.
    rows = [row for row in rows if row[5] < before]
    kept = [row[1:3] for row in rows if row[3] in KEPT_FOR_GOOD and row[1] == row[4]]
    connection.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", kept)
    for table in ("inbox", "turns"):
        connection.executemany(f"DELETE FROM {table} WHERE id = ?", [row[:1] for row in rows])
    return len(rows)
