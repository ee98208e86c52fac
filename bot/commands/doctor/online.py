"""Trying every channel's credentials and rights, for `doctor --online`."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.channel import Adapter, Examined, Said
from bot.commands.doctor.machine import Line
from bot.commands.running import adapter_of
from bot.commands.terminal import speak
from bot.config.settings import Config
from bot.errors import FrontdeskError, NotSaved, StoreBroken
from bot.model.event import Incoming
from bot.rehearsal import DESK
from bot.storage.files import Files
from bot.storage.reads import Reads

if TYPE_CHECKING:
    from bot.project import Project

_SECONDS = 20
_CLOSING = 5


class _Window:
    """A door that one can look through and that lets nothing in: nobody is there to answer. `reads` is None where
    there is no database yet."""

    def __init__(self, channel: str, reads: Reads | None, files: Files) -> None:
        self._channel = channel
        self._reads = reads
        self._files = files

    async def accept(self, incoming: Sequence[Incoming], cursor: str | None = None) -> None:
        """Refused: the messenger keeps it."""
        raise NotSaved

    async def cursor(self) -> str | None:
        """See `Door.cursor`."""
        return await self._reads.cursor(self._channel) if self._reads is not None else None

    def alive(self) -> None:
        """Nobody asks."""

    async def recall(self, name: str) -> str | None:
        """See `Door.recall`."""
        return await self._reads.recall(self._channel, name) if self._reads is not None else None

    async def keep(self, values: Mapping[str, str | None]) -> None:
        """Refused."""
        raise NotSaved

    async def said(self, address: str, external_id: str) -> Said | None:
        """See `Door.said`."""
        if self._reads is None:
            return None
        return await self._reads.said(self._channel, address, external_id)

    def file(self, digest: str) -> Path:
        """See `Door.file`."""
        return self._files.path(digest)


def tried(project: "Project") -> list[Line]:
    """What was found about each channel and about the operators' room."""
    return asyncio.run(_tried(project.config))


async def _tried(config: Config) -> list[Line]:
    places = [(one.name, one.kind, one.settings) for one in config.channels.values()]
    if config.operators.telegram is not None:
        places.append((DESK, "telegram_desk", config.operators.telegram))
    async with AsyncExitStack() as stack:
        reads = await _memory(config, stack)
        files = Files(config.attachments)
        found = await asyncio.gather(
            *(
                _looked_at(config, name, kind, settings, _Window(name, reads, files))
                for name, kind, settings in places
            )
        )
    return [line for lines in found for line in lines]


async def _memory(config: Config, stack: AsyncExitStack) -> Reads | None:
    if config.storage.path is None or not config.storage.path.exists():
        return None
    try:
        return await stack.enter_async_context(Reads(config.storage.path))
    except StoreBroken:
        # Told where the database itself is looked at.
        return None


async def _looked_at(
    config: Config, name: str, kind: str, settings: Mapping[str, Any], window: _Window
) -> list[Line]:
    adapter: Adapter | None = None
    try:
        adapter = adapter_of(config, name, kind, settings)
        async with asyncio.timeout(_SECONDS):
            return await _examined(name, adapter, window)
    except FrontdeskError as problem:
        return [Line("failure", f"{name}: {problem}")]
    except Exception as problem:  # noqa: BLE001 - told below, whatever a library raises
        # A library's error may quote an address with a token in it: its class is all that is safe to show.
        what = speak(f"{name}: не соединился", f"{name}: could not connect")
        return [Line("failure", f"{what} ({type(problem).__name__})")]
    finally:
        if adapter is not None:
            await _let_go(adapter)


async def _examined(name: str, adapter: Adapter, window: _Window) -> list[Line]:
    """What the adapter itself looks at; of one that does not, whether it opens."""
    examined: object = adapter
    if isinstance(examined, Examined):
        return [Line(one.state, one.what, one.cure) for one in await examined.examine(window)]
    await adapter.open(window)
    return [Line("ok", speak(f"{name}: соединился", f"{name}: connected"))]


async def _let_go(adapter: Adapter) -> None:
    try:
        async with asyncio.timeout(_CLOSING):
            await adapter.close()
    except Exception:  # noqa: BLE001, S110  (what was found counts; the process ends anyway)
        pass
