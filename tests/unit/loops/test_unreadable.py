"""One row that nobody can read any more holds up nobody else."""

import random
import sqlite3
from contextlib import closing

from bot.channel import Delivery
from bot.clock import ObedientClock
from bot.model.event import DeliveryFailed
from bot.outbox import ChannelOutbox
from bot.stage import Stage
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from bot.worker import Worker
from tests.unit.loops.playing import NOW, events, running, said, settled, wrote


async def test_a_message_that_cannot_be_read_is_told_and_the_others_are_said(
    store: SqliteStore, adapter: FakeAdapter, clock: ObedientClock
) -> None:
    (broken,) = await said(store, "раз", address="anna")
    await said(store, "два", address="anna")
    await said(store, "три", address="boris")
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE messages SET body = ? WHERE id = ?", (b"\xff{", broken.id))
    outbox = ChannelOutbox("telegram", adapter, store, clock, rng=random.Random(1))
    async with running(outbox):
        await settled(outbox)
    assert sorted(adapter.texts()) == ["два", "три"]
    (failed,) = await events(store)
    assert isinstance(failed, DeliveryFailed)
    assert failed.message == broken.id
    assert await store.due_deliveries("telegram", after=0, limit=10) == []


async def test_a_customer_who_cannot_be_read_holds_up_nobody_else(
    store: SqliteStore, clock: ObedientClock, stage: Stage
) -> None:
    said_by_us: list[Delivery] = []
    for who in ("anna", "boris"):
        await store.accept("telegram", "telegram", [wrote("/start", who)], None, NOW)
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE customers SET body = ? WHERE id = 1", (b"\xff{",))
    await store.close()
    await store.open()
    worker = Worker(store, clock, stage)
    worker.on_deliveries = said_by_us.extend
    async with running(worker):
        for _ in range(8):
            await settled(worker)
            clock.advance(1_000)
    assert {one.address for one in said_by_us if one.channel == "telegram"} == {"boris"}
    await store.accept("telegram", "telegram", [wrote("/start", "clara")], None, NOW)
    async with running(worker):
        await settled(worker)
    assert "clara" in {one.address for one in said_by_us}
