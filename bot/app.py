"""The wiring, once: store, script and adapters -> the loops."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType

import msgspec
import structlog

from bot import desk
from bot.attachments import Attachments, Files
from bot.calls import Calls, Carry
from bot.channel import Adapter, Delivery, Said
from bot.clock import Clock, asked_to_end
from bot.dialog.script import Script
from bot.errors import FrontdeskError
from bot.faq.correction import Choice
from bot.faq.evidence import SentenceLearner
from bot.inbox import Inbox
from bot.logs import fault
from bot.model.abilities import CONSOLE, Abilities
from bot.model.business import Business
from bot.model.event import Happened, Incoming
from bot.model.message import Message
from bot.noticeboard import Noticeboard
from bot.outbox import ChannelOutbox, Outbox
from bot.stage import Stage, chosen
from bot.storage.store import Store
from bot.timers import Timers
from bot.worker import Worker

log = structlog.get_logger("app")

RESTART_PAUSE = 1_000
CHOICES_OF = 90 * 86_400_000
"""How far back people's choices correct the FAQ's scores, ms."""
PRUNE_EVERY = 3_600_000
OPENING = 20
"""Seconds that the start waits for a channel to open; it goes on opening beside the others."""
OPEN_PAUSE = 30_000
OUTSIDE = "outside"
"""The channel under which events of other systems are told apart."""
LOOK_AGAIN = 0.0005


class Pace(msgspec.Struct, frozen=True):
    """How fast a channel may speak where that is not the messenger's own limit: see `Abilities`."""

    overall: float | None = None
    per_address: float | None = None
    per_minute: int | None = None
    merge_after: int | None = None
    edit_every: int | None = None

    def within(self, abilities: Abilities) -> Abilities:
        """The limits that hold."""
        chosen = {
            "pace": self.overall,
            "pace_per_address": self.per_address,
            "per_minute": self.per_minute,
            "merge_after": self.merge_after,
            "edit_every": self.edit_every,
        }
        changed = {name: value for name, value in chosen.items() if value is not None}
        return msgspec.structs.replace(abilities, **changed)


class Limits(msgspec.Struct, frozen=True):
    """`stop` is how long a clean stop waits for deliveries, `keep_events` how long repeats are recognised, both in ms;
    `batch` is the most turns taken in one transaction; `paces` are those of channels that shall not go at the
    messenger's own."""

    stop: int = 10_000
    keep_events: int = 48 * 3_600_000
    batch: int = 128
    paces: Mapping[str, Pace] = MappingProxyType({})


