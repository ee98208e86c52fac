"""Trying every channel's credentials, for `doctor --online`."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.channel import Said
from bot.commands.adapters import adapter_factory
from bot.commands.examined import Line
from bot.commands.terminal import speak
from bot.errors import FrontdeskError, NotSaved
from bot.model.event import Incoming

if TYPE_CHECKING:
    from bot.project import Project

_SECONDS = 20


class _Closed:
    """A door that lets nothing in: nobody is there to answer, the connection is only tried."""

    async def accept(self, incoming: Sequence[Incoming], cursor: str | None = None) -> None:
        """Refused: the messenger keeps it."""
        raise NotSaved

    async def cursor(self) -> str | None:
        """None."""

    def alive(self) -> None:
        """Nobody asks."""

    async def recall(self, name: str) -> str | None:
        """None."""

    async def keep(self, values: Mapping[str, str | None]) -> None:
        """Refused."""
        raise NotSaved

    async def said(self, address: str, external_id: str) -> Said | None:
        """None."""

    def file(self, digest: str) -> Path:
        """None is here."""
        raise FileNotFoundError(digest)


def tried(project: "Project") -> list[Line]:
    """A line for each channel: what opening it came to."""
    return asyncio.run(_tried(project))


async def _tried(project: "Project") -> list[Line]:
    channels = project.config.channels.values()
    return [await _opened(one.name, one.kind, dict(one.settings)) for one in channels]


async def _opened(name: str, kind: str, settings: dict[str, object]) -> Line:
    try:
        adapter = adapter_factory(kind)(name, settings)
        async with asyncio.timeout(_SECONDS):
            await adapter.open(_Closed())
            await adapter.close()
    except FrontdeskError as problem:
        return Line("failure", f"{name}: {problem}")
    except Exception as problem:  # noqa: BLE001 - told below, whatever a library raises
        # A library's error may quote an address with a token in it: its class is all that is safe to show.
        what = speak(f"{name}: не соединился", f"{name}: could not connect")
        return Line("failure", f"{what} ({type(problem).__name__})")
    return Line("ok", speak(f"{name}: соединился", f"{name}: connected"))
