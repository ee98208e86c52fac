"""What a customer sent as an answer, or in place of one, is seen by those who answer: not only what it is called."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.model.effect import Send
from bot.model.event import MessageReceived
from bot.model.message import Attachment, Location, Message
from bot.model.text import Text
from bot.model.view import Sent
from bot.project import read_project
from bot.storage.store import Waiting
from bot.turn import set_aside
from tests.unit.turn.test_desk_in_turn import Program

PHOTO = Attachment("photo", "экран.jpg", "image/jpeg", source="f1")
VOICE = Attachment("voice", "", "audio/ogg", source="f2")
SLOTS = {"фото": {"type": "file"}, "имя": {"type": "text"}}
STEPS = [
    {"ask": "Фото?", "save": "фото"},
    {"ask": "Имя?", "save": "имя"},
]


def write(project: Path, flow: dict[str, Any]) -> None:
    words = json.dumps(flow, ensure_ascii=False)
    (project / "flows" / f"{flow['flow']}.yaml").write_text(words, encoding="utf-8")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    (tmp_path / "flows").mkdir()
    ends = {"люди": {"handoff": "Посмотрите"}, "заявка": {"action": "ticket.create"}}
    for name, end in ends.items():
        flow = {
            "flow": name,
            "start": {"commands": [name]},
            "slots": SLOTS,
            "steps": [*STEPS, end, {"say": "Всё"}],
        }
        write(tmp_path, flow)
    called = {"flow": "спросить", "slots": SLOTS, "steps": STEPS}
    ask = {"call": "спросить", "save": "ответы"}
    calls = [ask, ends["заявка"], {"say": "Ответы: {{ ответы.имя }}"}]
    write(tmp_path, called)
    write(tmp_path, {"flow": "вызов", "start": {"commands": ["вызов"]}, "steps": calls})
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


def remember(program: Program, *said: Message, seen: tuple[Message, ...] = ()) -> None:
    """Lines of the customer's, oldest first, each with an answer of the bot behind it."""
    newest = 2 * len(said) - 1
    program.memory.sent = [
        Sent(100 + at, newest - 2 * at, message, message in seen) for at, message in enumerate(said)
    ]


def test_what_the_card_only_names_comes_behind_it_oldest_first(program: Program) -> None:
    place = Message(location=Location(55.0, 37.0))
    remember(
        program, Message(attachments=(VOICE,)), Message(Text("вот"), attachments=(PHOTO,)), place
    )
    program.writes("оператор")
    told = [one for one in program.of(Send) if one.to is not None]
    assert told[0].key.startswith("card:")
    assert [one.of for one in told[1:]] == [100, 101, 102]
    assert [one.message.attachments for one in told[1:]] == [(VOICE,), (PHOTO,), ()]
    assert told[2].message.text.plain == "вот"
    assert told[3].message.location is not None
    assert {one.author for one in told[1:]} == {"customer"}


def test_what_stands_above_the_lines_of_the_card_does_not_come(program: Program) -> None:
    remember(program, Message(attachments=(VOICE,)), *[Message(attachments=(PHOTO,))] * 3)
    program.writes("оператор")
    assert shown(program) == [PHOTO] * 3


def test_what_operators_have_does_not_come_again(program: Program) -> None:
    voice, photo = Message(attachments=(VOICE,)), Message(attachments=(PHOTO,))
    remember(program, voice, photo, seen=(voice,))
    program.writes("оператор")
    assert shown(program) == [PHOTO]


def test_a_sticker_and_the_whole_of_a_letter_are_left_to_the_card(program: Program) -> None:
    whole = Attachment("document", "letter.eml", source="m1", whole=True)
    sticker = Message(attachments=(Attachment("sticker", source="s1"),))
    remember(program, sticker, Message(attachments=(whole, PHOTO)))
    program.writes("оператор")
    assert shown(program) == [PHOTO]


def test_a_file_of_the_form_comes_with_its_line_and_once(program: Program) -> None:
    line = Message(Text("вид сверху"), attachments=(PHOTO,))
    program.writes("/заявка")
    program.hear(MessageReceived(line))
    remember(program, line, *[Message(attachments=(VOICE,))] * 4)
    program.writes("Анна")
    (told,) = [one for one in program.of(Send) if one.message.attachments]
    assert (told.of, told.message.text.plain, told.message.attachments) == (
        100,
        "вид сверху",
        (PHOTO,),
    )


@pytest.mark.parametrize("flow", ["люди", "заявка"])
def test_a_photo_beside_the_words_that_were_asked_for_comes_with_the_ticket(
    program: Program, flow: str
) -> None:
    program.writes(f"/{flow}")
    program.hear(MessageReceived(Message(attachments=(PHOTO,))))
    program.hear(MessageReceived(Message(attachments=(VOICE,))))
    said = Message(Text("Анна"), attachments=(Attachment("photo", source="f3"),))
    program.hear(MessageReceived(said))
    assert [one.source for one in shown(program)] == ["f1", "f2", "f3"]
    (card,) = [one for one in program.of(Send) if one.key.startswith("card:")]
    assert "имя: Анна" in card.message.text.plain
    assert "files" not in card.message.text.plain


def test_the_logo_under_each_letter_comes_once(program: Program) -> None:
    logos = [Attachment("photo", "logo.png", "image/png", 900, source=f"m{at}") for at in range(3)]
    program.writes("/заявка")
    program.hear(MessageReceived(Message(attachments=(PHOTO,))))
    for logo in logos[:2]:
        program.hear(MessageReceived(Message(attachments=(logo,))))
    program.hear(MessageReceived(Message(Text("Анна"), attachments=(logos[2],))))
    assert shown(program) == [PHOTO, logos[0]]


def test_two_photos_of_which_nothing_is_known_are_two(program: Program) -> None:
    photos = [Attachment("photo", "photo.jpg", source=f"m{at}") for at in range(2)]
    program.writes("/заявка")
    program.hear(MessageReceived(Message(attachments=(PHOTO,))))
    program.hear(MessageReceived(Message(attachments=(photos[0],))))
    program.hear(MessageReceived(Message(Text("Анна"), attachments=(photos[1],))))
    assert shown(program) == [PHOTO, *photos]


def test_what_a_filed_ticket_had_does_not_come_with_the_next_one(program: Program) -> None:
    for who in ("Анна", "Мария"):
        program.writes("/заявка")
        program.hear(MessageReceived(Message(attachments=(PHOTO,))))
        program.hear(MessageReceived(Message(Text(who), attachments=(VOICE,))))
        assert shown(program) == [PHOTO, VOICE]
    program.writes("оператор")
    assert shown(program) == []


def test_a_flow_that_was_called_passes_on_what_it_was_sent(program: Program) -> None:
    program.writes("/вызов")
    program.hear(MessageReceived(Message(attachments=(PHOTO,))))
    program.hear(MessageReceived(Message(Text("Анна"), attachments=(VOICE,))))
    assert shown(program) == [PHOTO, VOICE]
    assert program.said == ["Ответы: Анна"]


def test_an_event_that_is_set_aside_brings_its_files(program: Program) -> None:
    event = MessageReceived(Message(attachments=(VOICE,)))
    waiting = Waiting(1, program.customer(), event, program.now, 3, program.memory)
    moment = program.stage.moments(program.now)(waiting, program.numbers)
    program.turn = set_aside(program.customer(), event, moment)
    assert program.turn.conversation.held
    assert shown(program) == [VOICE]


def test_words_alone_are_not_repeated(program: Program) -> None:
    program.writes("оператор")
    assert program.told == []
