"""One customer on several channels: what a turn may look up to prove that two of them are the same person."""

from typing import Protocol

import msgspec

from bot.model.message import Address


class LinkOffer(msgspec.Struct, frozen=True):
    """A code that a customer was given: whoever sends it from another channel is the same person. `at` is where it was
    asked for."""

    customer: int
    at: Address


class Links(Protocol):
    """A look at proofs and codes as they were committed before this batch of turns."""

    def proven(self, phone: str) -> int | None:
        """The customer whose own number this is (E.164), as a messenger itself said."""

    def offer(self, code: str, now: int) -> LinkOffer | None:
        """Who was given this code, if it is still good at `now`."""

    def tries(self, customer: int, since: int) -> int:
        """How often a customer sent a code that was none since then."""

    def new_code(self) -> str:
        """A code that nobody can guess: eight digits."""


class NoLinks:
    """For tests, and for whoever has no memory."""

    def proven(self, phone: str) -> int | None:
        """Nobody."""
        return None

    def offer(self, code: str, now: int) -> LinkOffer | None:
        """None."""
        return None

    def tries(self, customer: int, since: int) -> int:
        """None."""
        return 0

    def new_code(self) -> str:
        """None: then no code is offered."""
        return ""


NO_LINKS = NoLinks()
