"""The wiring: loops that come back, a stop in time, another script between two batches."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from bot.app import RESTART_PAUSE, App, Limits, Pace
from bot.channel import Delivery, Door, Receipt, RetryLater
from bot.clock import ObedientClock
from bot.model.event import MessageReceived
from bot.model.message import Attachment, Message
from bot.outbox import channel
from bot.project import Project, read_project
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.unit.loops.playing import until

log = structlog.get_logger("test")

FLOW = """
flow: echo
start: {{commands: [start]}}
slots:
  word: {{type: text}}
steps:
  - ask: "{question}"
    save: word
    always: true
  - say: "{answer} {{{{ word }}}}"
  - goto: start
"""


def project(folder: Path, question: str = "Слово?", answer: str = "Вы:") -> Project:
    (folder / "flows").mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text("name: Echo\nlanguage: ru\n", encoding="utf-8")
    flow = FLOW.format(question=question, answer=answer)
    (folder / "flows" / "echo.yaml").write_text(flow, encoding="utf-8")
    return read_project(folder)


class Program:
    """An app on a store, which the test ends."""

    def __init__(
        self, store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter, folder: Path
    ) -> None:
        read = project(folder)
        assert read.script is not None, read.findings
        self.app = App(
            read.script,
            read.config.business,
            store,
            {"telegram": adapter},
            clock,
            Files(folder / "files"),
            limits=Limits(stop=100),
        )

    async def quiet(self) -> None:
        await asyncio.wait_for(self.app.quiet(), 20)


@pytest.fixture
async def program(
    store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter, tmp_path: Path
) -> AsyncIterator[Program]:
    playing = Program(store, clock, adapter, tmp_path / "project")
    await playing.app.start()
    yield playing
    await playing.app.stop()


async def test_a_message_is_answered(program: Program, adapter: FakeAdapter) -> None:
    await adapter.write("anna", "/start")
    await adapter.write("anna", "привет")
    await program.quiet()
    assert adapter.texts() == ["Слово?", "Вы: привет", "Слово?"]


async def test_a_loop_that_raises_is_started_again_and_the_others_go_on(
    program: Program, adapter: FakeAdapter, clock: ObedientClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = program.app
    wait, left = app.timers.bell.wait, [ZeroDivisionError()]

    async def broken() -> None:
        if left:
            raise left.pop()
        await wait()

    monkeypatch.setattr(app.timers.bell, "wait", broken)
    app.timers.bell.ring()
    await until(lambda: not left)
    await adapter.write("anna", "/start")
    await until(lambda: adapter.texts() == ["Слово?"])
    clock.advance(RESTART_PAUSE)
    await program.quiet()


async def test_an_outbox_that_raises_begins_anew_from_the_store(
    program: Program, adapter: FakeAdapter, clock: ObedientClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await program.quiet()
    outbox = program.app.outbox.channels["telegram"]

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(outbox, "_next", broken)
    await adapter.write("anna", "/start")
    await until(lambda: program.app.outbox.channels["telegram"] is not outbox)
    clock.advance(RESTART_PAUSE)
    await program.quiet()
    assert adapter.texts() == ["Слово?"]


@pytest.mark.parametrize("fault", [ConnectionResetError(), asyncio.CancelledError()])
async def test_a_receive_loop_that_raises_reads_again(
    store: SqliteStore, clock: ObedientClock, tmp_path: Path, fault: BaseException
) -> None:
    class Fragile(FakeAdapter):
        reads = 0

        async def receive(self, door: Door) -> None:
            self.reads += 1
            if self.reads == 1:
                raise fault
            await super().receive(door)

    adapter = Fragile()
    program = Program(store, clock, adapter, tmp_path / "project")
    await program.app.start()
    await until(lambda: adapter.reads == 1)
    await until(lambda: clock.next_wake() is not None)
    for _ in range(100):
        await asyncio.sleep(0)
    clock.advance(RESTART_PAUSE)
    await until(lambda: adapter.reads == 2)
    await adapter.write("anna", "/start")
    await program.quiet()
    await program.app.stop()
    assert adapter.texts() == ["Слово?"]


async def test_a_stop_does_not_wait_longer_than_it_may_and_loses_nothing(
    store: SqliteStore, clock: ObedientClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "LAST_WORDS", 0.1)

    class Deaf(FakeAdapter):
        async def deliver(self, delivery: Delivery) -> Receipt:
            await asyncio.Event().wait()
            raise AssertionError

    program = Program(store, clock, deaf := Deaf(), tmp_path / "project")
    await program.app.start()
    await deaf.write("anna", "/start")
    async with asyncio.timeout(10):
        await program.app.stop()
    again = FakeAdapter()
    program = Program(store, clock, again, tmp_path / "project")
    await program.app.start()
    await program.quiet()
    await program.app.stop()
    assert again.texts() == ["Слово?"]


async def test_a_stop_delivers_what_can_be_delivered(
    store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter, tmp_path: Path
) -> None:
    adapter.failures.append(RetryLater("429", 3600))
    program = Program(store, clock, adapter, tmp_path / "project")
    await program.app.start()
    await adapter.write("later", "/start")
    for number in range(50):
        await adapter.write(f"c{number}", "/start")
    await program.app.stop()
    assert len(adapter.deliveries) == 50
    assert (await store.counts())["outbox"] == 1


async def test_another_script_is_played_from_the_next_batch_on(
    program: Program, adapter: FakeAdapter, tmp_path: Path
) -> None:
    await adapter.write("anna", "/start")
    await program.quiet()
    read = project(tmp_path / "project", answer="Иначе:")
    assert read.script is not None
    await program.app.reload(read.script, read.config.business)
    await adapter.write("anna", "раз")
    await program.quiet()
    assert adapter.texts() == ["Слово?", "Иначе: раз", "Слово?"]


async def test_files_that_customers_send_are_fetched(
    program: Program, adapter: FakeAdapter, store: SqliteStore
) -> None:
    adapter.files["f"] = b"photo"
    photo = Attachment("photo", source="f")
    await adapter.bring("anna", MessageReceived(Message(attachments=(photo,))))
    await program.quiet()
    kept = await store.attachment(1, "f")
    assert kept is not None
    assert kept.digest
    assert kept == msgspec.structs.replace(photo, digest=kept.digest, size=5)


async def test_a_pace_of_the_configuration_goes_before_the_messengers(
    store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter, tmp_path: Path
) -> None:
    read = project(tmp_path / "project")
    assert read.script is not None
    app = App(
        read.script,
        read.config.business,
        store,
        {"telegram": adapter},
        clock,
        store.files,
        limits=Limits(paces={"telegram": Pace(per_address=0.1)}),
    )
    await app.start()
    await adapter.write("anna", "/start")
    await adapter.write("anna", "раз")
    await app.quiet()
    assert len(adapter.deliveries) == 1
    clock.advance(10_000)
    await app.quiet()
    assert len(adapter.deliveries) == 2
    await app.stop()


class Talkative(FakeAdapter):
    """Logs whatever it does, and never says which channel it is."""

    async def open(self, door: Door) -> None:
        log.info("open")

    async def receive(self, door: Door) -> None:
        log.info("read")
        await super().receive(door)

    async def deliver(self, delivery: Delivery) -> Receipt:
        log.info("said")
        return await super().deliver(delivery)


async def test_what_an_adapter_logs_names_its_channel(
    store: SqliteStore, clock: ObedientClock, tmp_path: Path, logged: list[dict[str, Any]]
) -> None:
    adapter = Talkative()
    playing = Program(store, clock, adapter, tmp_path / "project")
    await playing.app.start()
    await adapter.write("anna", "/start")
    await playing.quiet()
    await playing.app.stop()

    told = [line for line in logged if line["event"] in ("open", "read", "said")]
    assert {(line["event"], line["channel"]) for line in told} == {
        ("open", "telegram"),
        ("read", "telegram"),
        ("said", "telegram"),
    }
