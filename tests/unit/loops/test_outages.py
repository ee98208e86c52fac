"""What is out of order beside us costs nobody else anything: messengers, other systems, the operators' room, the disk."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import logs, worker
from bot.app import OPEN_PAUSE, App, Limits
from bot.calls import SLOW
from bot.channel import Delivery, Door, Receipt, RetryLater
from bot.clock import ObedientClock
from bot.errors import ConfigurationError, NotSaved
from bot.model.event import Happened, MessageReceived
from bot.model.message import Attachment, Message, say
from bot.model.turn import Turn
from bot.outbox.reach import PATIENCE
from bot.project import read_project
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from bot.storage.store import WaitingCall
from bot.testing import FakeAdapter
from tests.unit.loops import playing
from tests.unit.loops.playing import failing_once, until

FLOW = """\
flow: echo
start: {commands: [start]}
steps:
  - say: Слышу.
  - end: всё
"""
SLOW_FLOW = """\
flow: slow
start: {commands: [slow]}
steps:
  - http: {url: https://api.example.ru/orders}
    save: answer
  - say: Готово.
  - end: всё
"""
HOOK_FLOW = """\
flow: hook
start: {event: {webhook: paid}}
slots: {sum: {type: text}}
steps:
  - say: Получено {{ sum }}.
  - end: всё
"""
CONFIG = """\
name: Echo
language: ru
http: {allow: [api.example.ru], webhooks: {paid: {secret: s}}}
"""


def app_of(
    folder: Path,
    store: SqliteStore,
    clock: ObedientClock,
    adapters: dict[str, Any],
    **named: Any,
) -> App:
    (folder / "flows").mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    for name, flow in (("echo", FLOW), ("slow", SLOW_FLOW), ("hook", HOOK_FLOW)):
        (folder / "flows" / f"{name}.yaml").write_text(flow, encoding="utf-8")
    read = read_project(folder)
    assert read.script is not None, read.findings
    return App(
        read.script,
        read.config.business,
        store,
        adapters,
        clock,
        Files(folder / "files"),
        limits=Limits(stop=100),
        **named,
    )


class Deaf(FakeAdapter):
    """A messenger that cannot be opened so many times."""

    def __init__(self, problem: Exception, times: int) -> None:
        super().__init__()
        self._problem, self._left = problem, times
        self.closed = 0

    async def open(self, door: Door) -> None:
        await super().open(door)
        if self._left:
            self._left -= 1
            raise self._problem

    async def close(self) -> None:
        await super().close()
        self.closed += 1


async def test_a_messenger_that_cannot_be_opened_now_is_opened_later_and_the_others_work(
    tmp_path: Path,
    store: SqliteStore,
    clock: ObedientClock,
    adapter: FakeAdapter,
    logged: list[dict[str, Any]],
) -> None:
    secret = "https://example.org/bot12345:secret"
    deaf = Deaf(ConnectionRefusedError(secret), 2)
    app = app_of(tmp_path, store, clock, {"vk": deaf, "telegram": adapter})
    await app.start()
    await adapter.write("anna", "/start")
    await until(lambda: adapter.texts() == ["Слышу."])
    writing = asyncio.ensure_future(deaf.write("boris", "/start"))
    for _ in range(2):
        assert deaf.texts() == []
        await until(lambda: clock.next_wake() is not None)
        clock.advance(OPEN_PAUSE)
        for _ in range(50):
            await asyncio.sleep(0)
    await writing
    await until(lambda: deaf.texts() == ["Слышу."])
    await app.stop()
    told = [line for line in logged if line["event"].startswith("channel not opened")]
    assert [line["channel"] for line in told] == ["vk", "vk"]
    assert not [line for line in logged if secret in str(line)]


async def test_a_mistake_in_the_configuration_ends_the_start_and_lets_go_of_all(
    tmp_path: Path, store: SqliteStore, clock: ObedientClock
) -> None:
    deaf, fine = Deaf(ConfigurationError("wrong token"), 1), Deaf(ValueError(), 0)
    app = app_of(tmp_path, store, clock, {"vk": deaf, "telegram": fine})
    with pytest.raises(ConfigurationError, match="wrong token"):
        await app.start()
    assert (deaf.closed, fine.closed) == (1, 1)


async def test_a_mistake_that_is_found_later_is_told_and_stops_nobody(
    tmp_path: Path,
    store: SqliteStore,
    clock: ObedientClock,
    adapter: FakeAdapter,
    logged: list[dict[str, Any]],
) -> None:
    class Mistaken(Deaf):
        async def open(self, door: Door) -> None:
            if self.open_calls:
                self.open_calls += 1
                raise ConfigurationError("wrong token")
            await super().open(door)

    deaf = Mistaken(TimeoutError(), 1)
    app = app_of(tmp_path, store, clock, {"vk": deaf, "telegram": adapter})
    await app.start()
    for _ in range(50):
        await asyncio.sleep(0)
    clock.advance(OPEN_PAUSE)
    await until(lambda: deaf.open_calls == 2)
    await adapter.write("anna", "/start")
    await until(lambda: adapter.texts() == ["Слышу."])
    await app.stop()
    assert [line["problem"] for line in logged if line["event"] == "channel not opened"] == [
        "wrong token"
    ]


async def test_operators_count_as_unreachable_after_a_minute_of_refusals_until_one_goes_through(
    tmp_path: Path, store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter
) -> None:
    room = FakeAdapter()
    room.failures.extend([RetryLater("refused", 30, everywhere=True)] * 4)
    app = app_of(tmp_path, store, clock, {"telegram": adapter, "operators": room})
    await app.start()
    assert app.desk_reachable()
    await adapter.write("anna", "оператор")
    await until(lambda: len(room.failures) == 3)
    assert app.worker.stage.reachable()
    for _ in range(2):
        await app.quiet()
        clock.advance(PATIENCE // 2)
    await app.quiet()
    assert not app.desk_reachable()
    assert not app.worker.stage.reachable()
    stage = app.worker.stage
    await app.reload(stage.script, stage.business)
    assert not app.worker.stage.reachable(), "a reload forgets nothing"
    for _ in range(3):
        clock.advance(30_000)
        await app.quiet()
    assert room.texts()
    assert app.desk_reachable()
    await app.stop()


def _heard_more(adapter: FakeAdapter, than: int) -> bool:
    return len(adapter.texts()) > than


async def test_a_slow_system_delays_nobody_else_and_who_waits_sees_typing_once(
    tmp_path: Path, store: SqliteStore, clock: ObedientClock
) -> None:
    typing: list[tuple[str, int]] = []

    class Watched(FakeAdapter):
        async def deliver(self, delivery: Delivery) -> Receipt:
            if delivery.kind == "typing":
                typing.append((delivery.address, clock.now()))
            return await super().deliver(delivery)

    answered = asyncio.Event()

    async def carry(call: WaitingCall) -> Any:
        await answered.wait()
        return {"status": 200}

    adapter = Watched()
    app = app_of(tmp_path, store, clock, {"telegram": adapter}, carriers={"http": carry})
    await app.start()
    started = clock.now()
    for number in range(5):
        await adapter.write(f"slow{number}", "/slow")
    await until(lambda: sum(at == started + SLOW for at, *_ in clock._sleepers) == 5)
    clock.advance(SLOW)
    await until(lambda: len(typing) == 5)
    for second in range(60):
        clock.advance(1_000)
        heard = len(adapter.texts())
        await adapter.write(f"c{second % 10}", "/start")
        await until(partial(_heard_more, adapter, heard))
    assert sorted(typing) == [(f"slow{number}", started + SLOW) for number in range(5)]
    answered.set()
    await until(lambda: adapter.texts("slow4") == ["Готово."])
    await app.stop()


async def test_typing_that_cannot_be_shown_harms_nothing(
    tmp_path: Path, store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter
) -> None:
    answered = asyncio.Event()

    async def carry(call: WaitingCall) -> Any:
        await answered.wait()
        return {"status": 200}

    app = app_of(tmp_path, store, clock, {"telegram": adapter}, carriers={"http": carry})
    await app.start()
    await adapter.write("anna", "/slow")
    await until(lambda: (clock.next_wake() or 1 << 62) <= clock.now() + SLOW)
    adapter.failures.append(RetryLater("429", 60))
    clock.advance(SLOW)
    await until(lambda: not adapter.failures)
    answered.set()
    await until(lambda: adapter.texts() == ["Готово."])
    await app.stop()


async def test_what_happens_outside_reaches_the_conversation_once(
    tmp_path: Path, store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter
) -> None:
    app = app_of(tmp_path, store, clock, {"telegram": adapter})
    await app.start()
    await adapter.write("anna", "/start")
    await app.quiet()
    here = await store.find_conversation("telegram", "anna")
    assert here is not None
    for _ in range(3):
        await app.happened(here.id, Happened("webhook:paid", {"sum": "100"}), "1")
    await app.quiet()
    assert adapter.texts() == ["Слышу.", "Получено 100."]
    await app.stop()


async def test_a_full_disk_acknowledges_nothing_is_told_and_passes(
    tmp_path: Path,
    store: SqliteStore,
    clock: ObedientClock,
    adapter: FakeAdapter,
    logged: list[dict[str, Any]],
) -> None:
    app = app_of(tmp_path, store, clock, {"telegram": adapter})
    await app.start()
    store.accept = failing_once(store.accept, NotSaved("full"), 2)  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(NotSaved):
            await adapter.write("anna", "/start")
    await adapter.write("anna", "/start")
    assert [line["event"] for line in logged if line["level"] == "error"] == [
        "events not saved, none acknowledged",
        "events are saved again",
    ]
    await app.quiet()
    assert adapter.texts() == ["Слышу."]
    await app.stop()


TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"
WORDS = "мне стыдно об этом писать"


class Leaky(FakeAdapter):
    """A channel whose every failure quotes its token and what was being said."""

    def __init__(self) -> None:
        super().__init__()
        self.left = {"open": 1, "receive": 1, "deliver": 3, "fetch": 7, "close": 1}

    def _leak(self, what: str) -> None:
        if self.left[what]:
            self.left[what] -= 1
            problem = f"POST https://api.telegram.org/bot{TOKEN}/sendMessage: {WORDS}"
            raise (ValueError if self.left[what] % 2 else ConnectionError)(problem)

    async def open(self, door: Door) -> None:
        self._leak("open")

    async def receive(self, door: Door) -> None:
        self._leak("receive")
        await super().receive(door)

    async def deliver(self, delivery: Delivery) -> Receipt:
        self._leak("deliver")
        return await super().deliver(delivery)

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        self._leak("fetch")
        yield b""

    async def close(self) -> None:
        self._leak("close")


async def test_no_failure_of_a_channel_brings_a_token_or_words_into_the_log(
    tmp_path: Path, store: SqliteStore, clock: ObedientClock
) -> None:
    before, handlers = structlog.get_config(), logging.getLogger().handlers
    stream = io.StringIO()
    logs.configure(logging.DEBUG, stream, secrets=[TOKEN])
    adapter = Leaky()
    app = app_of(tmp_path, store, clock, {"telegram": adapter})
    app.worker.verbose = True
    try:
        await app.start()
        file = Attachment("photo", source="f")
        writing = asyncio.ensure_future(
            adapter.bring("anna", MessageReceived(Message(say(WORDS).text, attachments=(file,))))
        )
        async with asyncio.timeout(playing.PATIENCE):
            while (
                any(adapter.left[one] for one in ("open", "receive", "deliver"))
                or "attachment not fetched" not in stream.getvalue()
            ):
                for _ in range(100):
                    await asyncio.sleep(0)
                clock.advance(60_000)
        await writing
        await app.quiet()
        await app.stop()
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers = handlers
    told = stream.getvalue()
    events = {json.loads(line)["event"] for line in told.splitlines()}
    assert {
        "channel not opened, it will be tried again",
        "loop raised, starting it again",
        "delivery raised",
        "attachment not fetched",
        "turn",
    } <= events
    assert TOKEN not in told
    assert "стыдно" not in told
    turn = next(json.loads(line) for line in told.splitlines() if '"turn"' in line)
    assert (turn["channel"], turn["conversation"], turn["kind"]) == (
        "telegram",
        1,
        "MessageReceived",
    )


async def test_a_turn_that_fails_is_told_with_its_place_and_without_words(
    tmp_path: Path,
    store: SqliteStore,
    clock: ObedientClock,
    adapter: FakeAdapter,
    logged: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = app_of(tmp_path, store, clock, {"telegram": adapter})
    await app.start()
    await adapter.write("anna", "/slow")
    await until(lambda: app.worker.handled)

    def broken(*_: object) -> Turn:
        raise ValueError(WORDS)

    monkeypatch.setattr(worker, "take_turn", broken)
    await adapter.write("anna", WORDS)
    await until(lambda: [one for one in logged if one["event"] == "event set aside"])
    await app.stop()
    turns = [one for one in logged if one["event"] == "turn failed"]
    failed = [one for one in turns if one["kind"] == "MessageReceived"]
    assert len(failed) == 3
    for line in failed:
        assert (line["channel"], line["conversation"], line["flow"]) == ("telegram", 1, "slow")
        assert line["problem"] == "ValueError"
        assert line["step"]
    assert "стыдно" not in str(logged)