class App:
    """The program without its command line: what `run`, `chat`, the tests and the benchmark share."""

    def __init__(
        self,
        script: Script,
        business: Business,
        store: Store,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        files: Files,
        *,
        carriers: Mapping[str, Carry] | None = None,
        limits: Limits = Limits(),  # noqa: B008  (a frozen value)
    ) -> None:
        self.store = store
        self.clock = clock
        self.adapters = adapters
        self.limits = limits
        self.sentences: SentenceLearner | None = None
        """What helps the FAQ (`bot.sentences`), given before `start`. It learns beside the loops: see `learned`."""
        self._by_meaning = False
        kinds = {name: adapter.abilities.kind for name, adapter in adapters.items()}
        kinds[OUTSIDE] = OUTSIDE
        self._abilities = {
            adapter.abilities.kind: adapter.abilities for adapter in adapters.values()
        }
        self.inbox = Inbox(store, clock, kinds)
        self.accept = self.inbox.accept
        """Save events of a channel; done when they are durable."""
        self.worker = Worker(
            store, clock, Stage(script, business, self._abilities), limit=limits.batch
        )
        self.outbox = Outbox({name: self._channel_outbox(name) for name in adapters})
        self.timers = Timers(store, clock)
        self.calls = Calls(store, clock, carriers or {})
        self.attachments = Attachments(store, clock, adapters, files)
        self.noticeboard = self._noticeboard()
        self.last_read: dict[str, int] = {}
        """When each channel was read last, ms."""
        self.started_at = 0
        self.opened: set[str] = set()
        """Channels that are connected."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._connect()

    def _connect(self) -> None:
        wake = self.worker.bell.ring
        self.inbox.on_events = wake
        self.inbox.on_attachments = self.attachments.bell.ring
        self.worker.on_deliveries = self.outbox.offer
        self.worker.on_timer = self.timers.bell.ring
        self.worker.on_calls = self.calls.ring
        self.timers.on_events = wake
        self.calls.on_events = wake
        self.attachments.on_events = wake
        self.calls.on_slow = self._show_typing
        self.worker.stage.reachable = self.desk_reachable
        if self.noticeboard is not None:
            self.worker.on_tickets = self.noticeboard.changed
            self.noticeboard.on_events = wake
            self.noticeboard.reachable = self.desk_reachable

    def _noticeboard(self) -> Noticeboard | None:
        """A terminal has no place where a list could stand."""
        face = self.adapters.get(desk.CHANNEL)
        if face is None or face.abilities.kind == CONSOLE.kind:
            return None
        kind, every = face.abilities.kind, face.abilities.edit_every
        return Noticeboard(self.store, self.clock, kind, every)

    def _channel_outbox(self, name: str) -> ChannelOutbox:
        pace = self.limits.paces.get(name, Pace())
        adapter = self.adapters[name]
        channel = ChannelOutbox(
            name, adapter, self.store, self.clock, limits=pace.within(adapter.abilities)
        )
        channel.on_events = self.worker.bell.ring
        return channel

    # life

    async def start(self) -> None:
        """Open every adapter and start the loops. The store is open already. Raises `ConfigurationError`."""
        stage = self.worker.stage
        if choices := await self._choices(stage.script):
            await self._play(stage.script, stage.business, choices, None)
        self.started_at = self.clock.now()
        try:
            opened = await self._open_all()
        except BaseException:
            await self._close_all()
            raise
        self._begin("worker", self.worker.run)
        self._begin("timers", self.timers.run)
        self._begin("calls", self.calls.run)
        self._begin("attachments", self.attachments.run)
        self._begin("prune", self._prune)
        if self.noticeboard is not None:
            self._begin("noticeboard", self.noticeboard.run)
        if self.sentences is not None:
            self._begin("learning", self._learn)
        for name, is_open in opened.items():
            if is_open:
                self._connected(name)
            else:
                self._begin(f"open {name}", partial(self._open_later, name))

    def _begin(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        self._tasks[name] = asyncio.create_task(self._keep(name, loop), name=name)

    def _connected(self, name: str) -> None:
        """The channel is open: speak and listen."""
        self.opened.add(name)
        self._begin(f"outbox {name}", partial(self._run_outbox, name))
        self._begin(f"receive {name}", partial(self._receive, name))

    async def _open_all(self) -> dict[str, bool]:
        """Which channels are open. A mistake in the configuration of one is raised."""
        tasks = {name: asyncio.ensure_future(self._open(name)) for name in self.adapters}
        try:
            await asyncio.gather(*tasks.values())
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        return {name: task.result() for name, task in tasks.items()}

    async def _open(self, name: str) -> bool:
        """Whether it is open now: a messenger that does not answer just now must not stop the others."""
        _speak_of(name)
        try:
            async with asyncio.timeout(OPENING):
                await self.adapters[name].open(ChannelDoor(self, name))
        except FrontdeskError:
            raise
        except Exception as problem:  # noqa: BLE001  (an adapter's fault is its own)
            log.error("channel not opened, it will be tried again", channel=name, **fault(problem))
            return False
        return True

    async def _open_later(self, name: str) -> None:
        while True:
            await self.clock.sleep_until(self.clock.now() + OPEN_PAUSE)
            try:
                if await self._open(name):
                    break
            except FrontdeskError as problem:
                log.error("channel not opened", channel=name, problem=str(problem))
        log.info("channel opened", channel=name)
        self._connected(name)

    async def _keep(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """A loop that raises is a fault of ours; it is told and started again, and the others never notice."""
        while True:
            try:
                await loop()
                return
            except (Exception, asyncio.CancelledError) as problem:
                if asked_to_end():
                    raise
                log.error("loop raised, starting it again", loop=name, **fault(problem))
                await self.clock.sleep_until(self.clock.now() + RESTART_PAUSE)

    async def _receive(self, name: str) -> None:
        _speak_of(name)
        await self.adapters[name].receive(ChannelDoor(self, name))

    async def _run_outbox(self, name: str) -> None:
        _speak_of(name)
        try:
            await self.outbox.channels[name].run()
        finally:
            # Begin anew from what the store knows: nothing in memory is trusted after a fault.
            self.outbox.channels[name] = self._channel_outbox(name)

    async def stop(self) -> None:
        """Stop reading, finish what is in hand, deliver what can be delivered within `limits.stop`, let go.
        Whatever is not finished then waits in the store. The store stays open: who opened it closes it."""
        await self._cancel([name for name in self._tasks if name.startswith(("receive ", "open "))])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.limits.stop / 1000):
                await self.quiet()
        await self._cancel(list(self._tasks))
        await self._close_all()

    async def _close_all(self) -> None:
        for adapter in self.adapters.values():
            with contextlib.suppress(Exception):
                await adapter.close()

    async def _cancel(self, names: Sequence[str]) -> None:
        tasks = [self._tasks.pop(name) for name in names]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def quiet(self) -> None:
        """Return when there is nothing to do now: no event, turn, due delivery, call or file."""
        while self.busy:  # noqa: ASYNC110  (six loops and a thread: to look is simpler than to be told)
            await asyncio.sleep(LOOK_AGAIN)

    @property
    def busy(self) -> bool:
        """Whether anything is in hand."""
        parts = (self.inbox, self.worker, self.outbox, self.timers, self.calls, self.attachments)
        listed = self.noticeboard is not None and self.noticeboard.busy
        return listed or any(part.busy for part in parts)

    async def _prune(self) -> None:
        while True:
            await self.store.prune(now=self.clock.now(), keep_events=self.limits.keep_events)
            await self.clock.sleep_until(self.clock.now() + PRUNE_EVERY)

    # what others ask of it

    def desk_reachable(self) -> bool:
        """Whether operators can be told: not while all that is for them has been refused for more than a minute."""
        room = self.outbox.channels.get(desk.CHANNEL)
        return room is None or not room.reach.lost(self.clock.now())

    async def happened(self, conversation: int, event: Happened, id: str) -> None:
        """Something outside happened that concerns a conversation; of one id it is filed once. Returns when it is safe.
        Raises `NotSaved`, `UnknownConversation`."""
        await self.inbox.accept(OUTSIDE, [Incoming(id, event, conversation=conversation)])

    async def _show_typing(self, conversation: int) -> None:
        """The customer waits for another system: seen, not stored, and not worth a second try."""
        here = await self.store.conversation(conversation)
        adapter = None if here is None else self.adapters.get(here.channel)
        if here is not None and adapter is not None and adapter.abilities.typing:
            typing = Delivery(0, here.channel, here.address, Message(), "typing", here.id)
            await adapter.deliver(typing)

    async def reload(self, script: Script, business: Business) -> None:
        """Play another script from the next batch on. The index is built beside the loop, not in it."""
        early = self.sentences is not None and not self._by_meaning
        if "learning" in self._tasks:
            await self._cancel(["learning"])
        sentences = None if early else self.sentences
        await self._play(script, business, await self._choices(script), sentences)
        log.info(
            "script loaded", script=script.hash[:12], flows=len(script.flows), faq=len(script.faq)
        )
        if early:
            self._begin("learning", self._learn)

    async def learned(self) -> None:
        """Return when the FAQ goes by meaning too, if it was asked to. Until then it goes by words alone."""
        if learning := self._tasks.get("learning"):
            await asyncio.wait([learning])

    async def _learn(self) -> None:
        """Encoding an FAQ takes seconds, a large one for the first time many: customers need not wait for it."""
        stage = self.worker.stage
        choices = await self._choices(stage.script)
        try:
            await self._play(stage.script, stage.business, choices, self.sentences)
        except Exception as problem:  # noqa: BLE001  (to try again at once would change nothing)
            log.error("the FAQ goes by words alone until it is read again", **fault(problem))
        else:
            self._by_meaning = True
            log.info("the FAQ goes by meaning too")

    async def _play(
        self,
        script: Script,
        business: Business,
        choices: tuple[Choice, ...],
        sentences: SentenceLearner | None,
    ) -> None:
        stage = await asyncio.to_thread(
            Stage, script, business, self._abilities, sentences, choices
        )
        stage.follow(self.worker.stage)
        self.worker.stage = stage

    async def _choices(self, script: Script) -> tuple[Choice, ...]:
        """What people chose lately, so that the FAQ's scores are right for this business."""
        return chosen(await self.store.misses(self.clock.now() - CHOICES_OF), script)


