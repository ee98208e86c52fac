"""Reading: nothing is confirmed before it is saved, one bad update costs only itself, every trouble passes."""

from pathlib import Path
from typing import Any

import pytest

from adapters.telegram_desk.reading import complete
from bot.model.event import OperatorReplied
from tests.fakes.telegram.faults import FaultKind
from tests.unit.telegram_desk.playing import ANNA, Played


async def test_updates_are_confirmed_only_when_they_are_saved(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.door.refuse = 2
        await room.reads()
        await room.ivan.writes("Здравствуйте", in_=room.anna)
        while room.door.refuse:
            left = room.door.refuse
            await room.door.until(lambda: room.door.refuse < left)  # noqa: B023
            assert room.bot.unconfirmed
            room.clock.advance_to(await room.clock.asleep())
        await room.door.brings("Здравствуйте")
        await room.server.until(lambda: not room.bot.unconfirmed)


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_kill_around_the_save_loses_nothing_and_doubles_nothing(
    tmp_path: Path, moment: str
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.door.hang = moment
        await room.reads()
        await room.ivan.writes("Здравствуйте", in_=room.anna)
        await room.door.hung.wait()
        await room.ends()
        room.door.hang = ""
        await room.begins()
        await room.reads()
        await room.door.brings("Здравствуйте")
        await room.server.until(lambda: not room.bot.unconfirmed)
        assert room.memory.texts() == ["Здравствуйте"]


async def test_a_kill_in_the_middle_of_an_album_keeps_it_whole(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        room.ivan.sends_part("13", 0, "до", room.anna)
        room.ivan.sends_part("13", 1, "", room.anna)
        await room.clock.asleep()
        await room.ends()
        assert room.memory.events == []
        await room.begins()
        room.ivan.sends_part("13", 2, "", room.anna)
        await room.reads()
        await room.clock.asleep()
        room.clock.advance(1_000)
        heard = await room.hears(OperatorReplied)
        assert len(heard.event.message.attachments) == 3  # type: ignore[union-attr]
        assert len(room.memory.events) == 1


async def test_an_album_that_still_grows_is_waited_for(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.writes("раньше", in_=room.anna)
        await room.door.brings("раньше")
        for number in range(3):
            room.ivan.sends_part("13", number, "", room.anna)
            await room.clock.asleep()
            room.clock.advance(1_000)
        await room.ivan.writes("позже", in_=room.anna)
        await room.door.brings("позже")
        events = [one.event for one in room.memory.events]
        assert [len(one.message.attachments) for one in events] == [0, 3, 0]  # type: ignore[union-attr]


async def test_an_update_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.bot.gets({"message": {"message_id": "семь", "chat": 5}})
        room.bot.gets({"message": [1, 2]})
        room.bot.gets({"a_new_kind": {}})
        await room.ivan.writes("Здравствуйте", in_=room.anna)
        await room.reads()
        await room.door.brings("Здравствуйте")
        await room.server.until(lambda: not room.bot.unconfirmed)


async def test_a_repeated_update_is_one_event(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        room.bot.repeats_updates()
        await room.ivan.writes("раз", in_=room.anna)
        await room.door.brings("раз")
        await room.ivan.writes("два", in_=room.anna)
        await room.door.brings("два")
        assert room.memory.texts() == ["раз", "два"]


async def test_ids_that_begin_anew_lower_are_new_all_the_same(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.writes("раз", in_=room.anna)
        await room.door.brings("раз")
        room.bot.numbers_updates_from(3)
        await room.ivan.writes("два", in_=room.anna)
        await room.door.brings("два")


async def test_lines_that_arrive_shuffled_keep_their_order(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.bot.shuffles_updates()
        words = [f"{number}" for number in range(20)]
        for word in words:
            await room.ivan.writes(word, in_=room.anna)
        await room.reads()
        await room.door.brings("19")
        assert room.memory.texts() == words


@pytest.mark.parametrize("kind", ["429", "500", "502", "cut", "truncated", "dropped", "html"])
async def test_a_read_that_goes_wrong_is_tried_again(tmp_path: Path, kind: FaultKind) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        fault = room.server.fails("getUpdates", kind, times=3)
        await room.ivan.writes("Здравствуйте", in_=room.anna)
        await room.reads(asked=False)
        for _ in range(3):
            room.clock.advance_to(await room.clock.asleep())
        await room.door.brings("Здравствуйте")
        assert fault.happened == 3


async def test_a_telegram_that_is_silent_is_asked_again(tmp_path: Path) -> None:
    async with Played(tmp_path, poll_seconds=1, patience_seconds=0.2) as room:
        await room.shows_card()
        fault = room.server.fails("getUpdates", "hang")
        await room.ivan.writes("Здравствуйте", in_=room.anna)
        await room.reads(asked=False)
        await room.server.until(lambda: fault.happened)
        room.clock.advance_to(await room.clock.asleep())
        await room.door.brings("Здравствуйте")


async def test_a_second_reader_is_waited_out(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        words = "terminated by other getUpdates request"
        room.server.fails("getUpdates", "400", words=words)
        await room.reads(asked=False)
        room.clock.advance_to(await room.clock.asleep())
        await room.ivan.writes("Здравствуйте", in_=room.anna)
        await room.door.brings("Здравствуйте")


async def test_a_token_that_is_revoked_and_comes_back(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads(asked=False)
        room.bot.is_revoked()
        at = await room.clock.asleep()
        await room.ivan.writes("Здравствуйте", in_=room.anna)
        room.bot.is_back()
        room.clock.advance_to(at)
        await room.door.brings("Здравствуйте")


async def test_a_webhook_is_taken_away(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.bot.account.webhook = {"url": "https://example.org/hook"}
        await room.ivan.writes("Здравствуйте", in_=room.anna)
        await room.reads(asked=False)
        room.clock.advance_to(await room.clock.asleep())
        await room.door.brings("Здравствуйте")
        assert len(room.server.calls_of("deleteWebhook")) == 1


async def test_a_customer_who_was_erased_costs_only_their_own_lines(tmp_path: Path) -> None:
    from bot.errors import UnknownConversation
    from tests.contract.adapter.door import WatchedDoor

    class Forgetful(WatchedDoor):
        async def accept(self, incoming: Any, cursor: str | None = None) -> None:
            if any(one.conversation == ANNA for one in incoming):
                raise UnknownConversation
            await super().accept(incoming, cursor)

    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.delivers("Борис", to=18, subject="● Борис · №6")
        room.door = Forgetful(room.memory)
        await room.adapter.open(room.door)
        await room.ivan.writes("Анне", in_=room.anna)
        await room.ivan.writes("Борису", in_=room.group.topic("Борис"))
        await room.reads(asked=False)
        await room.door.brings("Борису")
        await room.server.until(lambda: not room.bot.unconfirmed)
        assert room.memory.texts() == ["Борису"]


def part(number: int, album: str = "") -> dict[str, Any]:
    message = {"media_group_id": album} if album else {"text": "ы"}
    return {"update_id": number, "message": message}


def test_what_stands_before_an_album_goes_ahead_and_what_is_behind_waits() -> None:
    batch = [part(1), part(2, "a"), part(3, "a"), part(4)]
    assert complete(batch, {}) == (1, {"a": 2})
    assert complete(batch[1:], {"a": 2}) == (3, {})
    assert complete([*batch[1:], part(5, "a")], {"a": 2}) == (0, {"a": 3})


def test_ten_parts_are_a_whole_album() -> None:
    assert complete([part(number, "a") for number in range(10)], {}) == (10, {})


def test_two_albums_at_once_are_waited_for_together() -> None:
    batch = [part(1, "a"), part(2, "b")]
    assert complete(batch, {}) == (0, {"a": 1, "b": 1})
    assert complete(batch, {"a": 1, "b": 1}) == (2, {})
    assert complete(batch, {"a": 1}) == (1, {"b": 1})
