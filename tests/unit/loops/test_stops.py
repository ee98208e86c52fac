"""What is being said when a loop ends: it is said to the end, so that nobody reads it twice."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from bot.channel import Delivery, Receipt, RetryLater
from bot.clock import ObedientClock
from bot.outbox import ChannelOutbox
from bot.outbox import channel as module
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.unit.loops.playing import said, texts, until


class Slow(FakeAdapter):
    """A messenger that has heard a message before its answer is back."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = asyncio.Event()

    async def deliver(self, delivery: Delivery) -> Receipt:
        receipt = await super().deliver(delivery)
        await self.answers.wait()
        return receipt


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def outbox(store: SqliteStore, slow: Slow, clock: ObedientClock) -> ChannelOutbox:
    return ChannelOutbox("telegram", slow, store, clock, rng=random.Random(1))


@pytest.fixture
async def loop(
    store: SqliteStore, slow: Slow, outbox: ChannelOutbox
) -> AsyncIterator[asyncio.Task[None]]:
    """One that has said the first of two messages to each of two people, and has no answer yet."""
    await said(store, "раз", "два", address="anna")
    await said(store, "раз", "два", address="boris")
    task = asyncio.create_task(outbox.run())
    await until(lambda: len(slow.deliveries) == 2)
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def left(store: SqliteStore) -> list[str]:
    return texts(await store.due_deliveries("telegram", after=0, limit=100))


async def breathe() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_what_is_being_said_at_a_stop_is_said_to_the_end_and_nothing_more(
    store: SqliteStore, slow: Slow, loop: asyncio.Task[None]
) -> None:
    loop.cancel()
    await breathe()
    assert not loop.done()
    slow.answers.set()
    await asyncio.gather(loop, return_exceptions=True)
    assert loop.cancelled()
    assert slow.texts() == ["раз", "раз"]
    assert await left(store) == ["два", "два"]


async def test_a_stop_waits_for_a_deaf_messenger_only_so_long(
    store: SqliteStore, loop: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LAST_WORDS", 0.01)
    loop.cancel()
    await asyncio.wait_for(asyncio.gather(loop, return_exceptions=True), 10)
    assert await left(store) == ["раз", "два", "раз", "два"]


async def test_a_loop_that_raises_says_to_the_end_what_it_had_begun(
    store: SqliteStore,
    slow: Slow,
    outbox: ChannelOutbox,
    loop: asyncio.Task[None],
    clock: ObedientClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(outbox.reach, "look", broken)
    slow.failures.append(RetryLater("429", 5))
    outbox.offer(await said(store, "три", address="clara"))
    await until(lambda: outbox.ended["later"])
    clock.advance(5_000)
    await breathe()
    assert not loop.done()
    slow.answers.set()
    with pytest.raises(ZeroDivisionError):
        await loop
    assert slow.texts() == ["раз", "раз"]
    assert await left(store) == ["два", "два", "три"]
