"""What stands in the group: a topic a conversation, its card pinned, names that follow, topics that people delete."""

from pathlib import Path

import pytest

from bot.channel import RetryLater
from bot.model.event import OperatorActed
from tests.fakes.telegram.faults import FaultKind
from tests.unit.telegram_desk.playing import ANNA, CARD, NOW, Played, buttons


async def test_a_card_opens_a_topic_under_its_name_and_is_pinned_there(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        receipt = await room.shows_card()
        assert (room.anna.icon, room.anna.name) == ("❗️", "Анна · №5")
        assert [one.text for one in room.anna.pinned] == ["Заявка №5: экран"]
        assert room.anna.sees()[0].buttons == ["Взять", "Закрыть"]
        assert receipt.calls == 3


async def test_a_line_without_a_topic_makes_one_with_a_name_of_its_own(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        receipt = await room.delivers("Здравствуйте")
        assert [one.name for one in room.group.topics] == [f"№{ANNA}"]
        assert (receipt.calls, room.group.topics[0].transcript()) == (
            2,
            ["Операторская: Здравствуйте"],
        )


async def test_a_topic_is_known_after_a_restart(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.ends()
        await room.begins()
        assert (await room.delivers("Ещё")).calls == 1
        assert len(room.group.topics) == 1


async def test_a_card_is_edited_in_its_place_and_the_topic_is_renamed(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        (card,) = (await room.shows_card()).external_ids
        room.clock.advance(30_000)
        receipt = await room.shows_card("◐", kind="edit", external_id=card)
        assert receipt.external_ids == (card,)
        assert receipt.calls == 2
        assert (room.anna.icon, room.anna.name) == ("💬", "Анна · №5")
        assert len(room.anna.sees()) == 1


async def test_names_are_changed_at_most_once_in_half_a_minute_and_end_right(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        (card,) = (await room.shows_card()).external_ids
        await room.reads()
        for state in "◐◌◐○":
            await room.shows_card(state, kind="edit", external_id=card)
        assert room.anna.icon == "❗️"
        await room.clock.asleep()
        room.clock.advance(30_000)
        await room.server.until(lambda: room.anna.icon == "✅")
        assert len(room.server.calls_of("editForumTopic")) == 1


@pytest.mark.parametrize("way", ["reset", "400"])
async def test_where_the_icons_cannot_be_read_their_signs_stay_in_the_names(
    tmp_path: Path, way: FaultKind
) -> None:
    async with Played(tmp_path) as room:
        fault = room.server.fails("getForumTopicIconStickers", way)
        (card,) = (await room.shows_card()).external_ids
        assert fault.happened == 1
        assert (room.anna.icon, room.anna.name) == ("", "● Анна · №5")
        room.clock.advance(30_000)
        await room.shows_card("◐", kind="edit", external_id=card)
        # What was refused is not asked for again; what failed on its way is.
        shown = (room.anna.icon, room.anna.name)
        assert shown == (("", "◐ Анна · №5") if way == "400" else ("💬", "Анна · №5"))


async def test_an_icon_that_telegram_does_not_take_is_worth_no_topic(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        room.server.fails("createForumTopic", "400", words="DOCUMENT_INVALID")
        await room.shows_card()
        assert (room.anna.icon, room.anna.name) == ("", "● Анна · №5")


async def test_the_icons_are_asked_for_once_and_change_with_the_name_in_one_call(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        (card,) = (await room.shows_card()).external_ids
        for state, icon in (("◌", "📆"), ("○", "✅"), ("●", "❗️")):
            room.clock.advance(60_000)
            receipt = await room.shows_card(state, kind="edit", external_id=card)
            assert (receipt.calls, room.anna.icon) == (2, icon)
        assert len(room.server.calls_of("editForumTopic")) == 3
        assert len(room.server.calls_of("getForumTopicIconStickers")) == 1


async def test_a_name_whose_sign_has_no_icon_stands_as_it_is(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        (card,) = (await room.shows_card()).external_ids
        room.clock.advance(30_000)
        await room.shows_card("Кофе", kind="edit", external_id=card)
        assert (room.anna.icon, room.anna.name) == ("", "Кофе Анна · №5")


async def test_a_card_that_is_already_right_costs_no_fault(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        (card,) = (await room.shows_card()).external_ids
        receipt = await room.shows_card(kind="edit", external_id=card)
        assert receipt.external_ids == (card,)


async def test_a_card_that_somebody_deleted_is_shown_and_pinned_anew(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        (card,) = (await room.shows_card()).external_ids
        await room.ivan.deletes(room.anna.sees()[0], in_=room.anna)
        (fresh,) = (await room.shows_card("◐", kind="edit", external_id=card)).external_ids
        assert fresh != card
        assert [one.text for one in room.anna.pinned] == ["Заявка №5: экран"]


async def test_that_we_pinned_something_is_not_announced(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.reads()
        await room.shows_card()
        await room.server.until(lambda: room.server.calls_of("deleteMessage"))
        assert not [one for one in room.group.transcript(notices=True) if "закреп" in one]
        assert len(room.anna.pinned) == 1


async def test_the_list_stands_pinned_in_general(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        (place,) = (await room.delivers("Открыто: 1", to="general", key="list")).external_ids
        await room.delivers("Открыто: 2", to="general", key="list", kind="edit", external_id=place)
        assert [one.text for one in room.group.general.pinned] == ["Открыто: 2"]


@pytest.mark.parametrize("silently", [False, True])
async def test_a_deleted_topic_is_made_anew_once_and_the_desk_is_told(
    tmp_path: Path, silently: bool
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.anna.is_deleted(silently=silently)
        await room.delivers("Вы тут?")
        assert [(one.icon, one.name) for one in room.group.topics] == [("❗️", "Анна · №5")]
        assert room.anna.transcript() == ["Операторская: Вы тут?"]
        assert room.group.general.transcript() == []
        (lost,) = room.memory.events
        assert lost.event == OperatorActed("", "topic_lost")
        assert (lost.conversation, lost.address) == (ANNA, str(ANNA))
        await room.delivers("Ау")
        assert len(room.group.topics) == 1
        assert len(room.memory.events) == 1


async def test_an_edit_of_a_card_in_a_deleted_topic_ends_in_a_new_one(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        (card,) = (await room.shows_card()).external_ids
        room.anna.is_deleted()
        await room.shows_card("◐", kind="edit", external_id=card)
        assert [one.text for one in room.anna.pinned] == ["Заявка №5: экран"]


async def test_a_closed_topic_is_opened_again_for_the_customer(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        fault = room.server.fails("sendMessage", "400", words="TOPIC_CLOSED")
        room.anna.is_closed()
        await room.delivers("Вы тут?")
        assert fault.happened == 1
        assert room.anna.transcript()[-1] == "Операторская: Вы тут?"
        assert not room.anna.topic.closed


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_topic_that_somebody_closed_is_opened_for_those_who_answer(
    tmp_path: Path, restarted: bool
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        room.anna.is_closed()
        await room.server.until(lambda: not room.bot.unconfirmed)
        if restarted:
            await room.ends()
            await room.begins()
        # Who manages topics can write in a closed one, so that Telegram does not refuse.
        await room.delivers("Вы тут?")
        assert not room.anna.topic.closed
        assert len(room.server.calls_of("reopenForumTopic")) == 1
        await room.delivers("Ау")
        assert len(room.server.calls_of("reopenForumTopic")) == 1


async def test_without_the_right_to_topics_messages_still_arrive_and_the_group_is_told_once(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        room.group.allows(room.bot, "can_pin_messages", "can_delete_messages")
        await room.delivers("Здравствуйте", subject="● Анна · №5")
        await room.delivers("Экран разбит")
        first, second, third = (one.text for one in room.group.general.sees())
        assert first.startswith("Я не могу открыть тему")
        assert second == "● Анна · №5\nЗдравствуйте"
        assert third == "● Анна · №5\nЭкран разбит"


async def test_a_group_that_lost_its_topics_is_written_to_with_headers(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.group.turns_topics(on=False)
        await room.delivers("Вы тут?")
        assert [one.text for one in room.group.sees()[1:]] == ["● Анна · №5\nВы тут?"]


async def test_a_message_of_another_group_is_never_edited_by_chance(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.delivers("Другое", to=18, subject="● Борис · №6")
        (stranger,) = (await room.delivers("Борису", to=18)).external_ids
        (fresh,) = (await room.shows_card(kind="edit", external_id=stranger)).external_ids
        assert fresh != stranger
        assert room.group.topic("Борис").transcript()[-1] == "Операторская: Борису"


async def test_the_minute_of_the_group_is_never_overdrawn(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        for number in range(17):
            await room.delivers(f"{number}")
        with pytest.raises(RetryLater) as late:
            await room.delivers("слишком много")
        assert late.value.everywhere
        assert late.value.after == 60.0
        room.clock.advance_to(NOW + 60_000)
        await room.delivers("теперь можно")


async def test_a_price_is_known_before_a_delivery(tmp_path: Path) -> None:
    from bot.channel import Delivery
    from bot.model.message import say

    async with Played(tmp_path) as room:
        await room.shows_card()

        def price(**more: object) -> int:
            given = {"conversation": ANNA, **more}
            return room.adapter.price(Delivery(1, "operators", str(ANNA), say("ы"), **given))  # type: ignore[arg-type]

        assert price() == 1
        assert price(key=CARD) == 2
        assert price(kind="react") == 0
        assert price(key="note:7") == 0
        assert price(kind="edit", key=CARD) == 1
        assert buttons("Взять")[0][0].payload == "t:5:взять"
