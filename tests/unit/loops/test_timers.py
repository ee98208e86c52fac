"""Timers: at their time, once, and not before the channel was read."""

import asyncio

import pytest

from bot import timers as module
from bot.clock import ObedientClock
from bot.errors import NotSaved
from bot.model.effect import SetTimer
from bot.model.event import TimerFired
from bot.storage.sqlite import SqliteStore
from bot.timers import Timers
from tests.unit.loops.playing import NOW, events, failing_once, have, running, settled


@pytest.fixture
def timers(store: SqliteStore, clock: ObedientClock) -> Timers:
    return Timers(store, clock)


async def test_a_timer_fires_at_its_time_and_once(
    store: SqliteStore, timers: Timers, clock: ObedientClock
) -> None:
    async with running(timers):
        timers.wake_channel("telegram")
        await settled(timers)
        await have(store, SetTimer("раз", NOW + 1_000, 3), SetTimer("два", NOW + 2_000))
        timers.bell.ring(NOW + 1_000)
        clock.advance(999)
        await settled(timers)
        assert await events(store) == []
        clock.advance(1)
        await settled(timers)
        assert await events(store) == [TimerFired("раз", 3)]
        clock.advance(5_000)
        await settled(timers)
        assert await events(store) == [TimerFired("два")]
        clock.advance(5_000)
        await settled(timers)
        assert await events(store) == []


async def test_timers_of_a_channel_that_was_not_read_yet_wait(
    store: SqliteStore, timers: Timers, clock: ObedientClock
) -> None:
    await have(store, SetTimer("раз", NOW + 1_000))
    clock.advance(3_600_000)
    async with running(timers):
        timers.wake_channel("vk")
        await settled(timers)
        assert await events(store) == []
        timers.wake_channel("telegram")
        await settled(timers)
        assert await events(store) == [TimerFired("раз")]


async def test_more_timers_than_fire_at_once_all_fire(
    store: SqliteStore, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)
    await have(store, *(SetTimer(f"т{number}", NOW) for number in range(10)))
    async with running(timers):
        timers.wake_channel("telegram")
        await settled(timers)
    assert len(await events(store)) == 10


async def test_a_database_that_could_not_fire_them_is_asked_again(
    store: SqliteStore, timers: Timers, clock: ObedientClock
) -> None:
    store.fire_timers = failing_once(store.fire_timers, NotSaved("full"), 2)  # type: ignore[method-assign]
    await have(store, SetTimer("раз", NOW))
    async with running(timers):
        timers.wake_channel("telegram")
        for _ in range(2):
            await settled(timers)
            assert await events(store) == []
            clock.advance(module.PAUSE)
        await settled(timers)
    assert await events(store) == [TimerFired("раз")]


async def test_a_loop_that_is_started_again_looks_at_once(
    store: SqliteStore, timers: Timers
) -> None:
    store.next_timer = failing_once(store.next_timer, ValueError("gone"))  # type: ignore[method-assign]
    timers.wake_channel("telegram")
    with pytest.raises(ValueError, match="gone"):
        await asyncio.wait_for(timers.run(), 10)
    await have(store, SetTimer("раз", NOW))
    async with running(timers):
        await settled(timers)
    assert await events(store) == [TimerFired("раз")]
