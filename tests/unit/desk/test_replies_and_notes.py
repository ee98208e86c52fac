"""What operators write: where it goes and where it never goes."""

import pytest

from bot import desk
from bot.desk.people import Room
from bot.desk.room import parse_press
from bot.model.abilities import KINDS
from bot.model.effect import Audit, ChangeTicket, Delete, Edit, Send
from bot.model.event import MessageReceived, OperatorActed, OperatorReplied
from bot.model.message import Attachment, Button, Message, say
from bot.model.text import Span, Text
from tests.unit.desk.room_of_tests import ANNA, BORIS, HOUR, VERA, Talk


def test_a_plain_message_in_a_taken_topic_goes_to_the_customer(taken: Talk) -> None:
    taken.operator("Здравствуйте!")
    sent = taken.of(Send)
    assert [(one.author, one.operator, one.message.text.plain) for one in sent] == [
        ("operator", "1", "Здравствуйте!")
    ]
    assert sent[0].to is None
    assert taken.ticket.first_reply_at == taken.now


def test_in_an_untaken_one_nothing_goes_the_bot_offers_two_buttons(talk: Talk) -> None:
    talk.operator("Здравствуйте!")
    assert talk.to_customer == []
    assert talk.labels() == ["Отправить и взять", "Это заметка"]


def test_send_and_take_does_both(talk: Talk) -> None:
    talk.operator("Здравствуйте!")
    talk.press("Отправить и взять")
    assert talk.to_customer == ["Здравствуйте!"]
    assert talk.ticket.owner_name == "Анна"
    assert talk.ticket.held_lines == ()


def test_it_is_a_note_keeps_it_from_the_customer(talk: Talk) -> None:
    talk.operator("Кажется, это тот самый клиент")
    talk.press("Это заметка")
    assert talk.to_customer == []
    notes = [one for one in talk.of(Send) if one.author == "note"]
    assert [one.message.text.plain for one in notes] == ["Кажется, это тот самый клиент"]
    assert talk.ticket.held_lines == ()


def test_a_button_that_was_shown_before_somebody_else_took_it_warns(talk: Talk) -> None:
    talk.operator("Здравствуйте!")
    offered = talk.button("Отправить и взять").payload
    talk.act("take", by=BORIS)
    talk.press_payload(offered)
    assert talk.to_customer == []
    assert "ведёт Борис" in talk.to_desk[0]
    talk.press("Всё равно отправить")
    assert talk.to_customer == ["Здравствуйте!"]
    assert talk.ticket.owner_name == "Борис"


def test_a_button_that_was_shown_before_the_ticket_was_closed_sends_nothing(talk: Talk) -> None:
    talk.operator("Здравствуйте!")
    offered = talk.button("Отправить и взять").payload
    talk.act("close", by=BORIS)
    talk.press_payload(offered)
    assert talk.to_customer == []
    assert talk.state() == "closed"
    assert talk.labels() == ["Открыть снова и отправить", "Это заметка"]


def test_a_line_that_was_held_back_does_not_reach_the_banned(talk: Talk) -> None:
    talk.operator("Здравствуйте!")
    offered = talk.button("Отправить и взять").payload
    talk.act("ban")
    for payload in (offered, offered.replace("send", "reopen_send")):
        talk.press_payload(payload)
        assert talk.to_customer == []
        assert "заблокирован" in talk.to_desk[0]


def test_a_line_of_a_filed_ticket_goes_out_while_another_one_holds_the_conversation() -> None:
    talk = Talk()
    talk.file()
    talk.operator("Запчасть пришла")
    offered = parse_press(talk.button("Отправить и взять").payload)
    filed = talk.ticket
    talk.handover()
    assert offered is not None
    outcome = desk.hear_operator(
        talk.conversation,
        OperatorActed("1", offered[1], offered[2], 12, operator_name="Анна"),
        business=talk.business,
        now=talk.now,
        numbers=talk.numbers,
        ticket=filed,
    )
    changes = [one.ticket for one in outcome.effects if isinstance(one, ChangeTicket)]
    assert [(one.number, one.owner, one.holds) for one in changes] == [(12, "1", False)]
    assert outcome.conversation.ticket == talk.ticket


