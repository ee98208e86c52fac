"""Small values that a channel keeps for itself: the number of a topic, the id of a group."""

import sqlite3
from collections.abc import Mapping

from bot.storage.state import State

RECALL = "SELECT value FROM kept WHERE channel = ? AND name = ?"
_KEEP = """
    INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT (channel, name) DO UPDATE SET value = excluded.value
"""
_DROP = "DELETE FROM kept WHERE channel = ? AND name = ?"


def keep(
    connection: sqlite3.Connection, _: State, channel: str, values: Mapping[str, str | None]
) -> None:
    """See `Store.keep`."""
    for name, value in values.items():
        if value is None:
            connection.execute(_DROP, (channel, name))
        else:
            connection.execute(_KEEP, (channel, name, value))
