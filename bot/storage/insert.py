"""Rows in bulk. To begin a statement costs SQLite about as much as to write a small row, so rows share statements."""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

TOGETHER = 16
"""Rows of one statement."""


class Insert:
    """Writes rows `into` a table, named with its columns; `otherwise` is the clause behind the values."""

    def __init__(self, into: str, otherwise: str = "") -> None:
        row = f"({', '.join('?' * (into.count(',') + 1))})"
        self.one = f"INSERT INTO {into} VALUES {row} {otherwise}"
        """The statement for a single row."""
        # FAIL: so that one bad row can take back those before it, SQLite would else set aside a copy of every page that it
        # changes. The job that wrote them is undone as a whole.
        self._several = (
            f"INSERT OR FAIL INTO {into} VALUES {', '.join([row] * TOGETHER)} {otherwise}"
        )

    def write(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> int:
        """Write them, in this order; how many were inserted."""
        written = 0
        whole = len(rows) - len(rows) % TOGETHER
        if whole:
            several = [
                tuple(chain.from_iterable(rows[start : start + TOGETHER]))
                for start in range(0, whole, TOGETHER)
            ]
            written += connection.executemany(self._several, several).rowcount
        if whole < len(rows):
            written += connection.executemany(self.one, rows[whole:]).rowcount
        return written
