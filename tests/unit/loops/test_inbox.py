"""The way in: saved before it is acknowledged, together where it came together."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot import worker as module
from bot.clock import ObedientClock
from bot.errors import NotSaved, UnknownConversation
from bot.inbox import TRIAL, Inbox
from bot.model.event import Incoming, MessageReceived
from bot.model.message import Attachment, Message, say
from bot.model.turn import Turn
from bot.stage import Stage
from bot.storage import writer
from bot.storage.sqlite import SqliteStore
from bot.worker import Worker
from tests.unit.loops.playing import brought, events, failing_once, running, settled, wrote

TOP = Path(__file__).parents[3]


class Counting:
    """Notes every call of `accept`."""

    def __init__(self, store: SqliteStore) -> None:
        self.calls: list[int] = []
        self._accept = store.accept
        store.accept = self  # type: ignore[assignment]

    async def __call__(self, channel: str, kind: str, incoming: Any, *rest: Any) -> Any:
        self.calls.append(len(incoming))
        return await self._accept(channel, kind, incoming, *rest)


@pytest.fixture
def inbox(store: SqliteStore, clock: ObedientClock) -> Inbox:
    return Inbox(store, clock, {"telegram": "telegram", "vk": "vk"})


async def test_what_arrives_in_one_breath_is_saved_in_one_transaction_a_channel(
    store: SqliteStore, inbox: Inbox
) -> None:
    counting = Counting(store)
    await asyncio.gather(
        *(inbox.accept("telegram", [wrote("да", f"c{number}")]) for number in range(20)),
        inbox.accept("vk", [wrote("да")]),
    )
    assert counting.calls == [20, 1]
    assert len(await events(store)) == 21
    assert not inbox.busy


async def test_events_of_one_breath_keep_their_order_and_the_last_cursor_counts(
    store: SqliteStore, inbox: Inbox
) -> None:
    await asyncio.gather(
        *(inbox.accept("telegram", [wrote(str(number))], f"{number}") for number in range(9)),
        inbox.accept("telegram", []),
    )
    said = [
        event.message.text.plain
        for event in await events(store)
        if isinstance(event, MessageReceived)
    ]
    assert said == [str(number) for number in range(9)]
    assert await store.cursor("telegram") == "8"


async def test_a_bad_offer_costs_only_itself(store: SqliteStore, inbox: Inbox) -> None:
    lost = Incoming("x", MessageReceived(say("?")), conversation=99)
    results = await asyncio.gather(
        inbox.accept("telegram", [wrote("раз", "a")]),
        inbox.accept("telegram", [lost]),
        inbox.accept("telegram", [wrote("два", "b")]),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), UnknownConversation, type(None)]
    assert len(await events(store)) == 2


async def test_a_database_that_cannot_save_is_told_to_everyone_and_nothing_is_acknowledged(
    store: SqliteStore, inbox: Inbox
) -> None:
    store.accept = failing_once(store.accept, NotSaved("full"))  # type: ignore[method-assign]
    results = await asyncio.gather(
        *(inbox.accept("telegram", [wrote("да")], "7") for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [NotSaved] * 3
    assert await events(store) == []
    assert await store.cursor("telegram") is None


async def test_a_repeat_is_acknowledged_and_handled_once(store: SqliteStore, inbox: Inbox) -> None:
    once = wrote("да")
    for _ in range(3):
        await inbox.accept("telegram", [once])
    assert len(await events(store)) == 1


async def test_an_event_is_saved_and_answered_in_one_transaction(
    store: SqliteStore, clock: ObedientClock, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(store, clock, {"telegram": "telegram"})
    worker = Worker(store, clock, stage)
    inbox.on_events = worker.bell.ring
    monkeypatch.setattr(module, "take_turn", lambda here, event, moment: Turn(here))
    monkeypatch.setattr(writer, "LONGEST_BREATH", 60.0)
    commits: list[int] = []
    carry_out = store._writer._carry_out

    def counted(group: Any) -> None:
        commits.append(len(group))
        carry_out(group)

    async with running(worker):
        await settled(worker)
        monkeypatch.setattr(store._writer, "_carry_out", counted)
        await inbox.accept("telegram", [wrote("да")])
        await settled(worker)
    assert worker.handled == 1
    assert commits == [2]


def test_an_event_that_kills_the_process_before_it_is_saved_is_found_out(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    memory.touch()
    lives = [sys.executable, "-m", "tests.unit.loops.deadly", str(tmp_path / "x.db"), str(memory)]
    ends: list[int] = []
    while 0 not in ends and len(ends) < 8:
        ends.append(subprocess.run(lives, cwd=TOP, check=False).returncode)
    assert ends[-1] == 0
    assert set(ends[:-1]) == {9}
    assert memory.read_text() == "12"


async def test_after_an_unclean_end_an_event_is_saved_before_its_turn_begins(
    store: SqliteStore, clock: ObedientClock
) -> None:
    store.unclean = True
    inbox = Inbox(store, clock, {"telegram": "telegram"})
    rung: list[int] = []
    inbox.on_events = lambda: rung.append(inbox.saved)
    await inbox.accept("telegram", [wrote("да")])
    clock.advance(TRIAL)
    await inbox.accept("telegram", [wrote("нет")])
    assert rung == [1, 1]


async def test_files_to_fetch_are_told(inbox: Inbox) -> None:
    rung = []
    inbox.on_attachments = lambda: rung.append(True)
    await inbox.accept("telegram", [wrote("да")])
    assert not rung
    photo = Message(attachments=(Attachment("photo", source="f"),))
    await inbox.accept("telegram", [brought(MessageReceived(photo))])
    assert rung


async def test_one_who_stops_waiting_costs_the_others_nothing(
    store: SqliteStore, inbox: Inbox
) -> None:
    impatient = asyncio.ensure_future(inbox.accept("telegram", [wrote("раз", "a")]))
    patient = asyncio.ensure_future(inbox.accept("telegram", [wrote("два", "b")]))
    await asyncio.sleep(0)
    impatient.cancel()
    await patient
    assert len(await events(store)) == 2
