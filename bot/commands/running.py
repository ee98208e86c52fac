"""The program in production: adapters by configuration, reload on change, a clean stop on SIGTERM."""

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot import app
from bot.app import App
from bot.channel import Adapter
from bot.clock import SystemClock
from bot.commands.adapters import adapter_factory
from bot.commands.project import load_project
from bot.commands.reading import store_of
from bot.commands.terminal import speak
from bot.commands.watching import DEBOUNCE, folders, is_of_project
from bot.config.settings import Channel, Config
from bot.dialog.script import Script
from bot.errors import ConfigurationError, FrontdeskError
from bot.http_calls import HttpCalls
from bot.logs import fault
from bot.plugins import PythonCalls, declared
from bot.rehearsal import DESK
from bot.sentences import sentences_of
from bot.storage.files import Files

log = structlog.get_logger("run")


class Running:
    """From the files of a project to the loops, and back."""

    def __init__(self, root: Path, config: Config, script: Script, only: Sequence[str]) -> None:
        self._root = root
        self._config = config
        self._script = script
        self._only = only

    async def run(self) -> None:
        """Until SIGTERM or SIGINT. Raises `ConfigurationError`, `StoreInUse`, `StoreBroken`."""
        config = self._config
        adapters = _adapters(config, self._only)
        sentences = sentences_of(config)
        store = store_of(config)
        await store.open()
        calls = HttpCalls(config.http.allow, config.secrets)
        try:
            running = App(
                self._script,
                config.business,
                store,
                adapters,
                SystemClock(),
                Files(config.attachments),
                carriers={"http": calls.carry, "python": PythonCalls(declared).carry},
                limits=_limits(config),
            )
            running.sentences = sentences
            await self._live(running)
        finally:
            await calls.close()
            await store.close()

    async def _live(self, running: App) -> None:
        stop = _stop_event()
        await running.start()
        log.info("started", channels=sorted(running.adapters), script=self._script.hash[:12])
        watching = asyncio.create_task(self._watch(running, stop))
        await stop.wait()
        log.info("stopping")
        await running.stop()
        await watching
        log.info("stopped")

    async def _watch(self, running: App, stop: asyncio.Event) -> None:
        """Play the new script whenever the files change and have no mistakes."""
        from watchfiles import awatch

        async for changes in awatch(
            *folders(self._config), stop_event=stop, debounce=DEBOUNCE, recursive=False
        ):
            if any(is_of_project(path) for _, path in changes):
                try:
                    await self._reload(running)
                except FrontdeskError as problem:
                    log.error("not reloaded, the old script goes on", problem=str(problem))
                except Exception as problem:  # noqa: BLE001 - the desk outlives a fault in reading
                    log.error("not reloaded, the old script goes on", **fault(problem))

    async def _reload(self, running: App) -> None:
        project = await asyncio.to_thread(load_project, self._root)
        if project.errors or project.script is None:
            first = [f"{one.path}:{one.line} {one.code}" for one in project.errors[:5]]
            log.error("not reloaded, the old script goes on; see frontdesk check", mistakes=first)
        elif (project.script.hash, project.config.business) != (
            self._script.hash,
            self._config.business,
        ):
            self._script, self._config = project.script, project.config
            await running.reload(project.script, project.config.business)


def _adapters(config: Config, only: Sequence[str]) -> dict[str, Adapter]:
    unknown = [name for name in only if name not in config.channels]
    if unknown or not config.channels:
        known = ", ".join(config.channels) or "-"
        raise ConfigurationError(
            speak(
                f"в channels: нет «{', '.join(unknown)}»; есть: {known}",
                f"channels: has no {', '.join(unknown)}; it has: {known}",
            )
            if unknown
            else speak(
                "не описано ни одного канала: допишите channels: в config.yaml; поговорить с ботом и без них: frontdesk chat",
                "no channels: write channels: in config.yaml; to talk to the bot without any: frontdesk chat",
            )
        )
    chosen = [one for one in config.channels.values() if not only or one.name in only]
    adapters = {one.name: adapter_factory(one.kind)(one.name, dict(one.settings)) for one in chosen}
    if config.operators.telegram is not None:
        settings = {**config.operators.telegram, "owners": config.operators.owners}
        adapters[DESK] = adapter_factory("telegram_desk")(DESK, settings)
    return adapters


def _pace(channel: Channel) -> app.Pace:
    settings = channel.settings
    return app.Pace(settings.get("pace"), settings.get("pace_per_address"))


def _limits(config: Config) -> app.Limits:
    limits = config.limits
    paces = {name: _pace(one) for name, one in config.channels.items()}
    return app.Limits(limits.stop_timeout, limits.keep_events, limits.turns, paces)


def _stop_event() -> asyncio.Event:
    """Set by SIGTERM and SIGINT; a second one ends the program at once, as ever."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask() -> None:
        stop.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    return stop
