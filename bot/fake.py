"""A channel without a messenger: what a rehearsal speaks through, and tests push into."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec

from bot.channel import Delivery, Door, Receipt, Undeliverable
from bot.model.abilities import KINDS, TELEGRAM, Abilities
from bot.model.event import Event, Incoming, MessageReceived, Sender
from bot.model.message import Attachment, say

_FAST = 1_000_000.0


def unhurried(abilities: Abilities) -> Abilities:
    """The same abilities without a pace: a clock that stands still would hold messages back."""
    return msgspec.structs.replace(abilities, pace=_FAST, pace_per_address=_FAST)


class FakeAdapter:
    """A channel without a messenger: keeps what is delivered, brings what a test pushes.

    `deliveries` is everything said, in order, typing left out. `failures` are exceptions to raise, one a delivery, None
    for one that works. `files` are the bytes behind an attachment's `source`. `show` is called with each delivery.
    """

    def __init__(
        self,
        abilities: Abilities = TELEGRAM,
        *,
        show: Callable[[Delivery], Awaitable[object]] | None = None,
    ) -> None:
        self.abilities = unhurried(abilities)
        self.deliveries: list[Delivery] = []
        self.failures: deque[Exception | None] = deque()
        self.files: dict[str, bytes] = {}
        self.open_calls = 0
        self._show = show
        self._door: asyncio.Future[Door] | None = None
        self._pushed = 0

    @classmethod
    def factory(cls, name: str, settings: dict[str, Any]) -> "FakeAdapter":
        """What the entry-point group asks for; the setting `as` names the kind to resemble."""
        return cls(KINDS.get(str(settings.get("as", name)), TELEGRAM))

    async def open(self, door: Door) -> None:
        """Count it; nothing to connect to."""
        self.open_calls += 1

    async def close(self) -> None:
        """Nothing to let go of; what was delivered stays readable."""
        self._door = None

    async def receive(self, door: Door) -> None:
        """Let pushes through the door until cancelled."""
        door.alive()
        self._opened().set_result(door)
        try:
            await asyncio.Event().wait()
        finally:
            self._door = None

    async def push(self, *incoming: Incoming, cursor: str | None = None) -> None:
        """Bring events as the messenger would; returns when they are saved. Raises `NotSaved`."""
        door = await asyncio.shield(self._opened())
        await door.accept(incoming, cursor)
        door.alive()

    async def write(self, address: str, text: str, *, name: str = "") -> None:
        """Bring a message of a customer."""
        await self.bring(address, MessageReceived(say(text)), name=name)

    async def bring(self, address: str, event: Event, *, name: str = "") -> None:
        """Bring an event of a customer under an id of its own."""
        self._pushed += 1
        number = f"fake-{self._pushed}"
        sender = Sender(name=name) if name else None
        await self.push(Incoming(number, event, address, sender=sender, message_id=number))

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Keep it, unless a failure is due."""
        failure = self.failures.popleft() if self.failures else None
        if failure is not None:
            raise failure
        marks = delivery.kind == "react" and not self.abilities.reactions
        if delivery.kind != "typing" and not marks:
            self.deliveries.append(delivery)
            if self._show is not None:
                await self._show(delivery)
        return Receipt((str(delivery.id),))

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes that `files` has under the attachment's source."""
        if attachment.source not in self.files:
            raise Undeliverable(f"no such file: {attachment.source}")
        yield self.files[attachment.source]

    def texts(self, address: str | None = None) -> list[str]:
        """What was said, as plain text."""
        return [
            delivery.message.text.plain
            for delivery in self.deliveries
            if address in (None, delivery.address)
        ]

    def _opened(self) -> asyncio.Future[Door]:
        if self._door is None:
            self._door = asyncio.get_running_loop().create_future()
        return self._door
