"""Outside calls: at least once, with the same key, no longer than they may take, and their end comes back."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot import calls as module
from bot.calls import CallFailed, Calls
from bot.clock import ObedientClock
from bot.errors import NotSaved
from bot.model.effect import CallAction
from bot.model.event import ActionFinished
from bot.storage.sqlite import SqliteStore
from bot.storage.store import WaitingCall
from tests.unit.loops.playing import events, failing_once, have, running, settled, until


class Outside:
    """A system outside: `failures` are raised first; `asked` is every call that reached it."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.asked: list[WaitingCall] = []

    async def carry(self, call: WaitingCall) -> Any:
        self.asked.append(call)
        if self.failures:
            raise self.failures.pop(0)
        return {"asked": call.request}


Make = Callable[[Callable[[WaitingCall], Awaitable[Any]]], Calls]


@pytest.fixture
def make(store: SqliteStore, clock: ObedientClock) -> Make:
    return lambda carry: Calls(store, clock, {"http": carry}, rng=random.Random(1))


def call(id: str = "7-1", kind: str = "http", **given: Any) -> CallAction:
    return CallAction(id, kind, {"url": "https://a.ru"}, **given)


async def test_a_call_is_made_once_and_its_result_comes_back(
    store: SqliteStore, make: Make
) -> None:
    outside = Outside()
    calls = make(outside.carry)
    async with running(calls):
        await settled(calls)
        await have(store, call())
        calls.ring()
        await settled(calls)
        calls.ring()
        await settled(calls)
    assert [one.id for one in outside.asked] == ["7-1"]
    assert await events(store) == [ActionFinished("7-1", True, {"asked": {"url": "https://a.ru"}})]


async def test_a_call_that_may_succeed_later_is_made_again_as_often_as_was_asked(
    store: SqliteStore, make: Make, clock: ObedientClock
) -> None:
    outside = Outside(*[CallFailed("502", again=True, result={"status": 502}) for _ in range(9)])
    calls = make(outside.carry)
    await have(store, call(retries=2))
    async with running(calls):
        await settled(calls)
        for tries in (1, 2):
            assert len(outside.asked) == tries
            clock.advance(module.FIRST_PAUSE << tries)
            await settled(calls)
    assert [one.attempts for one in outside.asked] == [0, 1, 2]
    assert {one.id for one in outside.asked} == {"7-1"}
    assert await events(store) == [ActionFinished("7-1", False, {"status": 502}, "502")]


async def test_a_refusal_is_not_tried_again(store: SqliteStore, make: Make) -> None:
    outside = Outside(CallFailed("404", result={"status": 404}))
    calls = make(outside.carry)
    await have(store, call(retries=5))
    async with running(calls):
        await settled(calls)
    assert len(outside.asked) == 1
    assert await events(store) == [ActionFinished("7-1", False, {"status": 404}, "404")]


async def test_the_next_try_is_not_forgotten_over_a_restart(
    store: SqliteStore, make: Make, clock: ObedientClock
) -> None:
    outside = Outside(CallFailed("502", again=True))
    await have(store, call(retries=2))
    async with running(calls := make(outside.carry)):
        await settled(calls)
    assert len(outside.asked) == 1
    async with running(calls := make(outside.carry)):
        await settled(calls)
        clock.advance(module.FIRST_PAUSE)
        await settled(calls)
    assert len(outside.asked) == 2
    assert [type(event) for event in await events(store)] == [ActionFinished]


async def test_no_answer_in_time_is_a_failure_and_holds_up_nobody(
    store: SqliteStore, make: Make
) -> None:
    async def carry(call: WaitingCall) -> Any:
        if call.id == "7-1":
            await asyncio.Event().wait()
        return "ok"

    calls = make(carry)
    await have(store, call("7-1", timeout=20), call("7-2"))
    async with running(calls):
        await settled(calls)
    finished = {
        event.call: event for event in await events(store) if isinstance(event, ActionFinished)
    }
    assert finished["7-2"].ok
    assert not finished["7-1"].ok
    assert finished["7-1"].problem == "no answer within 0.02 s"


async def test_more_calls_than_are_made_at_once_are_all_made(
    store: SqliteStore, make: Make
) -> None:
    outside = Outside()
    calls = make(outside.carry)
    await have(store, *(call(f"7-{number}") for number in range(3 * module.AT_ONCE)))
    async with running(calls):
        await settled(calls)
    assert len({one.id for one in outside.asked}) == 3 * module.AT_ONCE


