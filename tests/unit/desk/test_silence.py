"""While a ticket holds the conversation: the relay, and three notices, each once."""

import pytest

from bot import desk
from bot.model.abilities import TELEGRAM
from bot.model.effect import Send
from bot.model.event import (
    AttachmentFetched,
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    DeliveryFailed,
    Happened,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    TimerFired,
)
from bot.model.hours import parse_hours
from bot.model.message import Attachment, Button, Contact, Location, Message, say
from bot.model.text import Span, Text
from tests.unit.desk.room_of_tests import DAY, HOUR, MINUTE, NOON, OFFICE, Talk, at


def test_the_bot_is_silent_and_the_line_is_relayed_whole() -> None:
    talk = Talk()
    talk.handover()
    spans = (Span("bold", 0, 3),)
    message = Message(
        text=Text("Мой адрес", spans),
        attachments=(Attachment("photo", source="p"), Attachment("video", source="v")),
        location=Location(55.7, 37.6),
        contact=Contact("+79123456789", own=True),
    )
    talk.customer(MessageReceived(message))
    (line,) = talk.of(Send)
    assert (line.message, line.author) == (message, "customer")
    assert line.to == desk.address(7)


@pytest.mark.parametrize(
    "event,told",
    [
        (ButtonPressed("step:3:да", "Да"), "нажал кнопку «Да»"),
        (MessageEdited("m1", say("Не в 9, а в 10")), "исправил сообщение: Не в 9, а в 10"),
        (MessageDeleted("m1"), "удалил"),
        (ReactionChanged("m1", "👍"), "👍"),
        (CustomerBlocked(), "запретил"),
        (CustomerUnblocked(), "снова разрешил"),
        (DeliveryFailed(5, "чат не найден"), "Клиенту не доставлено: чат не найден"),
        (DeliveryFailed(5, "прошли сутки", kind="edit"), "Правка до клиента не дошла: прошли"),
        (DeliveryFailed(5, "прошли сутки", kind="delete"), "строка осталась у него: прошли"),
        (DeliveryFailed(5, "велик", channel="operators"), "удалось показать здесь: велик"),
        (AttachmentFetched("p", problem="больше 20 МБ"), "больше 20 МБ"),
    ],
)
def test_what_the_customer_does_is_told_to_operators_in_words(event: object, told: str) -> None:
    talk = Talk()
    talk.handover()
    talk.customer(event)  # type: ignore[arg-type]
    assert talk.to_customer == []
    (line,) = talk.to_desk
    assert told in line


@pytest.mark.parametrize("event", [MessageEdited("m1", say("иначе")), MessageDeleted("m1")])
def test_a_change_of_the_customers_names_the_message_that_it_belongs_under(
    event: MessageEdited | MessageDeleted,
) -> None:
    talk = Talk()
    talk.handover()
    talk.customer(event)
    assert [one.key for one in talk.of(Send)] == ["changed:m1"]


def test_a_fetched_file_and_the_outside_say_nothing() -> None:
    talk = Talk()
    talk.handover()
    talk.customer(AttachmentFetched("p", digest="00"))
    assert talk.effects == ()
    talk.customer(Happened("webhook:заказ"))
    assert talk.effects == ()


def test_a_line_to_operators_that_fails_starts_no_circle() -> None:
    talk = Talk()
    talk.handover()
    talk.press("Взять")
    failed = DeliveryFailed(5, "чат не найден")
    talk.customer(failed)
    assert len(talk.to_desk) == 1
    talk.customer(failed)
    assert talk.to_desk == []
    talk.operator("Попробую ещё раз")
    talk.customer(failed)
    assert len(talk.to_desk) == 1


def test_a_conversation_that_nothing_holds_is_none_of_the_desks_business() -> None:
    talk = Talk()
    talk.customer("Привет")
    assert not talk.outcome.handled
    talk.file()
    talk.customer("Привет")
    assert not talk.outcome.handled


def test_the_banned_are_not_heard() -> None:
    talk = Talk()
    talk.handover()
    talk.act("ban")
    talk.handover()
    talk.customer("Ау")
    assert talk.effects == ()


# the off-hours notice


@pytest.mark.parametrize(
    "now,when",
    [
        ("2026-06-10T13:10", "сегодня в 14:00"),
        ("2026-06-10T03:00", "сегодня в 9:00"),
        ("2026-06-10T19:00", "завтра в 9:00"),
        ("2026-06-05T20:00", "в понедельник, 8 июня, в 9:00"),
        ("2026-12-31T19:30", "завтра в 9:00"),
    ],
)
def test_off_hours_the_customer_is_told_when_people_are_back(now: str, when: str) -> None:
    talk = Talk(hours=OFFICE, now=at(now))
    talk.handover()
    assert talk.to_customer == [f"Сейчас никого нет. Ответим {when}."]


def test_the_promise_in_english() -> None:
    talk = Talk(hours=OFFICE, now=at("2026-06-05T20:00"), language="en")
    talk.handover()
    assert talk.to_customer == ["Nobody is here now. We will answer on Monday, 8 June, at 9:00."]


