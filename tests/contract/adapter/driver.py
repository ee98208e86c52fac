"""What every adapter has to pass, and how one joins.

A new adapter writes a `Driver` (some hundred lines, see `telegram.py` here) and adds a line to `DRIVERS` in
conftest.py. The driver starts a messenger (a fake server over sockets, a real IMAP server), makes adapters that are
connected to it, and lets one customer and the messenger itself act. The tests know nothing else.

- `can` names the parts that this channel has; tests of other parts are skipped.
- `adapter()` makes a new adapter on the same account each time, as after a restart, with short waits. What the account
  must remember lies in the `Memory` of its door (see door.py).
- Everything that a driver is told to do has happened when the call returns. What the adapter then does is waited for.
- For a channel of operators "the customer" is the operator, and `address` the place where they talk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from bot.channel import Adapter, Delivery
from bot.model.message import Message

Part = Literal[
    "cursor",  # the channel's place in what it reads is saved with the events
    "press",
    "edited",  # customers can change what they wrote
    "attach",  # files both ways
    "block",  # customers can forbid messages
    "later",  # the messenger tells how long to wait
    "buttons",
    "edit",
    "delete",
    "typing",
    "garble",  # the reading can be answered with nonsense
    "repeat",  # the messenger can bring the same again
]


@dataclass(frozen=True)
class Shown:
    """A message of ours as the customer sees it."""

    text: str
    buttons: tuple[str, ...] = ()
    files: tuple[bytes, ...] = ()


class Driver(Protocol):
    """One kind of channel, driven by the suite."""

    can: frozenset[Part]
    address: str
    secrets: tuple[str, ...]
    """What must never be seen in an exception or a log line: the token, the password."""

    async def start(self, folder: Path) -> None:
        """Begin: the messenger runs, the customer has been there once, so that they may be written to."""

    async def stop(self) -> None:
        """End everything that was started."""

    def adapter(self) -> Adapter:
        """A new adapter on the account."""

    def wrong_adapter(self) -> Adapter:
        """One whose credentials the messenger does not know. May raise `ConfigurationError` itself."""

    # the customer

    async def writes(self, text: str) -> None: ...

    async def presses(self, label: str) -> None: ...

    async def edits(self, old: str, new: str) -> None: ...

    async def sends_file(self, name: str, content: bytes, caption: str) -> None: ...

    async def blocks(self) -> None: ...

    def shown(self) -> list[Shown]:
        """What stands on the customer's screen from us, oldest first."""

    async def until(self, look: Callable[[], object], what: str) -> None:
        """Wait until `look()` is true; fail with `what` after half a minute."""

    # the messenger

    async def goes_down(self) -> None:
        """Nobody answers at its address any more."""

    async def comes_up(self) -> None: ...

    def is_acknowledged(self) -> bool:
        """Whether the messenger was told that everything it brought is safe."""

    def repeats(self) -> None:
        """What was brought last is brought once more."""

    def garbles(self, times: int) -> None:
        """The next answers to the reading are nonsense."""

    def refuses_later(self, seconds: int) -> None:
        """The next message to the customer is refused: wait so many seconds."""

    def refuses_for_good(self) -> None:
        """The next message to the customer is refused, since they forbade it."""


def delivery(driver: Driver, message: Message, id: int = 1, **fields: object) -> Delivery:
    """A delivery to the customer."""
    return Delivery(id, "shop", driver.address, message, **fields)  # type: ignore[arg-type]