def _speak_of(channel: str) -> None:
    """What this task and those that it starts log from now on names the channel, whether or not an adapter does."""
    structlog.contextvars.bind_contextvars(channel=channel)


class ChannelDoor:
    """The way in of one channel (`bot.channel.Door`)."""

    def __init__(self, app: App, channel: str) -> None:
        self._app = app
        self._channel = channel

    async def accept(self, incoming: Sequence[Incoming], cursor: str | None = None) -> None:
        """See `Door.accept`."""
        await self._app.inbox.accept(self._channel, incoming, cursor)
        self.alive()

    async def cursor(self) -> str | None:
        """See `Door.cursor`."""
        return await self._app.store.cursor(self._channel)

    def alive(self) -> None:
        """See `Door.alive`."""
        self._app.last_read[self._channel] = self._app.clock.now()
        self._app.timers.wake_channel(self._channel)

    async def recall(self, name: str) -> str | None:
        """See `Door.recall`."""
        return await self._app.store.recall(self._channel, name)

    async def keep(self, values: Mapping[str, str | None]) -> None:
        """See `Door.keep`."""
        await self._app.store.keep(self._channel, values)

    async def said(self, address: str, external_id: str) -> Said | None:
        """See `Door.said`."""
        return await self._app.store.said(self._channel, address, external_id)

    def file(self, digest: str) -> Path:
        """See `Door.file`."""
        return self._app.attachments.files.path(digest)
