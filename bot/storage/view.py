"""`DeskView` on the writer's own connection, inside the batch's transaction."""

import sqlite3

from bot.model.event import Author
from bot.model.text import Text
from bot.model.ticket import Ticket
from bot.storage.codec import decode_message, decode_ticket
from bot.storage.rows import history

_LINES = (
    history("m.author, m.body", "id = ?", "m.author IN ('customer', 'bot', 'operator')") + "LIMIT ?"
)
_OPEN = "SELECT body FROM tickets WHERE state = 'waiting' ORDER BY number LIMIT 1000"


class View:
    """See `bot.model.view.DeskView`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def lines(self, conversation: int, limit: int) -> list[tuple[Author, Text]]:
        """See `DeskView.lines`."""
        newest = self._connection.execute(_LINES, (conversation, limit)).fetchall()
        return [(author, decode_message(body).text) for author, body in reversed(newest)]

    def waiting(self) -> list[Ticket]:
        """See `DeskView.waiting`."""
        return [decode_ticket(body) for (body,) in self._connection.execute(_OPEN)]
