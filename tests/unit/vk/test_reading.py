"""Reading VK while it misbehaves: nothing is lost, nothing is taken twice, and nothing spins."""

import asyncio
import json
from typing import Any

import pytest
import structlog

from adapters.vk.api import Api
from adapters.vk.intake import Intake
from adapters.vk.longpoll import LONGEST_PAUSE, LongPoll, read_cursor
from adapters.vk.settings import read_settings
from bot.model.message import say
from tests.fakes.vk import FakeVk, Person
from tests.unit.vk.conftest import Doorway, Start, Stop, delivery


async def test_the_cursor_is_kept_with_the_events_that_came_before_it(
    start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.writes("раз")
    await door.until(1)
    assert [read_cursor(one).ts for one in door.cursors[:2]] == ["0", "1"]  # type: ignore[union-attr]


async def test_what_could_not_be_saved_is_read_again(
    start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    door.closed = 2
    await anna.writes("раз")
    await door.until(1)
    assert door.texts() == ["раз"]
    assert door.closed == 0


async def test_history_outdated_goes_on_from_there_and_reads_the_gap(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.writes("раз")
    await door.until(1)
    vk.world.polls.append({"failed": 1, "ts": 3})
    anna.says("в разрыве")
    anna.says("и ещё")
    await door.until(3)
    await anna.writes("после")
    await door.until(4)
    assert door.texts() == ["раз", "в разрыве", "и ещё", "после"]


async def test_a_new_key_is_fetched_and_the_old_place_is_kept(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.writes("раз")
    await door.until(1)
    vk.world.keys.clear()
    vk.world.polls.append({"failed": 2})
    for number in range(3):
        anna.says(f"{number}")
    await door.until(4)
    assert door.texts() == ["раз", "0", "1", "2"]
    assert [one.values["filter"] for one in vk.calls_of("messages.getConversations")] == [
        "unanswered"  # the first start's look
    ]


async def test_information_lost_reads_the_conversations_and_loses_nothing(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    boris = vk.person("Борис")
    await start()
    await anna.writes("раз")
    await door.until(1)
    vk.world.keys.clear()
    # A restart of VK's server: what was told before is forgotten.
    vk.world.events.clear()
    vk.world.told_events.clear()
    anna.says("в разрыве")
    boris.says("впервые")
    vk.world.told_events |= {"message_new", "message_edit", "message_event"}
    vk.world.polls.append({"failed": 3})
    vk.world.bell.ring()
    await door.until(3)
    await anna.writes("после")
    await door.until(4)
    assert door.texts() == ["раз", "в разрыве", "впервые", "после"]


async def test_of_the_gap_what_was_read_before_is_a_repeat(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.writes("раз")
    await door.until(1)
    vk.world.polls.append({"failed": 1, "ts": 1})
    anna.says("два")
    await door.until(2)
    assert [one.external_id for one in door.repeats][:1] == [door.incoming[0].external_id]


async def test_a_talk_that_an_administrator_answered_by_hand_is_left_alone(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    boris = vk.person("Борис")
    await start()
    vk.world.told_events.clear()
    anna.says("сколько стоит?")
    vk.world.add_message(anna.id, -vk.world.group_id, text="500", admin_author_id=1)
    boris.says("вы открыты?")
    vk.world.told_events |= {"message_new"}
    vk.world.polls.append({"failed": 1, "ts": 0})
    await boris.writes("ау")
    await door.until(2)
    assert door.texts() == ["вы открыты?", "ау"]


async def test_our_own_answer_after_a_lost_question_hides_it_not(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    """VK then calls the talk answered."""
    await start()
    await anna.writes("раз")
    await door.until(1)
    vk.world.told_events.clear()
    anna.says("потерянный вопрос")
    vk.world.add_message(anna.id, -vk.world.group_id, text="напоминание")
    vk.world.told_events |= {"message_new"}
    vk.world.polls.append({"failed": 1, "ts": 1})
    vk.world.bell.ring()
    await door.until(2)
    assert door.texts() == ["раз", "потерянный вопрос"]


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"failed": 4},
        {"failed": "x"},
        {"updates": []},
        {"ts": "1", "updates": None},
        {"failed": 1},
        [],
        "<html>502</html>",
        "",
        "cut",
    ],
    ids=str,
)
async def test_an_odd_answer_is_no_end_and_no_loss(
    vk: FakeVk, start: Start, door: Doorway, anna: Person, odd: Any
) -> None:
    await start()
    vk.world.polls.append(odd)
    await anna.writes("привет")
    await door.until(1)
    assert door.texts() == ["привет"]


async def test_a_server_that_only_fails_is_asked_ever_more_seldom(
    vk: FakeVk, door: Doorway
) -> None:
    pauses: list[float] = []

    async def rest(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 12:
            raise asyncio.CancelledError

    vk.world.polls.extend([{}] * 100)
    settings = read_settings("vk", vk.settings())
    api = Api(settings)
    reading = LongPoll("vk", settings.group_id, api, Intake("vk", settings, api), rest)
    with pytest.raises(asyncio.CancelledError), structlog.testing.capture_logs() as told:
        await reading.run(door)
    await api.close()
    assert [one["failures"] for one in told if one["log_level"] == "error"] == [5]
    assert pauses[0] < 1
    assert LONGEST_PAUSE / 2 <= pauses[-1] <= LONGEST_PAUSE
    assert len(vk.calls_of("groups.getLongPollServer")) == 12


async def test_failed_answers_in_a_row_are_paced_too(vk: FakeVk, door: Doorway) -> None:
    pauses: list[float] = []

    async def rest(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            raise asyncio.CancelledError

    vk.world.polls.extend([{"failed": 2}] * 100)
    settings = read_settings("vk", vk.settings())
    api = Api(settings)
    reading = LongPoll("vk", settings.group_id, api, Intake("vk", settings, api), rest)
    with pytest.raises(asyncio.CancelledError):
        await reading.run(door)
    await api.close()
    assert sorted(pauses) != pauses[::-1]


@pytest.mark.parametrize("code", [10, 29, 6, 5])
async def test_a_refused_server_is_asked_again(
    vk: FakeVk, start: Start, door: Doorway, anna: Person, code: int
) -> None:
    vk.world.goes_wrong("code", "groups.getLongPollServer", code=code, times=2)
    await start()
    await anna.writes("привет")
    await door.until(1)
    assert len(vk.calls_of("groups.getLongPollServer")) == 3


async def test_after_an_outage_everything_is_answered_from_where_it_stopped(
    start: Start, stop: Stop, door: Doorway, anna: Person
) -> None:
    for number in range(3):
        adapter = await start()
        await anna.writes(f"пока слушают {number}")
        await door.until(2 * number + 1)
        await stop(adapter)
        anna.says(f"пока никого {number}")
    await start()
    await door.until(6)
    assert door.texts() == [f"пока {who} {n}" for n in range(3) for who in ("слушают", "никого")]


async def test_after_a_long_outage_the_conversations_are_read_though_the_server_says_nothing(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    vk.world.told_events.clear()
    door.kept_cursor = json.dumps({"ts": "0", "at": vk.world.now() - 3600})
    anna.says("пока никого")
    vk.world.told_events |= {"message_new"}
    await start()
    await door.until(1)
    assert door.texts() == ["пока никого"]


async def test_on_the_first_start_old_conversations_are_left_alone_and_those_who_wait_answered(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    boris = vk.person("Борис")
    boris.says("год назад")["date"] -= 365 * 86_400
    anna.says("только что")
    await start()
    await anna.writes("сейчас")
    await door.until(2)
    assert door.texts() == ["только что", "сейчас"]


async def test_one_update_that_cannot_be_read_costs_only_itself_and_is_shown(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    message = {"from_id": anna.id, "peer_id": anna.id, "conversation_message_id": 99}
    bad = [
        {"type": "message_new", "object": {"message": {**message, "date": None}}},
        {"type": "message_new", "object": {"message": {"from_id": anna.id}}},
        {"type": "message_new", "object": None},
        {"type": "message_new"},
        {"type": "message_allow", "object": {}, "event_id": "x"},
        {"type": "never heard of", "object": {}},
        "text",
        None,
    ]
    vk.world.polls.append({"ts": "0", "updates": bad})
    await anna.writes("привет")
    await door.until(2)
    assert door.texts()[1] == "привет"
    assert "не удалось прочитать" in door.texts()[0]


async def test_half_a_surrogate_pair_and_a_nul_reach_no_database(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.writes("а\ud800б\0в😀")
    await door.until(1)
    assert door.texts() == ["а\ufffdбв😀"]


async def test_a_hung_poll_holds_up_neither_answers_nor_the_end(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    vk.world.polls.append("hang")
    await anna.writes("привет")
    adapter = await start(reads=False)
    reading = asyncio.ensure_future(adapter.receive(door))
    await vk.world.bell.until(lambda: not vk.world.polls, lambda: "VK was not asked")
    for number in range(5):
        await adapter.deliver(delivery(anna, say("ау"), number))
    reading.cancel()
    await asyncio.wait({reading}, timeout=5)
    assert reading.done()
