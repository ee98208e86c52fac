"""The talk shown again: /history, and a new topic for one that is gone."""

from collections.abc import Sequence

import msgspec

from bot.desk.people import Room
from bot.model.effect import Send
from bot.model.event import Author, OperatorActed
from bot.model.message import Attachment, Contact, Location, Message, say
from bot.model.text import Text
from tests.unit.desk.room_of_tests import Talk

PHONE = "+79123456789"
LOST = OperatorActed("", "topic_lost")


def lines(count: int, length: int = 5) -> list[tuple[Author, Message]]:
    authors: tuple[Author, ...] = ("customer", "bot", "operator", "note")
    return [(authors[at % 4], say(f"{at}" + "я" * length)) for at in range(count)]


def talk_of(said: Sequence[tuple[Author, Message]]) -> Talk:
    talk = Talk(room=Room(lines=lambda count: said[-count:]))
    talk.handover(last_lines=("Клиент: до передачи",))
    return talk


def test_history_shows_the_last_lines_with_notes_as_many_as_are_wanted() -> None:
    talk = talk_of(lines(30))
    talk.operator("/history")
    (told,) = talk.to_desk
    assert told.splitlines()[0] == "Последние строки (20):"
    assert told.splitlines()[1] == "Оператор: 10яяяяя"
    assert told.splitlines()[-1] == "Бот: 29яяяяя"
    assert "Заметка: 27яяяяя" in told
    talk.operator("/history 3")
    assert len(talk.to_desk[0].splitlines()) == 4
    talk.operator("/history 999999999999999999999")
    assert "(20)" in talk.to_desk[0]
    talk.act("history")
    assert "(20)" in talk.to_desk[0]


def test_where_the_memory_is_not_at_hand_the_lines_before_the_handover_are_shown() -> None:
    talk = talk_of([])
    talk.operator("/history")
    assert talk.to_desk == ["До передачи:\nКлиент: до передачи"]
    bare = Talk()
    bare.handover()
    bare.operator("/history")
    assert "сказано не было" in bare.to_desk[0]


def test_a_viewer_sees_no_personal_values_in_the_card_and_the_history() -> None:
    said: list[tuple[Author, Message]] = [("customer", say(f"Мой номер {PHONE}"))]
    talk = Talk(room=Room(lines=lambda _: said))
    customer = msgspec.structs.replace(
        talk.conversation.customer, attributes={"телефон": PHONE}, personal=("телефон",)
    )
    talk.conversation = msgspec.structs.replace(talk.conversation, customer=customer)
    talk.handover()
    assert PHONE in talk.cards[0]
    for command in ("/history", "/card"):
        talk.operator(command, role="viewer")
        (shown,) = talk.of(Send)
        assert PHONE not in shown.message.text.plain
        assert "•••" in shown.message.text.plain
        assert shown.key == ""
        talk.operator(command)
        assert PHONE in talk.of(Send)[0].message.text.plain


def test_a_topic_that_is_gone_gets_a_card_and_the_last_twenty_lines() -> None:
    talk = talk_of(lines(30))
    before = talk.conversation
    talk._operator(LOST, "operator")
    card, told = talk.of(Send)
    assert card.key == "card:12"
    assert "Заявка №12" in card.message.text.plain
    assert told.message.text.plain.startswith(
        "Прежней темы больше нет. Последние строки разговора (20):"
    )
    assert talk.conversation == before
    assert talk.to_customer == []


def test_long_lines_take_several_messages_that_messengers_let_through() -> None:
    talk = talk_of(lines(20, length=5_000))
    talk._operator(LOST, "operator")
    told = talk.to_desk
    assert len(told) > 1
    assert all(len(one) <= 4_096 for one in told)
    assert sum(len(one.splitlines()) for one in told) == 21


def test_nobody_loses_a_topic_by_a_command() -> None:
    talk = talk_of(lines(3))
    talk._operator(OperatorActed("1", "topic_lost"), "operator")
    assert talk.to_desk == ["Такой кнопки больше нет."]
    talk._operator(OperatorActed("", "take"), None)
    assert talk.effects == ()


def test_what_is_no_text_is_named() -> None:
    photo, voice = Attachment("photo"), Attachment("voice")
    said: list[tuple[Author, Message]] = [
        ("customer", Message(Text("Вот"), attachments=(photo, photo))),
        ("operator", Message(attachments=(voice,))),
        ("customer", Message(location=Location(55.7, 37.6))),
        ("customer", Message(contact=Contact(PHONE, own=True))),
    ]
    talk = talk_of(said)
    talk.operator("/history")
    assert talk.to_desk[0].splitlines()[1:] == [
        "Клиент: [фото] [фото] Вот",
        "Оператор: [голосовое]",
        "Клиент: [место]",
        "Клиент: [контакт]",
    ]
