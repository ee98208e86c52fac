"""Files that people attach: fetched after their message is safe, tried again, or told why they are not there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bot import attachments as module
from bot.attachments import Attachments
from bot.channel import RetryLater
from bot.clock import ObedientClock
from bot.errors import NotSaved
from bot.model.event import AttachmentFetched, MessageReceived
from bot.model.message import Attachment, Message
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.unit.loops.playing import (
    NOW,
    PATIENCE,
    brought,
    events,
    failing_once,
    running,
    settled,
    until,
)


@pytest.fixture
def attachments(
    store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter, tmp_path: Path
) -> Attachments:
    return Attachments(store, clock, {"telegram": adapter}, Files(tmp_path / "files"))


async def sent(store: SqliteStore, *sources: str) -> None:
    files = tuple(Attachment("photo", name=f"{source}.jpg", source=source) for source in sources)
    event = MessageReceived(Message(attachments=files))
    await store.accept("telegram", "telegram", [brought(event)], None, NOW)


async def fetched(store: SqliteStore) -> list[AttachmentFetched]:
    return [event for event in await events(store) if isinstance(event, AttachmentFetched)]


def failing(adapter: FakeAdapter, *failures: Exception) -> list[str]:
    """Have the adapter's first fetches fail; what it was asked for."""
    left, asked, works = list(failures), [], adapter.fetch

    async def fetch(attachment: Attachment) -> AsyncIterator[bytes]:
        asked.append(attachment.source)
        if left:
            raise left.pop(0)
        async for chunk in works(attachment):
            yield chunk

    adapter.fetch = fetch  # type: ignore[method-assign]
    return asked


async def test_files_are_fetched_and_kept_under_their_contents_hash(
    store: SqliteStore, adapter: FakeAdapter, attachments: Attachments, tmp_path: Path
) -> None:
    names = [f"f{number}" for number in range(3 * module.AT_ONCE)]
    adapter.files = {name: name.encode() for name in names}
    async with running(attachments):
        await settled(attachments)
        await sent(store, *names)
        attachments.bell.ring()
        await settled(attachments)
    found = await fetched(store)
    assert sorted(one.source for one in found) == sorted(names)
    assert all(one.digest and not one.problem for one in found)
    contents = {path.read_bytes() for path in (tmp_path / "files").rglob("*") if path.is_file()}
    assert contents == {name.encode() for name in names}


async def test_a_messenger_that_hangs_holds_up_no_other_channels_files(
    store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter, tmp_path: Path
) -> None:
    over, asked = asyncio.Event(), []

    async def hang(attachment: Attachment) -> AsyncIterator[bytes]:
        asked.append(attachment.source)
        await over.wait()
        yield b"late"

    slow = FakeAdapter()
    slow.fetch = hang  # type: ignore[method-assign]
    adapters = {"vk": slow, "telegram": adapter}
    attachments = Attachments(store, clock, adapters, Files(tmp_path / "files"))
    names = [f"v{number}" for number in range(5 * module.AT_ONCE)]
    files = tuple(Attachment("photo", source=name) for name in names)
    event = MessageReceived(Message(attachments=files))
    await store.accept("vk", "vk", [brought(event)], None, NOW)
    adapter.files = {"t1": b"1", "t2": b"2"}
    await sent(store, "t1", "t2")
    async with running(attachments):
        found: list[AttachmentFetched] = []
        async with asyncio.timeout(PATIENCE):
            while len(found) < 2:
                found += await fetched(store)
        assert {one.source for one in found} == {"t1", "t2"}
        assert len(asked) == module.AT_ONCE
        over.set()
        await settled(attachments)
    assert len(await fetched(store)) == len(names)
    assert len(set(asked)) == len(asked) == len(names)


async def test_a_file_that_is_gone_is_not_tried_again(
    store: SqliteStore, attachments: Attachments
) -> None:
    await sent(store, "нет такого")
    async with running(attachments):
        await settled(attachments)
    assert [one.problem for one in await fetched(store)] == ["no such file: нет такого"]


