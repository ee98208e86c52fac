"""Deliveries that go wrong: named, waited out, and never said more than once too often."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.telegram_desk.adapter import TelegramDeskAdapter
from bot.channel import Delivery, RetryLater, Undeliverable
from bot.errors import NotSaved
from bot.model.message import say
from tests.contract.adapter.door import WatchedDoor
from tests.fakes.telegram.faults import FaultKind
from tests.unit.telegram_desk.playing import TOKEN, Played

Lines = list[dict[str, Any]]


async def test_too_many_messages_make_the_whole_group_wait_as_long_as_it_is_told(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.server.fails("sendMessage", "429", retry_after=23)
        with pytest.raises(RetryLater) as late:
            await room.delivers("Вы тут?")
        assert (late.value.after, late.value.everywhere) == (23.0, True)


@pytest.mark.parametrize("kind", ["500", "502", "cut"])
async def test_what_was_not_taken_is_said_again_until_it_stands_there_once(
    tmp_path: Path, kind: FaultKind
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.server.fails("sendMessage", kind, times=2 if kind != "cut" else 1)
        for _ in range(2 if kind != "cut" else 1):
            with pytest.raises(RetryLater):
                await room.delivers("Вы тут?", id=60)
        await room.delivers("Вы тут?", id=60)
        assert [one.text for one in room.anna.sees()[1:]] == ["Вы тут?"]


async def test_a_server_that_is_down_pauses_the_channel(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.server.goes_down()
        with pytest.raises(RetryLater) as late:
            await room.delivers("Вы тут?")
        assert late.value.everywhere
        await room.server.comes_up()
        await room.delivers("Вы тут?")


@pytest.mark.parametrize("kind", ["truncated", "dropped", "reset", "html"])
async def test_an_answer_that_was_lost_makes_one_more_copy_at_most_and_is_noted(
    tmp_path: Path, kind: FaultKind, logged: Lines
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.server.fails("sendMessage", kind, times=5)
        with pytest.raises(RetryLater):
            await room.delivers("Вы тут?", id=61)
        receipt = await room.delivers("Вы тут?", id=61, attempts=1)
        assert [one.text for one in room.anna.sees()[1:]] == ["Вы тут?"] * 2
        assert receipt.external_ids == ()
        assert [one["level"] for one in logged if one.get("delivery") == 61] == [
            "warning",
            "error",
        ]


async def test_while_telegram_is_silent_no_try_is_wasted(tmp_path: Path) -> None:
    async with Played(tmp_path, patience_seconds=0.2) as room:
        await room.shows_card()
        room.server.fails("", "hang", times=100)
        for attempt in range(3):
            with pytest.raises(RetryLater):
                await room.delivers("Вы тут?", id=62, attempts=attempt)
        room.server.mends()
        await room.delivers("Вы тут?", id=62, attempts=3)
        assert [one.text for one in room.anna.sees()[1:]] == ["Вы тут?"]


async def test_what_telegram_will_never_take_is_given_up_with_its_words(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.server.fails("sendMessage", "400", words="BUTTON_DATA_INVALID")
        with pytest.raises(Undeliverable, match=r"(?i)button_data_invalid"):
            await room.delivers("Вы тут?")


async def test_a_topic_that_could_not_be_made_just_now_is_made_later(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        room.server.fails("createForumTopic", "429", retry_after=4)
        with pytest.raises(RetryLater):
            await room.shows_card(id=63)
        await room.shows_card(id=63)
        assert len(room.group.topics) == 1


async def test_a_pin_that_fails_costs_nothing(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        room.server.fails(
            "pinChatMessage", "400", words="not enough rights to manage pinned messages in the chat"
        )
        receipt = await room.shows_card()
        assert len(receipt.external_ids) == 1


async def test_the_owner_reads_once_that_the_group_is_lost(tmp_path: Path, logged: Lines) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.group.kicks(room.bot)
        for _ in range(3):
            with pytest.raises(RetryLater):
                await room.delivers("Вы тут?", id=64)
        assert [one["level"] for one in logged if "cannot be reached" in one["event"]] == ["error"]
        room.group.takes_in_bot(room.bot, admin=True)
        await room.delivers("Вы тут?", id=64)
        assert any("reached again" in one["event"] for one in logged)


@pytest.mark.parametrize("kind", ["429", "500", "502", "cut", "truncated", "html"])
async def test_no_exception_and_no_log_line_holds_the_token_or_the_words(
    tmp_path: Path, kind: FaultKind, logged: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    secret = TOKEN.partition(":")[2]
    with caplog.at_level(0):
        async with Played(tmp_path) as room:
            await room.shows_card()
            room.server.fails("", kind, times=8)
            with pytest.raises(RetryLater) as late:
                await room.delivers("номер карты 4242")
            await room.reads(asked=False)
            await room.clock.asleep()
    # The fake's own log of requests is none of ours.
    lines = [one.getMessage() for one in caplog.records if not one.name.startswith("aiohttp")]
    told = f"{logged} {lines}"
    assert secret not in f"{told} {late.value!r} {late.value.__cause__!r}"
    assert "4242" not in told


async def test_nobody_there_pauses_the_channel_without_the_token_in_words(tmp_path: Path) -> None:
    settings = {"token": TOKEN, "api_url": "http://127.0.0.1:9", "group": "-1001"}
    adapter = TelegramDeskAdapter("operators", settings)
    async with Played(tmp_path) as room:
        await adapter.open(room.door)
        with pytest.raises(RetryLater) as late:
            await adapter.deliver(Delivery(1, "operators", "17", say("ы"), conversation=17))
        assert late.value.everywhere
        assert "secret" not in str(late.value)
        await adapter.close()


class ForgetfulDoor(WatchedDoor):
    """Cannot keep anything for a while."""

    failures = 3

    async def keep(self, values: Mapping[str, str | None]) -> None:
        if self.failures:
            self.failures -= 1
            raise NotSaved
        await super().keep(values)


async def test_a_database_that_cannot_save_makes_no_second_copy(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.ends()
        room.door = ForgetfulDoor(room.memory)
        await room.begins()
        delivery = asyncio.create_task(room.delivers("Вы тут?"))
        for _ in range(3):
            room.clock.advance_to(await room.clock.asleep())
        await delivery
        assert [one.text for one in room.anna.sees()[1:]] == ["Вы тут?"]
