"""Faults on demand: what goes wrong with the next calls."""

from dataclasses import dataclass
from typing import Literal

FaultKind = Literal[
    "429",  # refused, with retry_after
    "400",  # refused, with words of the test's own
    "403",
    "500",  # refused: JSON that says so
    "502",  # refused: a page of HTML
    "cut",  # the connection is closed before anything was done
    "hang",  # nothing was done, and no answer ever comes
    "truncated",  # done; half of the JSON is sent
    "dropped",  # done; the connection is closed without an answer
    "reset",  # done; the connection is reset in the middle of the answer
    "html",  # done; a proxy's page with 200 instead of the answer
    "silent",  # done, and no answer ever comes
]
AFTER_DOING = frozenset({"truncated", "dropped", "reset", "html", "silent"})


@dataclass
class Fault:
    """`left` calls of a method (empty: of any) to one chat (None: to all) go wrong."""

    kind: FaultKind
    method: str = ""
    bot: int | None = None
    chat: int | None = None
    left: int = 1
    retry_after: int | None = 1
    words: str = ""
    happened: int = 0

    def meets(self, bot: int, method: str, chat: int) -> bool:
        """Whether this call is one of those."""
        return (
            self.left > 0
            and self.method in ("", method)
            and self.bot in (None, bot)
            and self.chat in (None, chat)
        )

    def take(self) -> "Fault":
        """It happens once more."""
        self.left -= 1
        self.happened += 1
        return self