async def test_a_file_is_tried_again_when_the_messenger_says_so(
    store: SqliteStore, adapter: FakeAdapter, attachments: Attachments, clock: ObedientClock
) -> None:
    adapter.files["f"] = b"1"
    asked = failing(adapter, RetryLater("429", 30))
    await sent(store, "f")
    async with running(attachments):
        await settled(attachments)
        clock.advance(29_999)
        await settled(attachments)
        assert len(asked) == 1
        clock.advance(1)
        await settled(attachments)
    assert len(asked) == 2
    assert [one.problem for one in await fetched(store)] == [""]


async def test_a_fetch_that_fails_each_time_is_given_up_in_the_end(
    store: SqliteStore, adapter: FakeAdapter, attachments: Attachments, clock: ObedientClock
) -> None:
    asked = failing(adapter, *[OSError("cut off")] * 99)
    await sent(store, "f")
    async with running(attachments):
        for _ in range(module.TRIES + 3):
            await settled(attachments)
            clock.advance(module.FIRST_PAUSE << module.TRIES)
    assert len(asked) == module.TRIES
    assert [one.problem for one in await fetched(store)] == ["it could not be fetched"]


async def test_a_messenger_that_is_down_for_half_an_hour_costs_no_file(
    store: SqliteStore, adapter: FakeAdapter, attachments: Attachments, clock: ObedientClock
) -> None:
    adapter.files["f"] = b"1"
    asked = failing(adapter, *[RetryLater("refused", everywhere=True)] * 30)
    await sent(store, "f")
    async with running(attachments):
        for _ in range(31):
            await settled(attachments)
            clock.advance(module.LONGEST_PAUSE)
        await settled(attachments)
    assert len(asked) == 31
    assert [one.problem for one in await fetched(store)] == [""]


async def test_the_next_try_is_not_forgotten_over_a_restart(
    store: SqliteStore, adapter: FakeAdapter, clock: ObedientClock, tmp_path: Path
) -> None:
    adapter.files["f"] = b"1"
    asked = failing(adapter, RetryLater("429", 30))
    await sent(store, "f")
    for _ in range(2):
        attachments = Attachments(store, clock, {"telegram": adapter}, Files(tmp_path / "files"))
        async with running(attachments):
            await settled(attachments)
            clock.advance(15_000)
            await settled(attachments)
    assert len(asked) == 2
    assert [one.problem for one in await fetched(store)] == [""]


async def test_a_file_that_is_too_big_says_so_and_leaves_nothing_behind(
    store: SqliteStore, adapter: FakeAdapter, attachments: Attachments, tmp_path: Path
) -> None:
    adapter.abilities = msgspec.structs.replace(adapter.abilities, download_size=10)
    adapter.files["f"] = b"1" * 11
    await sent(store, "f")
    async with running(attachments):
        await settled(attachments)
    found = await fetched(store)
    assert found[0].problem
    assert not found[0].digest
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_a_file_of_a_channel_that_is_gone_is_told(
    store: SqliteStore, clock: ObedientClock, tmp_path: Path
) -> None:
    attachments = Attachments(store, clock, {}, Files(tmp_path / "files"))
    await sent(store, "f")
    async with running(attachments):
        await settled(attachments)
    assert [one.problem for one in await fetched(store)] == ["its channel is no longer configured"]


async def test_an_end_that_could_not_be_written_is_not_forgotten(
    store: SqliteStore, adapter: FakeAdapter, attachments: Attachments, clock: ObedientClock
) -> None:
    adapter.files["f"] = b"1"
    store.settle_attachment = failing_once(store.settle_attachment, NotSaved("full"))  # type: ignore[method-assign]
    await sent(store, "f")
    async with running(attachments):
        await until(lambda: clock.next_wake() is not None)
        clock.advance(module.FIRST_PAUSE)
        await settled(attachments)
    assert [one.problem for one in await fetched(store)] == [""]


async def test_a_database_that_cannot_be_read_cancels_nothing(
    store: SqliteStore, adapter: FakeAdapter, attachments: Attachments, clock: ObedientClock
) -> None:
    adapter.files["f"] = b"1"
    store.attachments_to_fetch = failing_once(store.attachments_to_fetch, NotSaved("gone"))  # type: ignore[method-assign]
    await sent(store, "f")
    async with running(attachments):
        for _ in range(100):
            await asyncio.sleep(0)
        clock.advance(module.FIRST_PAUSE)
        await settled(attachments)
    assert [one.problem for one in await fetched(store)] == [""]
