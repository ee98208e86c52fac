"""The closing question."""

import pytest

from bot.model.dialog import Dialog, Pending
from bot.model.effect import ChangeTicket, Send
from bot.model.event import ButtonPressed, MessageReceived
from bot.model.message import Message, say
from tests.unit.desk.room_of_tests import Talk


@pytest.fixture
def closed() -> Talk:
    talk = Talk()
    talk.handover()
    talk.press("Взять")
    talk.operator("Готово")
    talk.act("close")
    return talk


def test_closing_asks_one_question_with_five_buttons(closed: Talk) -> None:
    question = next(one for one in closed.of(Send) if one.to is None)
    (row,) = question.message.buttons
    assert [button.payload for button in row] == [f"desk:mark:12:{mark}" for mark in range(1, 6)]
    assert question.author == "bot"


def test_once_a_ticket(closed: Talk) -> None:
    closed.handover()
    closed.press("Взять")
    closed.operator("Снова готово")
    closed.act("close")
    assert closed.to_customer == []


def test_four_is_no_low_mark(closed: Talk) -> None:
    closed.mark("4")
    assert closed.to_customer == ["Спасибо за оценку!"]
    assert closed.conversation.dialog.pending is None


def test_a_good_mark_is_thanked_for_and_shown_to_operators(closed: Talk) -> None:
    closed.mark("5")
    assert closed.to_customer == ["Спасибо за оценку!"]
    assert closed.to_desk == ["Клиент поставил оценку 5 из 5."]
    assert "Оценка: 5" in closed.cards[0]
    assert [one.ticket.mark for one in closed.of(ChangeTicket)] == [5]
    assert closed.conversation.dialog == Dialog()


def test_a_low_mark_asks_why_and_leaves_a_note(closed: Talk) -> None:
    closed.mark("2")
    assert closed.to_customer == ["Спасибо за честность. Расскажите, пожалуйста, что было не так?"]
    closed.rate("Долго ждал")
    assert closed.to_customer == ["Спасибо, передадим."]
    notes = [one for one in closed.of(Send) if one.author == "note"]
    assert [one.message.text.plain for one in notes] == [
        "Оценка 2 из 5. Что было не так: Долго ждал"
    ]
    assert notes[0].to is not None
    closed.rate("Ещё слово")
    assert not closed.outcome.handled


def test_a_command_is_no_reason(closed: Talk) -> None:
    closed.mark("1")
    closed.rate("/start")
    assert not closed.outcome.handled
    assert closed.outcome.conversation.dialog.pending is None


def test_a_file_is_a_reason_too(closed: Talk) -> None:
    closed.mark("1")
    closed.rate(MessageReceived(Message()))
    assert closed.outcome.handled


def test_a_digit_in_reply_is_a_mark(closed: Talk) -> None:
    closed.rate(" 4 ")
    assert closed.ticket.mark == 4


@pytest.mark.parametrize("words", ["Спасибо!", "6", "0", "5 звёзд", "4.5", "²", "٣", ""])
def test_another_message_is_the_dialogs_and_ends_the_question(closed: Talk, words: str) -> None:
    closed.rate(words)
    assert not closed.outcome.handled
    assert closed.conversation.dialog.pending is None
    closed.rate("5")
    assert not closed.outcome.handled
    assert closed.ticket.mark == 0


def test_the_first_mark_counts(closed: Talk) -> None:
    closed.mark("5")
    closed.mark("1")
    assert closed.ticket.mark == 5
    assert closed.to_customer == ["Оценка уже записана, спасибо!"]


@pytest.mark.parametrize(
    "payload", ["desk:mark:12:6", "desk:mark:12:0", "desk:mark:12:", "desk:mark::5", "desk:mark:x:5",
                "desk:mark:12:55", "step:3:да", "", "12:5", "desk:mark:12:٣"]
)  # fmt: skip
def test_other_buttons_are_none_of_the_desks_business(closed: Talk, payload: str) -> None:
    closed.rate(ButtonPressed(payload))
    assert not closed.outcome.handled
    assert closed.ticket.mark == 0


def test_a_mark_of_another_ticket_changes_nothing(closed: Talk) -> None:
    closed.rate(ButtonPressed("desk:mark:3:1"))
    assert closed.ticket.mark == 0


def test_while_a_ticket_holds_the_conversation_a_mark_gets_no_answer(closed: Talk) -> None:
    closed.handover()
    closed.mark("1")
    assert closed.to_customer == []
    assert closed.ticket.mark == 1
    assert closed.conversation.dialog.pending is None
    closed.rate("Было плохо")
    assert not closed.outcome.handled


def test_a_digit_while_a_ticket_holds_the_conversation_is_relayed_and_no_mark(closed: Talk) -> None:
    closed.operator("И ещё")
    closed.press("Открыть снова и отправить")
    assert closed.conversation.held
    assert closed.conversation.dialog.pending is None
    closed.rate("5")
    assert not closed.outcome.handled


def test_nobody_is_asked_about_a_talk_that_no_person_had() -> None:
    talk = Talk()
    talk.handover()
    talk.act("close", "Спам")
    assert talk.to_customer == []
    filed = Talk()
    filed.file()
    filed.press("Взять")
    filed.act("close")
    assert filed.to_customer == []


def test_giving_back_asks_nothing() -> None:
    talk = Talk()
    talk.handover()
    talk.press("Взять")
    talk.operator("Готово")
    talk.act("return")
    assert talk.to_customer == []


def test_the_question_can_be_switched_off() -> None:
    talk = Talk(rate=False)
    talk.handover()
    talk.press("Взять")
    talk.act("close")
    assert talk.to_customer == []
    assert talk.conversation.dialog.pending is None


def test_a_question_of_the_dialogs_own_is_left_alone() -> None:
    import msgspec

    talk = Talk()
    dialog = Dialog(pending=Pending("switch"))
    talk.conversation = msgspec.structs.replace(talk.conversation, dialog=dialog)
    talk.rate(MessageReceived(say("5")))
    assert not talk.outcome.handled
    talk.rate(ButtonPressed("desk:mark:3:1"))
    assert talk.conversation.dialog == dialog


@pytest.mark.parametrize(
    "words,mark",
    [
        ("5", 5),
        ("4.\n\n--\nАнна", 4),
        (" 5! \nСпасибо", 5),
        ("55", 0),
        ("5 звёзд", 0),
        ("Вот 5", 0),
        ("", 0),
    ],
)
def test_by_mail_a_digit_in_reply_is_the_mark(words: str, mark: int) -> None:
    talk = Talk(kind="email")
    talk.handover()
    talk.press("Взять")
    talk.operator("Готово")
    talk.act("close")
    (question,) = [one for one in talk.of(Send) if one.to is None]
    assert question.message.buttons == ()
    assert question.message.text.plain.endswith("Ответьте одной цифрой.")
    talk.rate(words)
    assert talk.ticket.mark == mark
    assert talk.outcome.handled == bool(mark)
