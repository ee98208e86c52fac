"""The program in production: adapters by configuration, reload on change, a clean stop on SIGTERM."""

import asyncio
import contextlib
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from bot.config.settings import Config
from bot.dialog.script import Script
from bot.errors import ConfigurationError, FrontdeskError
from bot.health import Health
from bot.http_calls import HttpCalls
from bot.logs import fault
from bot.media import keep_media
from bot.plugins import PythonCalls, declared
from bot.rehearsal import DESK
from bot.sentences import sentences_of
from bot.storage.files import Files

if TYPE_CHECKING:
    from bot.listener import Listener

log = structlog.get_logger("run")

WATCH_AGAIN = 60.0
"""Seconds until it is tried again to watch files that cannot be watched."""


class Running:
    """From the files of a project to the loops, and back."""

    def __init__(
        self,
        root: Path,
        config: Config,
        script: Script,
        only: Sequence[str],
        *,
        verbose: bool = False,
    ) -> None:
        self._root = root
        self._config = config
        self._script = script
        self._only = only
        self._verbose = verbose

    async def run(self) -> None:
        """Until SIGTERM or SIGINT. Raises `ConfigurationError`, `StoreInUse`, `StoreBroken`."""
        config = self._config
        adapters = adapters_of(config, self._only)
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
            running.worker.verbose = self._verbose
            await self._live(running)
        finally:
            if sentences is not None:
                sentences.stop()
            await calls.close()
            await store.close()

    async def _live(self, running: App) -> None:
        stop, config = _stop_event(), self._config
        watched = frozenset(name for name in running.adapters if _is_read(config, name))
        health = Health(running, watched, config.http.deaf_after)
        listener = _listener(config, running, health)
        await keep_media(self._script, config.root, running.attachments.files)
        await running.start()
        try:
            if listener is not None:
                await listener.start()
            looking = asyncio.create_task(health.run())
            watching = asyncio.create_task(self._watch(running, stop))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            log.info("started", channels=sorted(running.adapters), script=self._script.hash[:12])
            await stop.wait()
            log.info("stopping")
            looking.cancel()
        finally:
            if listener is not None:
                await listener.stop()
            await running.stop()
        await watching
        log.info("stopped")

    async def _watch(self, running: App, stop: asyncio.Event) -> None:
        """Play the new script whenever the files change and have no mistakes. Where they cannot be watched (the system
        allows only so many watches) the program goes on without, and looks again."""
        failed = False
        while not stop.is_set():
            try:
                await self._follow(running, stop, again=failed)
                failed = False
            except Exception as problem:  # noqa: BLE001  (what must not end the desk)
                if not failed:
                    log.error("files are not watched, what changes is not played", **fault(problem))
                failed = True
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), WATCH_AGAIN)

    async def _follow(self, running: App, stop: asyncio.Event, *, again: bool) -> None:
        """Until the stop. `again`: what was saved before is not played yet."""
        from watchfiles import awatch

        while not stop.is_set():
            watched = folders(self._config)
            saves = awatch(*watched, stop_event=stop, debounce=DEBOUNCE, recursive=False)
            coming = asyncio.ensure_future(anext(saves, None))
            # Its first step sets the watch: what was saved before that is read now.
            await asyncio.sleep(0)
            if again and not coming.done():
                await self._try_to_reload(running)
            while (changes := await coming) is not None:
                if any(is_of_project(path) for _, path in changes):
                    await self._try_to_reload(running)
                again = folders(self._config) != watched
                if again:
                    await saves.aclose()
                    break
                coming = asyncio.ensure_future(anext(saves, None))

    async def _try_to_reload(self, running: App) -> None:
        try:
            await self._reload(running)
        except FrontdeskError as problem:
            log.error("not reloaded, the old script goes on", problem=str(problem))
        except Exception as problem:  # noqa: BLE001 - the desk outlives a fault in reading
            log.error("not reloaded, the old script goes on", **fault(problem))

    async def _reload(self, running: App) -> None:
        project = await asyncio.to_thread(load_project, self._root)
        if gone := _gone(self._config, self._script, project.config):
            log.error("not reloaded, the old script goes on: a file is gone", files=gone)
            return
        if project.errors or project.script is None:
            first = [f"{one.path}:{one.line} {one.code}" for one in project.errors[:5]]
            log.error("not reloaded, the old script goes on; see frontdesk check", mistakes=first)
            return
        if keys := _of_next_start(self._config, project.config):
            log.warning("these keys count from the next start on", keys=keys)
        if (project.script.hash, project.config.business) != (
            self._script.hash,
            self._config.business,
        ):
            self._script = project.script
            await keep_media(project.script, project.config.root, running.attachments.files)
            await running.reload(project.script, project.config.business)
        self._config = project.config


def _gone(before: Config, script: Script, after: Config) -> list[str]:
    """Files without which we would go on as another business: an editor may be writing them anew just now."""
    gone = [before.source.name] if before.source and after.source != before.source else []
    had_faq = bool(script.faq) and before.faq == after.faq
    return [*gone, before.faq.name] if had_faq and not after.faq.exists() else gone


def adapters_of(config: Config, only: Sequence[str] = ()) -> dict[str, Adapter]:
    """Every configured channel's adapter, or those of `only`, and the operators' room. Raises `ConfigurationError`."""
    unknown = [name for name in only if name not in (*config.channels, DESK)]
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
    adapters = {one.name: adapter_of(config, one.name, one.kind, one.settings) for one in chosen}
    if config.operators.telegram is not None:
        adapters[DESK] = adapter_of(config, DESK, "telegram_desk", config.operators.telegram)
    return adapters


def adapter_of(config: Config, name: str, kind: str, settings: Mapping[str, Any]) -> Adapter:
    """One adapter, with what it may want to know of the business: `language`, `timezone`, `business` (the name), and
    `owners` for the operators' room."""
    business = config.business
    known = {
        "language": business.language,
        "timezone": business.timezone,
        "business": business.name,
        **({"owners": config.operators.owners} if name == DESK else {}),
    }
    given = {key: value for key, value in settings.items() if value is not None}
    return adapter_factory(kind)(name, {**known, **given})


def _is_read(config: Config, name: str) -> bool:
    """Whether a silence of this channel means that it is not read: a terminal and a callback may be silent for days."""
    channel = config.channels.get(name)
    if channel is None:
        return True
    return channel.kind != "console" and channel.settings.get("mode") != "callback"


def _listener(config: Config, running: App, health: Health) -> "Listener | None":
    if config.http.listen is None:
        return None
    from bot.listener import Listener

    return Listener(config.http, running, health)


def _of_next_start(old: Config, new: Config) -> list[str]:
    """Keys that were changed and that nobody looks at while the program runs."""
    names = ("storage", "channels", "operators", "http", "limits", "secrets", "faq_semantic")
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _pace(settings: Mapping[str, Any]) -> app.Pace:
    return app.Pace(
        settings.get("pace"),
        settings.get("pace_per_address"),
        settings.get("per_minute"),
        settings.get("merge_after"),
        settings.get("edit_every"),
    )


def _limits(config: Config) -> app.Limits:
    limits = config.limits
    paces = {name: _pace(one.settings) for name, one in config.channels.items()}
    if config.operators.telegram is not None:
        paces[DESK] = _pace(config.operators.telegram)
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
