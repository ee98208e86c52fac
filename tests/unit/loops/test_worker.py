"""Turns in batches: one that raises, or that cannot be written, or that kills, costs the others nothing."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot import worker as module
from bot.channel import Delivery
from bot.clock import ObedientClock
from bot.dialog.moment import Moment
from bot.errors import MatchWanted, NotSaved
from bot.model.conversation import Conversation
from bot.model.effect import Send, SetTimer
from bot.model.event import Event, MessageReceived
from bot.model.message import say
from bot.model.turn import Turn
from bot.stage import Matches, Stage
from bot.storage.sqlite import SqliteStore
from bot.worker import Worker
from tests.unit.loops.playing import (
    NOW,
    events,
    failing_once,
    running,
    settled,
    texts,
    until,
    wrote,
)


class Heard:
    """A brain that repeats what it hears; a message that says how it ends, ends so."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.wanted: set[str] = set()

    def __call__(self, conversation: Conversation, event: Event, moment: Moment) -> Turn:
        assert isinstance(event, MessageReceived)
        text = event.message.text.plain
        self.tried.append(text)
        if text == "яд":
            raise ZeroDivisionError
        if text == "искать" and text not in self.wanted:
            self.wanted.add(text)
            raise MatchWanted(text)
        if text == "не записать":
            return Turn(conversation, (Send(say("а это да")), SetTimer("вечность", 1 << 70)))
        return Turn(conversation, (Send(say(f"вы: {text}")),))


@pytest.fixture
def brain(monkeypatch: pytest.MonkeyPatch) -> Heard:
    heard = Heard()
    monkeypatch.setattr(module, "take_turn", heard)
    return heard


class Playing:
    """A worker and what it passed on."""

    def __init__(self, store: SqliteStore, clock: ObedientClock, stage: Stage) -> None:
        self.store, self.clock = store, clock
        self.said: list[Delivery] = []
        self.worker = Worker(store, clock, stage)
        self.worker.on_deliveries = self.said.extend

    async def wrote(self, *lines: tuple[str, str]) -> None:
        """Customers write; the worker is not told yet."""
        await self.store.accept(
            "telegram", "telegram", [wrote(text, who) for who, text in lines], None, NOW
        )

    async def play(self, seconds: int = 0) -> None:
        async with running(self.worker):
            await settled(self.worker)
            for _ in range(seconds):
                self.clock.advance(1_000)
                await settled(self.worker)


@pytest.fixture
def playing(store: SqliteStore, clock: ObedientClock, stage: Stage) -> Playing:
    return Playing(store, clock, stage)


async def test_what_waits_is_answered_in_order(playing: Playing, brain: Heard) -> None:
    await playing.wrote(("a", "1"), ("b", "2"), ("a", "3"))
    await playing.play()
    assert texts(playing.said) == ["вы: 1", "вы: 2", "вы: 3"]


async def test_a_poison_event_is_set_aside_with_a_ticket_and_the_others_are_answered(
    playing: Playing, brain: Heard, store: SqliteStore
) -> None:
    await playing.wrote(("a", "1"), ("b", "яд"), ("b", "после яда"), ("c", "2"))
    await playing.play()
    said = texts([one for one in playing.said if one.channel == "telegram"])
    assert said[:2] == ["вы: 1", "вы: 2"], "those beside it did not wait"
    assert "вы: после яда" in said
    assert brain.tried.count("яд") == 3
    (ticket,) = await store.tickets()
    poisoned = await store.find_conversation("telegram", "b")
    assert poisoned is not None
    assert ticket.conversation == poisoned.id
    assert ticket.lines == ("яд",)
    assert (await store.counts())["aside"] == 1


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_turn_that_cannot_be_written_does_not_hold_up_the_others(
    playing: Playing, brain: Heard, store: SqliteStore, place: int
) -> None:
    lines = [("a", "1"), ("b", "2"), ("c", "3")]
    lines[place] = ("z", "не записать")
    await playing.wrote(*lines)
    await playing.play(seconds=10)
    said = texts(playing.said)
    assert {f"вы: {text}" for who, text in lines if who != "z"} <= set(said)
    assert "а это да" not in said
    assert len(await store.tickets()) == 1
    await playing.wrote(("a", "5"), ("b", "6"))
    await playing.play()
    assert texts(playing.said)[-2:] == ["вы: 5", "вы: 6"]


async def test_a_full_disk_delays_and_sets_nothing_aside(
    playing: Playing, brain: Heard, store: SqliteStore, logged: list[dict[str, Any]]
) -> None:
    take_turns = store.take_turns
    store.take_turns = failing_once(take_turns, NotSaved("full"), 20)  # type: ignore[method-assign]
    await playing.wrote(("a", "1"))
    await playing.play(seconds=19)
    assert playing.said == []
    await playing.play(seconds=2)
    assert texts(playing.said) == ["вы: 1"]
    assert await store.tickets() == []
    told = [line["event"] for line in logged if line["level"] == "error"]
    assert told == ["turns not saved", "turns are saved again"]


