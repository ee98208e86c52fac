"""A new bot starts gently: what decorates the room comes at half the pace for a while, words as ever."""

from pathlib import Path

from bot.channel import Delivery
from bot.model.message import say
from tests.unit.telegram_desk.playing import ANNA, Played
from tests.unit.telegram_desk.test_pairing import reading

MINUTE = 60_000
LINE, CARD = 1, 3


def is_gentle(room: Played) -> bool:
    """Whether a card that changes counts twice."""
    edit = Delivery(1, "operators", str(ANNA), say("ы"), "edit", ANNA, priority=CARD)
    price = room.adapter.price(edit)
    assert price in (1, 2)
    return price == 2


async def test_for_ten_minutes_after_the_connection_cards_count_twice_and_words_once(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path, group=None, gentle_start=None) as room:
        code = await reading(room)
        room.clock.advance(5 * MINUTE)
        await room.ivan.writes(f"/connect {code}", in_=room.group)
        await room.server.until(lambda: room.memory.events)
        assert (await room.shows_card(priority=CARD)).calls == 6
        assert (await room.delivers("Алло?", priority=LINE)).calls == 1
        assert (await room.delivers("Кто здесь?", to=18, priority=LINE)).calls == 3
        room.clock.advance(10 * MINUTE - 1)
        assert is_gentle(room)
        room.clock.advance(1)
        assert not is_gentle(room)
        assert (await room.shows_card("◐", to=19, priority=CARD)).calls == 3


async def test_when_the_group_was_connected_is_known_after_a_restart(tmp_path: Path) -> None:
    async with Played(tmp_path, gentle_start=None) as room:
        room.clock.advance(5 * MINUTE)
        await room.ends()
        await room.begins()
        room.clock.advance(5 * MINUTE - 1)
        assert is_gentle(room)
        room.clock.advance(1)
        assert not is_gentle(room)


async def test_a_group_that_moved_is_no_new_one(tmp_path: Path) -> None:
    async with Played(tmp_path, kind="group", gentle_start=None) as room:
        room.clock.advance(9 * MINUTE)
        room.group.migrates()
        await room.delivers("После", to="general")
        await room.ends()
        await room.begins()
        room.clock.advance(MINUTE)
        assert not is_gentle(room)


async def test_every_start_is_gentle_for_a_minute_since_the_calls_before_it_are_forgotten(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path, gentle_start=None) as room:
        room.clock.advance(60 * MINUTE)
        assert not is_gentle(room)
        await room.ends()
        await room.begins()
        assert is_gentle(room)
        room.clock.advance(MINUTE)
        assert not is_gentle(room)


async def test_who_wants_no_gentle_start_has_none(tmp_path: Path) -> None:
    async with Played(tmp_path, gentle_start=0) as room:
        assert not is_gentle(room)


async def test_names_go_along_with_cards_only_where_half_as_many_calls_were_made(
    tmp_path: Path,
) -> None:
    for gentle, renamed in ((None, 0), (0, 1)):
        async with Played(tmp_path / str(gentle), gentle_start=gentle) as room:
            (card,) = (await room.shows_card()).external_ids
            room.clock.advance(59_000)
            await room.delivers("Раз")
            await room.delivers("Два")
            await room.shows_card("◐", kind="edit", external_id=card)
            assert len(room.server.calls_of("editForumTopic")) == renamed
