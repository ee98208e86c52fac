"""Trying every channel's credentials, for `doctor --online`."""

import asyncio
from typing import TYPE_CHECKING

from bot.commands.adapters import adapter_factory
from bot.commands.examined import Line
from bot.commands.terminal import speak
from bot.errors import FrontdeskError

if TYPE_CHECKING:
    from bot.project import Project

_SECONDS = 20


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
            await adapter.open()
            await adapter.close()
    except FrontdeskError as problem:
        return Line("failure", f"{name}: {problem}")
    except Exception as problem:  # noqa: BLE001 - told below, whatever a library raises
        # A library's error may quote an address with a token in it: its class is all that is safe to show.
        what = speak(f"{name}: не соединился", f"{name}: could not connect")
        return Line("failure", f"{what} ({type(problem).__name__})")
    return Line("ok", speak(f"{name}: соединился", f"{name}: connected"))
