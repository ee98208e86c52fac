"""A group without topics: headers above, replies below, pairs in the memory."""

from pathlib import Path

from bot.model.event import OperatorActed, OperatorReplied
from tests.unit.telegram_desk.playing import ANNA, Played


async def test_every_message_carries_a_header_but_the_card_which_has_its_own(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path, kind="supergroup") as room:
        await room.shows_card()
        await room.delivers("Сколько?")
        await room.delivers("Кто тут?", to=18)
        assert [one.text for one in room.group.sees()] == [
            "Заявка №5: экран",
            "● Анна · №5\nСколько?",
            "№18\nКто тут?",
        ]


async def test_a_reply_finds_its_conversation_in_the_memory_not_in_the_text(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path, kind="supergroup") as room:
        await room.delivers("№18 Борис", id=70)
        await room.delivers("Сколько?", to=18)
        await room.ends()
        await room.begins()
        await room.reads()
        await room.ivan.writes("кто обедать?", in_=room.group)
        await room.ivan.replies("Триста", "№18 Борис", in_=room.group)
        heard = await room.hears(OperatorReplied)
        assert (heard.conversation, heard.address) == (ANNA, "17")
        assert heard.event.message.reply_to == 70  # type: ignore[union-attr]
        assert room.memory.texts() == ["Триста"]


async def test_a_press_under_a_card_finds_its_conversation(tmp_path: Path) -> None:
    async with Played(tmp_path, kind="supergroup") as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.presses("Взять", in_=room.group)
        heard = await room.hears(OperatorActed)
        assert heard.conversation == ANNA


async def test_an_edit_of_a_reply_finds_its_conversation(tmp_path: Path) -> None:
    async with Played(tmp_path, kind="group") as room:
        await room.delivers("Сколько?")
        await room.reads()
        line = await room.ivan.replies("Триста", "Сколько?", in_=room.group)
        await room.door.brings("Триста")
        await room.ivan.edits(line, "Четыреста")
        assert (await room.door.brings("Четыреста")).conversation == ANNA


async def test_an_operator_takes_back_a_line_by_answering_it(tmp_path: Path) -> None:
    async with Played(tmp_path, kind="supergroup") as room:
        await room.delivers("Сколько?")
        await room.reads()
        line = await room.ivan.replies("Триста", "Сколько?", in_=room.group)
        await room.door.brings("Триста")
        await room.ivan.writes("/del", in_=room.group, reply_to=line)
        heard = await room.hears(OperatorActed, verb="del")
        assert heard.conversation == ANNA
        assert heard.event.argument == str(line.id)  # type: ignore[union-attr]


async def test_a_card_is_edited_in_its_place_with_its_header_of_its_own(tmp_path: Path) -> None:
    async with Played(tmp_path, kind="supergroup") as room:
        (card,) = (await room.shows_card()).external_ids
        await room.shows_card("◐", kind="edit", external_id=card)
        await room.delivers("Сколько?")
        assert [one.text for one in room.group.sees()] == [
            "Заявка №5: экран",
            "◐ Анна · №5\nСколько?",
        ]


async def test_topics_that_are_turned_on_later_are_used(tmp_path: Path) -> None:
    async with Played(tmp_path, kind="supergroup") as room:
        await room.shows_card()
        room.group.turns_topics(on=True)
        room.clock.advance(600_000)
        await room.delivers("Сколько?")
        assert room.group.topic("Анна").transcript() == ["Операторская: Сколько?"]