@pytest.mark.parametrize("unclean", [False, True])
async def test_a_batch_that_is_begun_when_the_loop_ends_is_written_all_the_same(
    store: SqliteStore,
    clock: ObedientClock,
    stage: Stage,
    brain: Heard,
    monkeypatch: pytest.MonkeyPatch,
    *,
    unclean: bool,
) -> None:
    store.unclean = unclean
    playing = Playing(store, clock, stage)
    await playing.wrote(("a", "1"))
    submit = store._writer.submit

    def ending(job: Any) -> Any:
        asyncio.get_running_loop().call_soon(task.cancel)
        return submit(job)

    monkeypatch.setattr(store._writer, "submit", ending)
    task = asyncio.create_task(playing.worker.run())
    await asyncio.wait([task])
    assert task.cancelled()
    await until(lambda: brain.tried)
    assert await events(store) == []


async def test_a_match_is_computed_outside_and_the_turn_taken_again(
    playing: Playing, brain: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    monkeypatch.setattr(playing.worker.stage.matches, "compute", computed.append)
    await playing.wrote(("a", "искать"), ("a", "потом"), ("b", "сразу"))
    await playing.play()
    assert computed == ["искать"]
    assert texts(playing.said) == ["вы: сразу", "вы: искать", "вы: потом"]


async def test_a_match_that_cannot_be_computed_costs_only_its_own_event(
    playing: Playing, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(conversation: Conversation, event: Event, moment: Moment) -> Turn:
        assert isinstance(event, MessageReceived)
        text = event.message.text.plain
        if text == "искать":
            moment.look_up(text)
        return Turn(conversation, (Send(say(f"вы: {text}")),))

    class Broken:
        def match(self, text: str) -> None:
            raise ZeroDivisionError

    monkeypatch.setattr(module, "take_turn", take)
    monkeypatch.setattr(stage, "_look_up", (matches := Matches(Broken(), in_turn=False)).look_up)  # type: ignore[arg-type]
    monkeypatch.setattr(stage, "matches", matches)
    await playing.wrote(("a", "искать"), ("b", "1"))
    await playing.play(seconds=10)
    assert (await playing.store.counts())["aside"] == 1
    assert len(await playing.store.tickets()) == 1
    await playing.wrote(("c", "2"))
    await playing.play()
    assert [one for one in texts(playing.said) if one.startswith("вы")] == ["вы: 1", "вы: 2"]


async def test_after_an_unclean_end_events_are_taken_singly(
    tmp_path: Path, clock: ObedientClock, stage: Stage, brain: Heard
) -> None:
    store = SqliteStore(tmp_path / "killed.db", synchronous="NORMAL")
    await store.open()
    await store.accept("telegram", "telegram", [wrote("1", "a"), wrote("2", "b")], None, NOW)
    await store._writer.stop()
    await store.close_reader()
    store._lock.release()
    again = SqliteStore(tmp_path / "killed.db", synchronous="NORMAL")
    await again.open()
    assert again.unclean
    batches = []
    take_turns = again.take_turns

    async def noted(*arguments: Any, **named: Any) -> Any:
        taken = await take_turns(*arguments, **named)
        batches.append((named["singly"], taken.handled))
        return taken

    again.take_turns = noted  # type: ignore[method-assign]
    playing = Playing(again, clock, stage)
    await playing.play()
    assert batches[:2] == [(True, 1), (True, 1)]
    await playing.wrote(("a", "3"), ("b", "4"))
    await playing.play()
    assert (False, 2) in batches
    await again.close()


async def test_an_event_that_kills_the_process_is_found_out_after_three_starts(
    tmp_path: Path, clock: ObedientClock, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    heard = Heard()

    def deadly(conversation: Conversation, event: Event, moment: Moment) -> Turn:
        turn = heard(conversation, event, moment)
        if heard.tried[-1] == "смерть":
            raise Killed
        return turn

    monkeypatch.setattr(module, "take_turn", deadly)
    said: list[str] = []
    for start in range(6):
        store = SqliteStore(tmp_path / "killed.db", synchronous="NORMAL")
        await store.open()
        if start == 0:
            lines = [wrote("смерть", "z"), wrote("1", "a")]
            await store.accept("telegram", "telegram", lines, None, NOW)
        worker = Worker(store, clock, stage)
        worker.on_deliveries = lambda rows: said.extend(texts(rows))
        task = asyncio.create_task(worker.run())
        await asyncio.wait([task], timeout=0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await store._writer.stop()
        await store.close_reader()
        store._lock.release()
    assert "вы: 1" in said
    assert 3 <= heard.tried.count("смерть") <= 4


async def test_timers_and_calls_are_passed_on(
    playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.model.effect import CallAction

    def brain(conversation: Conversation, event: Event, moment: Moment) -> Turn:
        return Turn(conversation, (SetTimer("т", NOW + 5), CallAction("1-1", "http", {})))

    monkeypatch.setattr(module, "take_turn", brain)
    rung: list[Any] = []
    playing.worker.on_timer = rung.append
    playing.worker.on_calls = lambda: rung.append("calls")
    await playing.wrote(("a", "1"))
    await playing.play()
    assert rung == [NOW + 5, "calls"]