def test_a_button_pressed_twice_sends_once(talk: Talk) -> None:
    talk.operator("Здравствуйте!")
    payload = talk.button("Отправить и взять").payload
    talk.press_payload(payload)
    talk.press_payload(payload)
    assert talk.to_customer == []
    assert "нет среди отложенных" in talk.to_desk[0]


@pytest.mark.parametrize(
    "words", ["// не отправлять", "//не отправлять", "  // не отправлять", "/note не отправлять",
              "/NOTE не отправлять", "/note@frontdesk_bot не отправлять", "/note\nне отправлять",
              "\u200b// не отправлять", "\ufeff/note не отправлять"]
)  # fmt: skip
def test_a_note_starts_with_slashes_or_note_and_never_leaves(taken: Talk, words: str) -> None:
    taken.operator(words)
    notes = taken.of(Send)
    assert [(one.author, one.message.text.plain) for one in notes] == [("note", "не отправлять")]
    assert notes[0].to is not None


def test_a_caption_that_starts_so_never_leaves(taken: Talk) -> None:
    photo = Attachment("photo", source="p1")
    taken.operator(Message(text=Text("// фото паспорта"), attachments=(photo,)))
    assert taken.to_customer == []
    (note,) = taken.of(Send)
    assert note.author == "note"
    assert note.message.attachments == (photo,)


@pytest.mark.parametrize(
    "words", ["/clsoe", "/closee решено", "/тест", "/", "/ привет", " /foo", "/5"]
)
def test_a_command_that_does_not_exist_never_leaves(taken: Talk, words: str) -> None:
    taken.operator(words)
    assert taken.to_customer == []
    assert "Нет такой команды" in taken.to_desk[0]


def test_an_edit_that_adds_the_mark_never_leaves(taken: Talk) -> None:
    line = taken.operator("Скидки не будет")
    taken.edit(line, "// скидки не будет")
    assert taken.to_customer == []
    assert "заметкой её не сделать" in taken.to_desk[0]


def test_an_edit_that_takes_away_the_mark_never_leaves(taken: Talk) -> None:
    line = taken.operator("// клиент скандальный")
    taken.edit(line, "клиент скандальный")
    assert taken.to_customer == []
    assert "Правка не отправлена" in taken.to_desk[0]


def test_an_edit_of_a_note_stays_a_note(taken: Talk) -> None:
    line = taken.operator("// клиент скандальный")
    taken.edit(line, "// клиент строгий")
    (edit,) = taken.of(Edit)
    assert (edit.key, edit.message.text.plain) == (f"note:{line}", "клиент строгий")
    assert edit.to is not None


def test_an_edit_into_a_command_never_leaves_and_does_nothing(taken: Talk) -> None:
    line = taken.operator("Готово")
    taken.edit(line, "/close")
    assert taken.to_customer == []
    assert taken.ticket.state == "taken"
    taken.operator("/take")
    taken.edit("m9", "/unknown")
    assert taken.to_customer == []


def test_the_operators_edit_edits_the_customers_message_where_the_channel_can(taken: Talk) -> None:
    line = taken.operator("Приходите в 9")
    key = taken.of(Send)[0].key
    taken.edit(line, "Приходите в 10")
    (edit,) = taken.of(Edit)
    assert (edit.key, edit.to, edit.message.text.plain) == (key, None, "Приходите в 10")


def test_else_it_sends_a_correction() -> None:
    assert not KINDS["email"].edit
    talk = Talk(kind="email")
    talk.handover()
    talk.press("Взять")
    line = talk.operator("Приходите в 9")
    talk.edit(line, "Приходите в 10")
    assert talk.to_customer == ["Исправление: Приходите в 10"]