def test_without_any_hours_nothing_is_promised() -> None:
    talk = Talk(hours=parse_hours({}, timezone="Europe/Moscow"))
    talk.handover()
    assert talk.to_customer == ["Сейчас никого нет. Ответим, как только сможем."]


def test_the_flows_own_words_come_instead_of_ours() -> None:
    talk = Talk(hours=OFFICE)
    talk.handover(say=Text("Зову мастера"), offline=Text("Мастер спит"))
    assert talk.to_customer == ["Зову мастера"]
    night = Talk(hours=OFFICE, now=at("2026-06-10T23:00"))
    night.handover(say=Text("Зову мастера"), offline=Text("Мастер спит"))
    assert night.to_customer == ["Мастер спит"]
    promised = Talk(hours=OFFICE, now=at("2026-06-10T23:00"))
    promised.handover(say=Text("Зову мастера"))
    assert promised.to_customer == ["Сейчас никого нет. Ответим завтра в 9:00."]


def test_a_queue_has_hours_of_its_own() -> None:
    from bot.model.business import Queue

    talk = Talk(queues=(Queue("ночная", "Ночная", hours=OFFICE),), now=at("2026-06-10T23:00"))
    talk.handover()
    assert "завтра в 9:00" in talk.to_customer[0]


def test_the_off_hours_notice_comes_once() -> None:
    talk = Talk(hours=OFFICE, now=at("2026-06-10T18:55"))
    talk.handover()
    assert talk.to_customer == ["Зову оператора. Ответим здесь же."]
    talk.wait(10 * MINUTE)
    talk.customer("Вы здесь?")
    assert talk.to_customer == ["Сейчас никого нет. Ответим завтра в 9:00."]
    talk.customer("Ау")
    assert talk.to_customer == []
    talk.wait(DAY)
    talk.customer("Ау")
    assert talk.to_customer == []


def test_nobody_is_told_that_nobody_is_here_while_a_person_answers() -> None:
    talk = Talk(hours=OFFICE, now=at("2026-06-10T18:55"))
    talk.handover()
    talk.press("Взять")
    talk.wait(10 * MINUTE)
    talk.operator("Задержусь и отвечу")
    talk.customer("Спасибо!")
    assert talk.to_customer == []
    talk.wait(HOUR)
    talk.customer("И ещё вопрос")
    assert talk.to_customer == ["Сейчас никого нет. Ответим завтра в 9:00."]


# the place in the queue


def test_a_waiting_customer_can_be_told_the_place_in_the_queue_once() -> None:
    talk = Talk(place_in_queue=True)
    talk.handover(place=3)
    assert talk.to_customer == ["Зову оператора. Ответим здесь же.", "Перед вами в очереди: 3."]
    talk.customer("Долго?", place=1)
    assert talk.to_customer == []
    first = Talk(place_in_queue=True)
    first.handover()
    first.customer("Долго?", place=0)
    assert first.to_customer == ["Вы следующий в очереди."]


def test_the_place_is_not_told_to_who_did_not_ask_for_it_or_is_already_answered() -> None:
    quiet = Talk(place_in_queue=False)
    quiet.handover(place=3)
    assert len(quiet.to_customer) == 1
    talk = Talk(place_in_queue=True)
    talk.handover()
    talk.press("Взять")
    talk.customer("Долго?", place=2)
    assert talk.to_customer == []


# the operators cannot be reached


def test_customers_are_told_once_that_operators_cannot_be_reached() -> None:
    talk = Talk()
    talk.handover(reachable=False)
    assert len(talk.to_customer) == 2
    assert "не на связи" in talk.to_customer[1]
    talk.customer("Ау", reachable=False)
    assert talk.to_customer == []
    assert talk.to_desk == ["Ау"]


def test_a_timer_can_tell_it_too() -> None:
    talk = Talk()
    talk.handover()
    for said in (1, 0):
        outcome = desk.hear_timer(
            talk.conversation, TimerFired("desk:unreachable"), business=talk.business, now=NOON
        )
        talk.conversation = outcome.conversation
        assert len([one for one in outcome.effects if isinstance(one, Send)]) == said


def test_the_phrases_are_the_businesss_own_where_it_has_some() -> None:
    talk = Talk(texts={"desk_called": "Ща"})
    talk.handover()
    assert talk.to_customer == ["Ща"]


def test_a_customers_words_are_never_taken_for_a_place_in_a_phrase() -> None:
    talk = Talk()
    talk.handover()
    talk.customer(MessageEdited("m1", say("{number} {owner} {text} {0} %s")))
    assert talk.to_desk == ["Клиент исправил сообщение: {number} {owner} {text} {0} %s"]


def test_buttons_of_the_customers_forwarded_message_do_not_reach_the_desk() -> None:
    talk = Talk()
    talk.handover()
    talk.customer(MessageReceived(say("Жми", (Button("x", "t:12:close"),))))
    (line,) = talk.of(Send)
    assert line.message.buttons == ()
    assert TELEGRAM.buttons


def test_a_bare_relay_is_there_for_when_all_else_has_failed() -> None:
    talk = Talk()
    (line,) = desk.relayed(talk.conversation, say("Помогите"))
    assert isinstance(line, Send)
    assert line.to == desk.address(7)
    assert desk.relayed(talk.conversation, None) == ()
