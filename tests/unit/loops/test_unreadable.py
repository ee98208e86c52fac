"""One row that nobody can read any more holds up nobody else."""

import random
import sqlite3
from contextlib import closing

from bot.clock import ObedientClock
from bot.model.event import DeliveryFailed
from bot.outbox import ChannelOutbox
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.unit.loops.playing import events, running, said, settled


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
