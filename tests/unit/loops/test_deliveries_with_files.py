"""A message that carries a file waits for it, but not for ever."""

import random

import msgspec
import pytest

from bot.clock import ObedientClock
from bot.model.effect import Send
from bot.model.event import Incoming, MessageReceived
from bot.model.message import Attachment, Message
from bot.model.text import Text
from bot.outbox import ChannelOutbox
from bot.outbox import completion as module
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.unit.loops.playing import NOW, doing, never, running, settled

PHOTO = Attachment("photo", source="f-1")
MESSAGE = Message(text=Text("вот"), attachments=(PHOTO,))


@pytest.fixture
def outbox(store: SqliteStore, adapter: FakeAdapter, clock: ObedientClock) -> ChannelOutbox:
    return ChannelOutbox("telegram", adapter, store, clock, rng=random.Random(1))


async def relay(store: SqliteStore, outbox: ChannelOutbox) -> None:
    """A customer's photo that goes on to somebody before it was fetched."""
    incoming = Incoming("p-1", MessageReceived(MESSAGE), "anna", message_id="p-1")
    await store.accept("telegram", "telegram", [incoming], None, NOW)
    taken = await store.take_turns(doing(Send(MESSAGE)), never, limit=10, now=NOW)
    outbox.offer(taken.deliveries)


async def test_it_goes_when_the_file_is_here(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    async with running(outbox):
        await settled(outbox)
        await relay(store, outbox)
        await settled(outbox)
        assert adapter.deliveries == []
        waiting = (await store.attachments_to_fetch(now=NOW, limit=1))[0]
        fetched = msgspec.structs.replace(PHOTO, digest="a" * 64, size=5, mime="image/png")
        await store.settle_attachment(waiting.id, fetched, again_at=None, now=NOW)
        clock.advance(round(module.FILE_PAUSE * 1000))
        await settled(outbox)
    assert [one.message.attachments for one in adapter.deliveries] == [(fetched,)]


async def test_it_goes_without_the_file_when_that_never_comes(
    store: SqliteStore,
    adapter: FakeAdapter,
    outbox: ChannelOutbox,
    clock: ObedientClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "FILE_TRIES", 2)
    async with running(outbox):
        await settled(outbox)
        await relay(store, outbox)
        for _ in range(3):
            await settled(outbox)
            clock.advance(round(module.FILE_PAUSE * 1000))
        await settled(outbox)
    (delivered,) = adapter.deliveries
    assert delivered.message.attachments[0].problem == module.FILE_LATE
    assert delivered.message.text.plain == "вот"
