"""What a turn may look up beyond its own conversation, through whoever keeps it."""

from typing import Protocol

from bot.model.event import Author
from bot.model.text import Text
from bot.model.ticket import Ticket


class DeskView(Protocol):
    """A look at what was committed before this batch of turns. Asked seldom: at a handover, and while people wait."""

    def lines(self, conversation: int, limit: int) -> list[tuple[Author, Text]]:
        """The newest lines of a conversation, oldest first, notes left out."""

    def waiting(self) -> list[Ticket]:
        """Tickets that wait for an operator, oldest first."""


class NothingToSee:
    """A view of an empty memory: for tests, and for whoever has none."""

    def lines(self, conversation: int, limit: int) -> list[tuple[Author, Text]]:
        """None."""
        return []

    def waiting(self) -> list[Ticket]:
        """None."""
        return []


NOTHING = NothingToSee()
