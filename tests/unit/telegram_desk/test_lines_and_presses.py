"""What operators write, press and mark, and how they are answered."""

from pathlib import Path
from typing import Any

import pytest

from bot.channel import Said
from bot.model.event import OperatorActed, OperatorEdited, OperatorReplied
from bot.model.message import Location
from bot.model.text import Span
from tests.unit.telegram_desk.playing import ANNA, Played, buttons


async def test_a_line_in_a_topic_is_filed_under_its_conversation(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        line = await room.ivan.writes("Здравствуйте, Анна", in_=room.anna)
        heard = await room.hears(OperatorReplied)
        assert isinstance(heard.event, OperatorReplied)
        assert (heard.conversation, heard.address, heard.message_id) == (ANNA, "17", str(line.id))
        assert heard.event.operator == str(room.ivan.id)
        assert heard.event.operator_name == "Иван Петров"
        assert heard.event.external_id == str(line.id)
        assert heard.event.message.text.plain == "Здравствуйте, Анна"
        assert heard.event.message.reply_to is None


async def test_formatting_is_counted_in_characters_not_in_utf16(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        marks = [{"type": "bold", "offset": 3, "length": 4}]
        await room.ivan.writes("🙂 цена 👍", in_=room.anna, entities=marks)
        heard = await room.hears(OperatorReplied)
        assert heard.event.message.text.spans == (Span("bold", 2, 6),)  # type: ignore[union-attr]


async def test_an_answer_to_a_message_names_ours(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.delivers("Сколько стоит?", id=400)
        await room.reads()
        await room.ivan.replies("Триста", "Сколько стоит?", in_=room.anna)
        heard = await room.hears(OperatorReplied)
        assert heard.event.message.reply_to == 400  # type: ignore[union-attr]


async def test_an_edit_and_a_deletion_name_the_line(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        line = await room.ivan.writes("Триста", in_=room.anna)
        await room.ivan.edits(line, "Четыреста")
        edited = await room.hears(OperatorEdited)
        assert isinstance(edited.event, OperatorEdited)
        assert (edited.event.external_id, edited.conversation) == (str(line.id), ANNA)
        assert edited.event.message.text.plain == "Четыреста"
        await room.ivan.writes("/del", in_=room.anna, reply_to=line)
        deleted = await room.hears(OperatorActed, verb="del")
        assert deleted.event.argument == str(line.id)  # type: ignore[union-attr]
        assert deleted.conversation == ANNA


async def test_commands_come_as_text_and_those_of_another_bot_do_not_come(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.writes("/take@other_bot", in_=room.anna)
        await room.ivan.writes("/close@desk_bot Решено", in_=room.anna)
        await room.ivan.writes("// перезвонить", in_=room.anna)
        await room.door.brings("// перезвонить")
        assert room.memory.texts() == ["/close Решено", "// перезвонить"]


async def test_talk_in_general_and_in_operators_own_topics_is_nobodys_business(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        await room.reads()
        own = room.group.opens_topic("Курилка")
        await room.ivan.writes("Кто обедать?", in_=room.group.general)
        await room.ivan.writes("Я", in_=own)
        await room.ivan.writes("/take", in_=own)
        await room.ivan.writes("/who", in_=own)
        await room.door.brings("/who")
        assert room.memory.texts() == ["/who"]
        assert room.memory.events[0].address == "general"
        assert room.memory.events[0].conversation == 0


async def test_an_operator_is_appointed_in_reply_to_their_message(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.reads()
        line = await room.olga.writes("Я тут новенькая", in_=room.group.general)
        await room.ivan.writes("/operator старший", in_=room.group.general, reply_to=line)
        heard = await room.hears(OperatorActed, verb="operator")
        assert heard.address == "general"
        assert heard.event.argument == f"{room.olga.id} старший Ольга"  # type: ignore[union-attr]
        await room.olga.writes("/operator", in_=room.group.general, reply_to=None)
        assert (await room.door.brings("/operator")).address == "general"


async def test_a_reply_in_general_to_what_is_about_a_customer_is_told_where_to_write(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.delivers("Заявка №5: первого ответа нет", to="general", about=ANNA)
        await room.reads()
        await room.ivan.replies("сейчас отвечу", "первого ответа", in_=room.group.general)
        said = await room.ivan.waits_for("Клиенту отсюда не ответить", in_=room.group.general)
        assert said.text.endswith(f"/{room.anna.id}")
        assert room.memory.events == []


async def test_anonymous_administrators_are_refused_in_one_line(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.writes("Здравствуйте", in_=room.anna, anonymous=True)
        await room.ivan.waits_for("не вижу, кто вы", in_=room.anna)
        assert room.memory.events == []


async def test_people_who_are_not_in_the_group_are_not_heard(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        stranger = room.server.person("Чужой")
        await stranger.writes("/take", to=room.bot)
        await room.ivan.writes("/take", in_=room.anna)
        await room.door.brings("/take")
        assert len(room.memory.events) == 1


async def test_a_press_is_an_act_and_its_answer_an_alert_that_costs_no_message(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        press = await room.ivan.presses("Взять", in_=room.anna)
        heard = await room.hears(OperatorActed)
        assert heard.event == OperatorActed(
            str(room.ivan.id), "взять", ticket=5, operator_name="Иван Петров"
        )
        assert heard.conversation == ANNA
        before = len(room.anna.sees())
        receipt = await room.delivers("Заявка №5 ваша.", operator=str(room.ivan.id))
        assert press is not None
        assert await press.answered() == "Заявка №5 ваша."
        assert (receipt.calls, receipt.external_ids) == (0, ())
        assert len(room.anna.sees()) == before


async def test_every_press_is_answered_even_if_nothing_is_said(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        press = await room.ivan.presses("Взять", in_=room.anna)
        await room.hears(OperatorActed)
        assert press is not None
        await room.clock.asleep()
        room.clock.advance(3_000)
        assert await press.answered() == ""
        await room.delivers("Поздно", operator=str(room.ivan.id))
        assert room.anna.sees()[-1].text.endswith("Поздно")


@pytest.mark.parametrize(
    "kept_back", [{"buttons": buttons("Закрыть")}, {"text": "ы" * 201}], ids=["buttons", "length"]
)
async def test_what_an_alert_cannot_show_is_a_message(
    tmp_path: Path, kept_back: dict[str, Any]
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.presses("Взять", in_=room.anna)
        await room.hears(OperatorActed)
        given: dict[str, Any] = {"text": "С какой причиной?", **kept_back}
        receipt = await room.delivers(operator=str(room.ivan.id), **given)
        assert receipt.calls == 1


async def test_an_alert_that_comes_too_late_becomes_a_message(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.presses("Взять", in_=room.anna)
        await room.hears(OperatorActed)
        words = "query is too old and response timeout expired or query ID is invalid"
        room.server.fails("answerCallbackQuery", "400", words=words)
        receipt = await room.delivers("Заявка №5 ваша.", operator=str(room.ivan.id))
        assert receipt.calls == 1
        assert "Заявка №5 ваша." in room.anna.sees()[-1].text


async def test_the_alert_goes_to_whoever_pressed(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        first = await room.ivan.presses("Взять", in_=room.anna)
        second = await room.olga.presses("Взять", in_=room.anna)
        await room.hears(OperatorActed, operator=str(room.olga.id))
        await room.delivers("Взял Иван.", operator=str(room.olga.id))
        await room.delivers("Ваша.", operator=str(room.ivan.id))
        assert first is not None
        assert second is not None
        assert (await first.answered(), await second.answered()) == ("Ваша.", "Взял Иван.")


async def test_a_press_that_is_none_of_ours_is_answered_and_forgotten(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        (card,) = (await room.shows_card()).external_ids
        await room.reads()
        seen = next(one for one in room.anna.sees() if str(one.id) == card)
        for payload in ("t:много:take", "t:0:connected", "t:5:connected:ivan", "t:0:react:1 x"):
            press = await room.ivan.presses_old(seen, payload, in_=room.anna)
            assert await press.answered() == ""
        assert room.memory.events == []


async def test_a_press_in_another_group_is_answered_and_not_heard(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        other = room.server.forum("Чужая", members=(room.olga,), bot=room.bot)
        line = await room.olga.writes("кнопка", in_=other)
        press = await room.olga.presses_old(line, "t:5:take", in_=other)
        assert await press.answered() == ""
        assert room.memory.events == []


async def test_what_is_meant_for_an_operator_answers_their_line_or_mentions_them(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.writes("Цена 300", in_=room.anna)
        await room.door.brings("Цена 300")
        await room.delivers("Клиенту ничего не отправлено", operator=str(room.ivan.id))
        assert room.anna.sees()[-1].answers == "Цена 300"
        await room.ends()
        await room.begins()
        await room.delivers("время истекает", operator=str(room.ivan.id))
        post = room.group.chat.posts[room.anna.sees()[-1].id]
        assert post.content["text"] == "Иван Петров: время истекает"
        (mark,) = post.content["entities"]
        assert (mark["type"], mark["user"]["id"]) == ("text_mention", room.ivan.id)


async def test_reactions_of_operators_on_our_messages_are_acts(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        (line,) = (await room.delivers("Спасибо!")).external_ids
        await room.reads()
        await room.olga.reacts("❤", "Спасибо!", in_=room.anna)
        heard = await room.hears(OperatorActed, verb="react")
        assert heard.event.argument == f"{line} ❤"  # type: ignore[union-attr]
        assert heard.conversation == ANNA


async def test_our_marks_stand_on_operators_lines_and_never_fail(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        line = await room.ivan.writes("Триста", in_=room.anna)
        for emoji in ("👀", "👌"):
            receipt = await room.delivers(emoji, kind="react", external_id=str(line.id))
            assert receipt.calls == 0
        assert room.anna.sees()[-1].reactions == "👌"
        room.group.reacts_only_with("👍")
        await room.delivers("👎", kind="react", external_id=str(line.id))
        await room.delivers("👌", kind="react", external_id="999")


async def test_notes_stand_where_they_were_typed(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        before = room.group.transcript()
        receipt = await room.delivers("перезвонить", key="note:321")
        assert (receipt.external_ids, receipt.calls) == (("321",), 0)
        await room.delivers("перезвонить в 6", key="note:321", kind="edit", external_id="321")
        assert room.group.transcript() == before


async def test_a_place_and_a_contact_come_in_our_form(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.shares_location(55.75, 37.62, in_=room.anna)
        heard = await room.hears(OperatorReplied)
        assert heard.event.message.location == Location(55.75, 37.62)  # type: ignore[union-attr]


async def test_the_pair_of_a_reply_is_looked_up_under_its_own_topic(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        (question,) = (await room.delivers("Сколько?")).external_ids
        room.memory.said["general", question] = Said(1, 1)
        room.memory.said["17", question] = Said(77, ANNA)
        await room.reads()
        await room.ivan.replies("Триста", "Сколько?", in_=room.anna)
        heard = await room.hears(OperatorReplied)
        assert heard.event.message.reply_to == 77  # type: ignore[union-attr]


async def test_who_leaves_the_group_is_told_of_in_nobodys_name(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        room.group.kicks(room.olga)
        heard = await room.hears(OperatorActed)
        assert heard.conversation == 0
        assert heard.event == OperatorActed("", "left", str(room.olga.id))