def test_del_in_reply_deletes_where_the_channel_can(taken: Talk) -> None:
    first = taken.operator("Раз")
    taken.operator("Два")
    taken.act("del", first)
    assert taken.deleted == [Delete(key=f"reply:{first}")]
    taken.act("del", first)
    assert taken.deleted == []
    taken.operator("/del")
    assert len(taken.deleted) == 1
    mail = Talk(kind="email")
    mail.handover()
    mail.press("Взять")
    mail.operator("Раз")
    mail.operator("/del")
    assert mail.deleted == []
    assert "не умеет удалять" in mail.to_desk[0]


def test_a_line_that_is_held_back_can_be_edited_before_it_goes(talk: Talk) -> None:
    line = talk.operator("Здраствуйте")
    offered = talk.button("Отправить и взять").payload
    talk.edit(line, "Здравствуйте")
    assert talk.to_customer == []
    talk.press_payload(offered)
    assert talk.to_customer == ["Здравствуйте"]


def test_a_line_that_is_held_back_becomes_a_note_by_an_edit(talk: Talk) -> None:
    line = talk.operator("Странный клиент")
    offered = talk.button("Отправить и взять").payload
    talk.edit(line, "// Странный клиент")
    talk.press_payload(offered)
    assert talk.to_customer == []
    assert not [
        one for one in talk.sends if one.to is None and "Странный" in one.message.text.plain
    ]


def test_a_non_owners_reply_warns_first(taken: Talk) -> None:
    taken.operator("А я думаю иначе", by=BORIS)
    assert taken.to_customer == []
    assert "ведёт Анна с 12:00" in taken.to_desk[0]
    assert taken.labels() == ["Всё равно отправить", "Это заметка"]
    taken.press("Всё равно отправить", by=BORIS)
    assert taken.to_customer == ["А я думаю иначе"]
    assert taken.ticket.owner_name == "Анна"


def test_a_seniors_reply_may_take_over(taken: Talk) -> None:
    taken.operator("Дальше я", by=VERA, role="senior")
    assert taken.labels() == ["Всё равно отправить", "Забрать и отправить", "Это заметка"]
    taken.press("Забрать и отправить", by=VERA, role="senior")
    assert taken.to_customer == ["Дальше я"]
    assert taken.ticket.owner_name == "Вера"


def test_a_reply_into_a_closed_ticket_is_held_back_with_a_word(taken: Talk) -> None:
    taken.act("close")
    taken.operator("И ещё одно")
    assert taken.to_customer == []
    assert "закрыта" in taken.to_desk[0]
    taken.press("Открыть снова и отправить")
    assert taken.to_customer == ["И ещё одно"]
    assert (taken.ticket.number, taken.ticket.state, taken.conversation.held) == (12, "taken", True)


def test_a_line_for_a_ticket_closed_long_ago_goes_out_under_a_new_one(taken: Talk) -> None:
    taken.act("close")
    taken.wait(100 * HOUR)
    taken.operator("Ваш заказ готов")
    offered = taken.button("Открыть снова и отправить").payload
    taken.press_payload(offered)
    assert taken.to_customer == ["Ваш заказ готов"]
    assert taken.ticket.number == 13
    assert [one.ticket.held_lines for one in taken.of(ChangeTicket)] == [()]
    taken.press_payload(offered)
    assert taken.to_customer == []


def test_an_operator_may_write_first() -> None:
    talk = Talk()
    talk.operator("Ваш телефон готов")
    assert talk.to_customer == []
    assert not talk.conversation.held
    talk.press("Отправить и взять")
    assert talk.to_customer == ["Ваш телефон готов"]
    assert talk.conversation.held


def test_taking_a_filed_ticket_holds_nothing_but_a_reply_does() -> None:
    talk = Talk()
    talk.file(title="Ремонт")
    assert "Заявка №12: Ремонт" in talk.cards[0]
    talk.press("Взять")
    assert not talk.conversation.held
    talk.operator("Можно приходить")
    assert talk.to_customer == ["Можно приходить"]
    assert talk.conversation.held