async def test_a_system_that_hangs_leaves_room_for_the_others(
    store: SqliteStore, make: Make
) -> None:
    over, asked = asyncio.Event(), []

    async def carry(call: WaitingCall) -> Any:
        asked.append(call.id)
        if "hangs" in str(call.request["url"]):
            await over.wait()
        return "ok"

    calls = make(carry)
    hung = [f"1-{number}" for number in range(module.AT_ONCE + 9)]
    await have(store, *(CallAction(id, "http", {"url": "https://hangs.ru/a"}) for id in hung))
    await have(store, CallAction("2-1", "http", {"url": "https://works.ru/a"}))
    async with running(calls):
        await until(lambda: "2-1" in asked)
        assert len(asked) == module.OF_ONE + 1
        over.set()
        await settled(calls)
    assert len(asked) == len(hung) + 1


async def test_a_stop_between_the_call_and_its_end_repeats_it_under_the_same_key(
    store: SqliteStore, make: Make
) -> None:
    asked: list[str] = []

    async def carry(call: WaitingCall) -> Any:
        asked.append(call.id)
        if len(asked) == 1:
            await asyncio.Event().wait()
        return "ok"

    await have(store, call())
    async with running(make(carry)):
        await until(lambda: asked)
    async with running(calls := make(carry)):
        await settled(calls)
    assert asked == ["7-1", "7-1"]
    assert await events(store) == [ActionFinished("7-1", True, "ok")]


async def test_an_end_that_could_not_be_written_is_written_later_and_the_call_not_repeated(
    store: SqliteStore, make: Make, clock: ObedientClock
) -> None:
    outside = Outside()
    calls = make(outside.carry)
    settle = store.settle_call
    store.settle_call = failing_once(settle, NotSaved("full"))  # type: ignore[method-assign]
    await have(store, call())
    async with running(calls):
        await until(lambda: clock.next_wake() is not None)
        clock.advance(module.FIRST_PAUSE)
        await settled(calls)
    assert len(outside.asked) == 1
    assert await events(store) == [ActionFinished("7-1", True, {"asked": {"url": "https://a.ru"}})]


async def test_a_kind_that_nobody_carries_out_is_a_failure_and_says_so(
    store: SqliteStore, make: Make
) -> None:
    calls = make(Outside().carry)
    await have(store, call(kind="fax"))
    async with running(calls):
        await settled(calls)
    finished = (await events(store))[0]
    assert isinstance(finished, ActionFinished)
    assert not finished.ok
    assert "'fax'" in finished.problem


async def test_code_that_raises_anything_is_a_failure_and_its_words_stay_out(
    store: SqliteStore, make: Make
) -> None:
    calls = make(Outside(ValueError("+7 912 345-67-89")).carry)
    await have(store, call(retries=3))
    async with running(calls):
        await settled(calls)
    finished = (await events(store))[0]
    assert isinstance(finished, ActionFinished)
    assert finished.problem == "ValueError in the called code"


@pytest.mark.parametrize("end", [SystemExit(1), asyncio.CancelledError()])
async def test_code_that_wants_to_end_the_program_or_its_task_only_fails(
    store: SqliteStore, make: Make, end: BaseException
) -> None:
    outside = Outside(end)
    calls = make(outside.carry)
    await have(store, call(retries=3))
    async with running(calls):
        await settled(calls)
    finished = (await events(store))[0]
    assert isinstance(finished, ActionFinished)
    assert finished.problem == f"{type(end).__name__} in the called code"
    assert len(outside.asked) == 1


@pytest.mark.parametrize("result", [object(), {"a": {1, 2}}, float("nan"), 1 << 80, "\ud800"])
async def test_a_result_that_cannot_be_kept_ends_the_call_all_the_same(
    store: SqliteStore, make: Make, clock: ObedientClock, result: Any
) -> None:
    async def carry(call: WaitingCall) -> Any:
        return result

    calls = make(carry)
    await have(store, call())
    async with running(calls):
        for _ in range(5):
            for _ in range(100):
                await asyncio.sleep(0)
            clock.advance(module.LONGEST_PAUSE)
        await settled(calls)
    finished = await events(store)
    assert [type(event) for event in finished] == [ActionFinished]


async def test_a_database_that_cannot_be_read_does_not_cancel_what_is_under_way(
    store: SqliteStore, make: Make, clock: ObedientClock, tmp_path: Path
) -> None:
    release = asyncio.Event()
    asked: list[str] = []

    async def carry(call: WaitingCall) -> Any:
        asked.append(call.id)
        await release.wait()
        return "ok"

    calls = make(carry)
    await have(store, call("7-1"))
    async with running(calls):
        await until(lambda: asked)
        store.due_calls = failing_once(store.due_calls, NotSaved("gone"))  # type: ignore[method-assign]
        calls.ring()
        for _ in range(100):
            await asyncio.sleep(0)
        clock.advance(module.FIRST_PAUSE)
        release.set()
        await settled(calls)
    assert asked == ["7-1"]
    assert [type(event) for event in await events(store)] == [ActionFinished]
