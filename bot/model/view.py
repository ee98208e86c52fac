"""What a turn may look up beyond its own conversation, through whoever keeps it."""

from typing import Protocol

import msgspec

from bot.model.conversation import Conversation
from bot.model.event import Author
from bot.model.message import Message
from bot.model.person import Person
from bot.model.text import Text
from bot.model.ticket import Ticket


class Found(msgspec.Struct, frozen=True):
    """One conversation that a search came upon; `line` is what was said there, None where the customer was found."""

    conversation: Conversation
    line: Text | None = None


class Sent(msgspec.Struct, frozen=True):
    """What a customer sent that is more than words. `line` is its message id, `back` how many lines are newer;
    `seen`: operators have a copy, or it is on its way to them."""

    line: int
    back: int
    message: Message
    seen: bool = False


class DeskView(Protocol):
    """A look at what was committed before this batch of turns; tickets and people as its earlier turns left them. Lines
    of a conversation that had a turn in this batch already cannot be seen: the turn is taken again in the next one.
    Asked seldom: at a handover, while people wait, and when operators act."""

    def lines(
        self, conversation: int, limit: int, *, notes: bool = False
    ) -> list[tuple[Author, Message]]:
        """The newest lines of a conversation, oldest first; notes are left out unless they are asked for."""

    def media(self, conversation: int, limit: int) -> list[Sent]:
        """The customer's lines with files or a place among the newest `limit`, oldest first."""

    def waiting(self) -> list[Ticket]:
        """Tickets that wait for an operator, oldest first."""

    def tickets(self) -> list[Ticket]:
        """Tickets that are not closed, oldest first."""

    def ticket(self, number: int) -> Ticket | None:
        """The ticket of that number."""

    def people(self) -> list[Person]:
        """Who is known at the desk."""

    def find(self, text: str, limit: int) -> list[Found]:
        """Conversations by the number of a ticket, the customer's name or anything kept about them, and by what was
        said: those newest first, each once."""

    def said(self, message: int) -> Message | None:
        """What a message of ours says."""

    def said_at(self, message: int) -> int:
        """When a message of ours was said, ms; 0 if it is not known."""

    def meant(self, conversation: int, external_id: str) -> int:
        """Which message stands at the desk's side of a conversation under the messenger's id; 0 if none is known."""

    def copy(self, conversation: Conversation, external_id: str) -> str:
        """The desk's id of what the customer's messenger knows as `external_id`; empty if there is none."""


class NothingToSee:
    """A view of an empty memory: for tests, and for whoever has none."""

    def lines(
        self, conversation: int, limit: int, *, notes: bool = False
    ) -> list[tuple[Author, Message]]:
        """None."""
        return []

    def media(self, conversation: int, limit: int) -> list[Sent]:
        """None."""
        return []

    def waiting(self) -> list[Ticket]:
        """None."""
        return []

    def tickets(self) -> list[Ticket]:
        """None."""
        return []

    def ticket(self, number: int) -> Ticket | None:
        """None."""
        return None

    def people(self) -> list[Person]:
        """Nobody."""
        return []

    def find(self, text: str, limit: int) -> list[Found]:
        """None."""
        return []

    def said(self, message: int) -> Message | None:
        """None."""
        return None

    def said_at(self, message: int) -> int:
        """Never."""
        return 0

    def meant(self, conversation: int, external_id: str) -> int:
        """None."""
        return 0

    def copy(self, conversation: Conversation, external_id: str) -> str:
        """None."""
        return ""


NOTHING = NothingToSee()
