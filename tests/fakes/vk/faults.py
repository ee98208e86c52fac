"""What goes wrong on demand."""

from dataclasses import dataclass, field
from typing import Literal

FaultKind = Literal[
    "code",  # an error of VK's own
    "hang",  # nothing was done, and no answer ever comes
    "502",  # a proxy's page, nothing was done
    "html",  # a page with 200 in place of an answer, nothing was done
    "empty",  # an empty object, nothing was done
    "cut",  # the connection is closed before anything was done
    "dropped",  # done; the connection is closed without an answer
    "silent",  # done, and no answer ever comes
]
AFTER_DOING = frozenset({"dropped", "silent"})


class Refusal(Exception):
    """An answer of VK's that is an error."""

    def __init__(self, code: int, more: str = "") -> None:
        super().__init__(code, more)
        self.code = code
        self.more = more


@dataclass
class Fault:
    """`left` calls of a method (empty: any) for one peer (0: any) go wrong."""

    kind: FaultKind
    method: str = ""
    peer: int = 0
    code: int = 0
    left: int = 1
    happened: int = field(default=0)

    def meets(self, method: str, peer: int) -> bool:
        """Whether this call is one of those."""
        return self.left > 0 and self.method in ("", method) and self.peer in (0, peer)

    def take(self) -> "Fault":
        """It happens once more."""
        self.left -= 1
        self.happened += 1
        return self
