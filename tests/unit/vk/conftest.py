"""The fake VK, the adapter against it, and a door that remembers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.vk.adapter import VkAdapter
from bot.channel import Delivery, DeliveryKind, Said
from bot.errors import NotSaved
from bot.model.event import Event, Incoming, MessageEdited, MessageReceived
from bot.model.message import Message
from tests.fakes.vk import FakeVk, Person
from tests.fakes.vk.bell import Bell


class Doorway:
    """The way in, as the adapter sees it: repeats are dropped, the cursor is kept with the events."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bell = Bell()
        self.incoming: list[Incoming] = []
        self.repeats: list[Incoming] = []
        self.kept: dict[str, str] = {}
        self.kept_cursor: str | None = None
        self.cursors: list[str] = []
        self.standing: dict[tuple[str, str], Said] = {}
        self.closed = 0
        """So many offers are refused, as by a full disk."""
        self.reads = 0
        self._ids: set[str] = set()

    async def accept(self, incoming: Sequence[Incoming], cursor: str | None = None) -> None:
        if self.closed:
            self.closed -= 1
            self.bell.ring()
            raise NotSaved
        for one in incoming:
            (self.repeats if one.external_id in self._ids else self.incoming).append(one)
            self._ids.add(one.external_id)
        if cursor is not None:
            self.kept_cursor = cursor
            self.cursors.append(cursor)
        self.alive()

    async def cursor(self) -> str | None:
        return self.kept_cursor

    def alive(self) -> None:
        self.reads += 1
        self.bell.ring()

    async def recall(self, name: str) -> str | None:
        return self.kept.get(name)

    async def keep(self, values: Mapping[str, str | None]) -> None:
        for name, value in values.items():
            if value is None:
                self.kept.pop(name, None)
            else:
                self.kept[name] = value

    async def said(self, address: str, external_id: str) -> Said | None:
        return self.standing.get((address, external_id))

    def file(self, digest: str) -> Path:
        return self.folder / digest

    @property
    def events(self) -> list[Event]:
        return [one.event for one in self.incoming]

    def texts(self) -> list[str]:
        """What was written, in the order in which it came."""
        return [
            one.event.message.text.plain
            for one in self.incoming
            if isinstance(one.event, MessageReceived | MessageEdited)
        ]

    async def until(self, count: int) -> list[Event]:
        """The events, once there are so many."""
        return await self.bell.until(
            lambda: self.events if len(self.incoming) >= count else None,
            lambda: f"{count} events were waited for, there are {self.events}",
        )


@pytest.fixture
async def vk() -> AsyncIterator[FakeVk]:
    async with FakeVk() as server:
        server.idle = 1.0
        yield server


@pytest.fixture
def door(tmp_path: Path) -> Doorway:
    return Doorway(tmp_path)


@pytest.fixture
def anna(vk: FakeVk) -> Person:
    return vk.person("Анна", "Котова", screen_name="anna_k")


Start = Callable[..., Awaitable[VkAdapter]]
Stop = Callable[[VkAdapter], Awaitable[None]]
Running = dict[VkAdapter, asyncio.Task[None] | None]


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    """Adapters that are open, with the reading of each."""
    running: Running = {}
    yield running
    for adapter in list(running):
        await _end(running, adapter)


async def _end(running: Running, adapter: VkAdapter) -> None:
    reading = running.pop(adapter)
    if reading is not None:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    await adapter.close()


@pytest.fixture
def stop(running: Running) -> Stop:
    """End one of them."""
    return lambda adapter: _end(running, adapter)


@pytest.fixture
def start(vk: FakeVk, door: Doorway, running: Running) -> Start:
    """`await start(comments=True)`: an adapter that is open, and reads unless `reads=False`."""

    async def begin(*, reads: bool = True, **settings: Any) -> VkAdapter:
        adapter = VkAdapter("vk", vk.settings(**settings))
        await adapter.open(door)
        running[adapter] = None
        if reads:
            before = door.reads
            running[adapter] = asyncio.ensure_future(adapter.receive(door))
            await door.bell.until(lambda: door.reads > before, lambda: "the channel was never read")
        return adapter

    return begin


def delivery(
    person: Person | str, message: Message, id: int = 1, kind: DeliveryKind = "send", **more: Any
) -> Delivery:
    """One on its way."""
    address = person if isinstance(person, str) else person.address
    return Delivery(id, "vk", address, message, kind, conversation=1, **more)
