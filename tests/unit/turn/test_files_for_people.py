"""What a customer sent as an answer, or in place of one, is seen by those who answer: not only what it is called."""

import json
from pathlib import Path

import pytest

from bot.model.effect import Send
from bot.model.event import MessageReceived
from bot.model.message import Attachment, Location, Message
from bot.model.text import Text
from bot.project import read_project
from tests.unit.turn.test_desk_in_turn import Program

PHOTO = Attachment("photo", "экран.jpg", "image/jpeg", source="f1")
VOICE = Attachment("voice", "", "audio/ogg", source="f2")
STEPS = [
    {"ask": "Фото?", "save": "фото"},
    {"ask": "Имя?", "save": "имя"},
]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    (tmp_path / "flows").mkdir()
    ends = {"люди": {"handoff": "Посмотрите"}, "заявка": {"action": "ticket.create"}}
    for name, end in ends.items():
        flow = {
            "flow": name,
            "start": {"commands": [name]},
            "slots": {"фото": {"type": "file"}, "имя": {"type": "text"}},
            "steps": [*STEPS, end, {"say": "Всё"}],
        }
        words = json.dumps(flow, ensure_ascii=False)
        (tmp_path / "flows" / f"{name}.yaml").write_text(words, encoding="utf-8")
    return Program(read_project(tmp_path), burst=0, strangers=0)


def shown(program: Program) -> list[Attachment]:
    """What the last turn showed to operators."""
    return [
        file for one in program.of(Send) if one.to is not None for file in one.message.attachments
    ]


@pytest.mark.parametrize("flow", ["люди", "заявка"])
def test_the_files_of_a_form_come_with_the_ticket(program: Program, flow: str) -> None:
    program.writes(f"/{flow}")
    program.hear(MessageReceived(Message(attachments=(PHOTO,))))
    assert shown(program) == []
    program.writes("Анна")
    assert shown(program) == [PHOTO]


def test_of_an_album_all_come(program: Program) -> None:
    others = [Attachment("photo", f"{number}.jpg", source=f"g{number}") for number in range(2)]
    program.writes("/заявка")
    program.hear(MessageReceived(Message(attachments=(PHOTO, *others))))
    program.writes("Анна")
    assert shown(program) == [PHOTO, *others]
    (card,) = [one for one in program.of(Send) if one.key.startswith("card:")]
    assert "фото: экран.jpg, 0.jpg, 1.jpg" in card.message.text.plain


def test_what_could_not_be_understood_is_seen_by_who_is_called_for_it(program: Program) -> None:
    program.writes("/люди")
    for _ in range(3):
        program.hear(MessageReceived(Message(Text("вот"), location=Location(55.0, 37.0))))
    assert program.customer().held
    (line,) = [one for one in program.of(Send) if one.message.location is not None]
    assert (line.to is not None, line.author) == (True, "customer")


def test_a_file_that_is_shown_already_is_not_shown_twice(program: Program) -> None:
    program.writes("/люди")
    program.hear(MessageReceived(Message(attachments=(PHOTO,))))
    program.hear(MessageReceived(Message(Text("Анна"), attachments=(VOICE,))))
    assert sorted(one.source for one in shown(program)) == ["f1", "f2"]


def test_a_letters_subject_and_the_letter_itself_are_not_part_of_it(program: Program) -> None:
    letter = Attachment("document", "letter.eml", "message/rfc822", source="m1", whole=True)
    said = Message(Text("оператор"), attachments=(letter, VOICE), subject="Ремонт")
    program.hear(MessageReceived(said))
    assert program.customer().held
    (line,) = [one for one in program.of(Send) if VOICE in one.message.attachments]
    assert (line.message.attachments, line.message.subject) == ((VOICE,), "")


def test_words_alone_are_not_repeated(program: Program) -> None:
    program.writes("оператор")
    assert program.told == []
