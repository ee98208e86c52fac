"""A door whose memory survives the adapter, as a database does; tests watch it and make it fail."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.channel import Said
from bot.errors import NotSaved
from bot.model.event import (
    Incoming,
    MessageEdited,
    MessageReceived,
    OperatorEdited,
    OperatorReplied,
)

PATIENCE = 30.0


@dataclass
class Memory:
    """What is safe: events without repeats, the cursor, what the channel keeps. `saves` is (events, cursor) of each
    `accept`; `offered` counts repeats too."""

    folder: Path
    events: list[Incoming] = field(default_factory=list)
    cursor: str | None = None
    kept: dict[str, str] = field(default_factory=dict)
    said: dict[tuple[str, str], Said] = field(default_factory=dict)
    saves: list[tuple[int, str | None]] = field(default_factory=list)
    offered: int = 0

    def texts(self) -> list[str]:
        """The words of all messages, in order."""
        return [words(one) for one in self.events if words(one) is not None]  # type: ignore[misc]


class WatchedDoor:
    """A door to a memory. `refuse`: so many saves fail. `hang`: "before" or "after" saving nothing returns any more."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.refuse = 0
        self.hang = ""
        self.hung = asyncio.Event()
        self.reads = 0
        self._changed = asyncio.Condition()

    async def accept(self, incoming: Sequence[Incoming], cursor: str | None = None) -> None:
        if self.hang == "before" and incoming:
            await self._for_ever()
        if self.refuse and incoming:
            self.refuse -= 1
            await self._ring()
            raise NotSaved
        memory = self.memory
        memory.offered += len(incoming)
        known = {one.external_id for one in memory.events}
        memory.events += [one for one in incoming if one.external_id not in known]
        memory.saves.append((len(incoming), cursor))
        memory.cursor = memory.cursor if cursor is None else cursor
        if self.hang == "after" and incoming:
            await self._for_ever()
        await self._ring()

    async def _for_ever(self) -> None:
        self.hung.set()
        await asyncio.Event().wait()

    async def _ring(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def cursor(self) -> str | None:
        return self.memory.cursor

    def alive(self) -> None:
        self.reads += 1

    async def recall(self, name: str) -> str | None:
        return self.memory.kept.get(name)

    async def keep(self, values: Mapping[str, str | None]) -> None:
        for name, value in values.items():
            if value is None:
                self.memory.kept.pop(name, None)
            else:
                self.memory.kept[name] = value

    async def said(self, address: str, external_id: str) -> Said | None:
        return self.memory.said.get((address, external_id))

    def file(self, digest: str) -> Path:
        return self.memory.folder / digest

    async def until(self, look: Callable[[], object], what: str = "") -> None:
        """Wait until something is true of the memory."""
        try:
            async with asyncio.timeout(PATIENCE), self._changed:
                await self._changed.wait_for(look)
        except TimeoutError:
            raise AssertionError(
                f"{what or 'it never came'}; saved: {self.memory.events}"
            ) from None

    async def brings(self, text: str) -> Incoming:
        """Wait for a message with these words."""
        await self.until(lambda: text in self.memory.texts(), f"«{text[:80]}» never came")
        return next(one for one in self.memory.events if words(one) == text)


def words(incoming: Incoming) -> str | None:
    """The text of a message, None for what is none."""
    event = incoming.event
    if isinstance(event, MessageReceived | MessageEdited | OperatorReplied | OperatorEdited):
        return event.message.text.plain
    return None
