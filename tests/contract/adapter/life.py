"""One run of an adapter under a watched door."""

import asyncio
import contextlib

import pytest

from bot.channel import Adapter
from tests.contract.adapter.door import Memory, WatchedDoor
from tests.contract.adapter.driver import Part


class Life:
    """One run of an adapter, from `open` to a kill or a clean end."""

    def __init__(self, adapter: Adapter, memory: Memory) -> None:
        self.adapter = adapter
        self.door = WatchedDoor(memory)
        self._reading: asyncio.Task[None] | None = None

    async def begin(self, *, read: bool = True) -> "Life":
        await self.adapter.open(self.door)
        if read:
            self._reading = asyncio.create_task(self.adapter.receive(self.door))
        return self

    @property
    def reads(self) -> bool:
        return self._reading is not None and not self._reading.done()

    async def end(self) -> None:
        """A kill looks the same to the messenger; what the door saved is all that is left."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
            self._reading = None
        await self.adapter.close()


def needs(*parts: Part) -> pytest.MarkDecorator:
    """Skip where the channel does not have these."""
    return pytest.mark.needs(*parts)