def test_a_customers_words_in_an_operators_line_keep_their_formatting_without_the_mark(
    taken: Talk,
) -> None:
    marked = Text("// важно: звонить", (Span("bold", 3, 8),))
    taken.operator(Message(text=marked))
    (note,) = taken.of(Send)
    assert note.message.text == Text("важно: звонить", (Span("bold", 0, 5),))


def test_files_go_to_the_customer_without_buttons_of_the_desk(taken: Talk) -> None:
    voice = Attachment("voice", source="v1")
    taken.operator(Message(attachments=(voice,), buttons=((Button("x", "y"),),)))
    (sent,) = taken.of(Send)
    assert sent.message == Message(attachments=(voice,), signed="Анна")


def test_a_line_that_answers_a_message_answers_it_at_the_customers_side_too(taken: Talk) -> None:
    taken.operator(Message(text=Text("Да"), reply_to=5))
    (sent,) = taken.of(Send)
    assert sent.message.reply_to == 5
    taken.operator(Message(text=Text("Нет"), reply_to=6), by=BORIS)
    taken.press("Всё равно отправить", by=BORIS)
    (sent,) = taken.of(Send)
    assert sent.message.reply_to == 6
    taken.customer(MessageReceived(Message(text=Text("Спасибо"), reply_to=9)))
    assert [one.message.reply_to for one in taken.of(Send)] == [9]


def test_canned_replies_come_by_name_or_from_a_list_of_buttons() -> None:
    texts = {"адрес": say("Мы на Ленина, 1"), "2": say("Два")}
    talk = Talk(
        room=Room(replies=("2", "адрес"), reply=texts.get, answer={"цена": say("100 ₽")}.get)
    )
    talk.handover()
    talk.press("Взять")
    talk.operator("/r адрес")
    assert talk.to_customer == ["Мы на Ленина, 1"]
    talk.operator("/r 2")
    assert talk.to_customer == ["Два"]
    talk.operator("/r")
    talk.press("адрес")
    assert talk.to_customer == ["Мы на Ленина, 1"]
    talk.operator("/r нет")
    assert talk.to_customer == []
    talk.operator("/faq цена")
    assert talk.to_customer == ["100 ₽"]
    talk.operator("/faq доставка")
    assert talk.to_customer == []


def test_a_canned_reply_in_an_untaken_topic_is_held_back_too() -> None:
    talk = Talk(room=Room(replies=("адрес",), reply={"адрес": say("Мы на Ленина, 1")}.get))
    talk.handover()
    talk.operator("/r адрес")
    assert talk.to_customer == []
    talk.press("Отправить и взять")
    assert talk.to_customer == ["Мы на Ленина, 1"]


def test_an_empty_line_is_not_sent(taken: Talk) -> None:
    taken.operator("  ")
    assert taken.to_customer == []
    taken.operator("//")
    assert taken.to_customer == []
    assert "Пустая заметка" in taken.to_desk[0]


def test_lines_without_a_messengers_id_are_told_apart(talk: Talk) -> None:
    for words in ("один", "два"):
        talk._operator(OperatorReplied(ANNA[0], say(words), ANNA[1]), "operator")
    talk.press("Отправить и взять")
    assert talk.to_customer == ["два"]
    assert [line.message.text.plain for line in talk.ticket.held_lines] == ["один"]


def test_every_reply_is_in_the_record(taken: Talk) -> None:
    taken.operator("Здравствуйте!")
    assert [(one.operator, one.verb, one.ticket) for one in taken.of(Audit)] == [("1", "reply", 12)]
    taken.operator("Дальше я", by=VERA, role="senior")
    taken.press("Забрать и отправить", by=VERA, role="senior")
    assert [(one.operator, one.verb) for one in taken.of(Audit)] == [("3", "over"), ("3", "reply")]
