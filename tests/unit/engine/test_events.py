"""How flows begin by themselves, and events that are none of the dialog's business."""

import pytest

from bot.dialog.flow import Step
from bot.model.effect import CallAction
from bot.model.event import (
    ActionFinished,
    Happened,
    MessageDeleted,
    MessageEdited,
    ReactionChanged,
    TimerFired,
)
from bot.model.message import say
from tests.unit.engine.builder import Talk, a_flow, a_script, do, entry, option, slot

HELLO = a_flow(
    "привет",
    do.say("раз", "Здравствуйте!"),
    do.choose("меню", "Чем помочь?", option("форма"), option("вопрос")),
    events=("first_contact",),
    commands=("start", "menu"),
)
FORM = a_flow("форма", do.ask("имя", "Имя?"), phrases=("нужен ремонт",), commands=("form",))
READY = a_flow(
    "готов",
    do.say("раз", "Заказ {{ номер }} готов"),
    events=("webhook:ready",),
    slots=(slot("номер"),),
)
ASK = a_flow(
    "отзыв", do.ask("отзыв", "Как вам?"), do.say("раз", "Спасибо"), events=("ticket_closed",)
)
SCRIPT = a_script(HELLO, FORM, READY, ASK, faq=(entry("цена", "Сколько стоит ремонт?"),))


def test_the_first_message_that_says_nothing_sure_is_greeted_once() -> None:
    talk = Talk(SCRIPT)
    assert talk.user("добрый день").said == ["Здравствуйте!", "Чем помочь?"]
    assert talk.rules[0] == "first_contact"
    talk.user("отмена")
    assert talk.user("добрый день").said[0].startswith("Пока не понимаю")


def test_a_first_question_is_answered_and_then_greeted() -> None:
    assert Talk(SCRIPT).user("Сколько стоит ремонт?").said == [
        "Ответ: цена",
        "Здравствуйте!",
        "Чем помочь?",
    ]


def test_a_first_command_or_phrase_is_followed_at_once() -> None:
    assert Talk(SCRIPT).user("/start").said == ["Здравствуйте!", "Чем помочь?"]
    talk = Talk(SCRIPT)
    assert talk.user("нужен ремонт").said == ["Имя?"]
    assert talk.user("Анна").said == ["Принято."]


SPOKEN = a_flow(
    "слово", do.say("раз", "Добро пожаловать{{ start_argument }}!"), events=("first_contact",)
)
MENU = a_flow(
    "меню",
    do.choose("что", "Что нужно?", option("форма"), option("вопрос")),
    commands=("start", "menu"),
)


def test_a_greeting_that_only_speaks_comes_before_what_the_message_leads_to() -> None:
    script = a_script(SPOKEN, MENU, FORM, faq=(entry("цена", "Сколько стоит ремонт?"),))
    assert Talk(script).user("/start").said == ["Добро пожаловать!", "Что нужно?"]
    assert Talk(script).user("/start, Анна").said[0] == "Добро пожаловать!"
    assert Talk(script).user("/start в гости").said[0] == "Добро пожаловатьв гости!"
    assert Talk(script).user("нужен ремонт").said == ["Добро пожаловать!", "Имя?"]
    assert Talk(script).user("Сколько стоит ремонт?").said == ["Добро пожаловать!", "Ответ: цена"]
    talk = Talk(script).user("эники")
    assert talk.said == ["Добро пожаловать!"]
    assert talk.user("эники").said[0].startswith("Пока не понимаю")


def test_a_greeting_is_not_said_twice_where_the_command_is_its_own() -> None:
    both = a_flow(
        "оба", do.say("раз", "Здравствуйте!"), events=("first_contact",), commands=("start",)
    )
    assert Talk(a_script(both)).user("/start").said == ["Здравствуйте!"]
    assert Talk(a_script(both)).user("/start").user("/start").said == ["Здравствуйте!"]


def test_a_greeting_that_asks_answers_the_first_start() -> None:
    asks = a_flow("опрос", do.ask("откуда", "Откуда вы о нас знаете?"), events=("first_contact",))
    talk = Talk(a_script(asks, MENU, FORM))
    assert talk.user("/start").said == ["Откуда вы о нас знаете?"]
    assert talk.user("/start").said == ["Что нужно?"]
    assert Talk(a_script(asks, MENU, FORM)).user("/form").said == ["Имя?"]


def test_the_event_itself_greets_too_and_once() -> None:
    talk = Talk(SCRIPT).hear(Happened("first_contact"))
    assert talk.said == ["Здравствуйте!", "Чем помочь?"]
    assert talk.hear(Happened("first_contact")).said == []


def test_an_event_begins_its_flow_with_what_it_brings() -> None:
    talk = Talk(SCRIPT).hear(Happened("webhook:ready", {"номер": "А1", "лишнее": 1}))
    assert talk.said == ["Заказ А1 готов"]
    assert talk.slots == {"номер": "А1"}


def test_in_the_middle_of_a_form_the_question_comes_again() -> None:
    talk = Talk(SCRIPT).user("/form").hear(Happened("webhook:ready", {"номер": "А1"}))
    assert talk.said == ["Заказ А1 готов", "Имя?"]


def test_a_flow_after_the_ticket_is_closed() -> None:
    talk = Talk(SCRIPT).hear(Happened("ticket_closed"))
    assert talk.said == ["Как вам?"]
    assert talk.user("Хорошо").said == ["Спасибо"]


def test_an_event_that_nobody_waits_for_is_not_ours() -> None:
    talk = Talk(SCRIPT).hear(Happened("webhook:other"))
    assert talk.outcome is not None
    assert not talk.outcome.heard


def test_an_edit_of_what_was_answered_is_not_run_again() -> None:
    talk = Talk(SCRIPT).user("/form")
    before = talk.conversation
    assert talk.hear(MessageEdited("1", say("Анна"))).said == []
    assert talk.rules == ["edited"]
    assert talk.conversation == before


def test_who_corrects_an_answer_by_an_edit_is_told_that_the_first_one_counts() -> None:
    form = a_flow("форма", do.ask("имя", "Имя?"), do.ask("город", "Город?"))
    talk = Talk(a_script(form)).start("форма").user("Ана")
    talk.hear(MessageEdited("1", say("Анна")))
    assert talk.slots == {"имя": "Ана"}
    assert len(talk.said) == 1
    assert "записано то, что было сначала" in talk.said[0]
    assert talk.said[0].endswith("Город?")


def test_other_events_are_none_of_our_business() -> None:
    for event in (MessageDeleted("1"), ReactionChanged("1", "+"), TimerFired("desk:sla")):
        talk = Talk(SCRIPT).hear(event)
        assert talk.outcome is not None
        assert not talk.outcome.heard
        assert talk.effects == ()


def test_a_flow_may_be_begun_from_outside() -> None:
    flow = a_flow("форма", do.ask("имя", "Имя?"), do.say("раз", "{{ имя }}"))
    assert Talk(a_script(flow)).start("форма", имя="Анна").said == ["Анна"]
    assert Talk(a_script(flow)).start("нет такой").said == []


def test_what_people_left_behind_does_not_come_back_after_an_event() -> None:
    left = a_flow("сбой", do.handoff("раз", "Сбой"), do.ask("ещё", "Ещё?"), commands=("help",))
    talk = Talk(a_script(left, ASK)).user("/help").hear(Happened("ticket_closed"))
    assert talk.said == ["Как вам?"]
    assert talk.user("Хорошо").said == ["Спасибо"]
    assert talk.conversation.dialog.stack == ()


@pytest.mark.parametrize("last", [(), (do.end("прочитано"),)])
def test_a_call_that_waits_below_is_not_made_again_when_the_flow_above_ends(
    last: tuple[Step, ...],
) -> None:
    order = a_flow("заказ", do.http("запрос", "https://a.ru"), do.say("всё", "Всё"))
    news = a_flow("новость", do.say("раз", "Новость"), *last, events=("ticket_closed",))
    talk = Talk(a_script(order, news)).start("заказ")
    call = talk.got(CallAction)[0]
    talk.hear(Happened("ticket_closed", {}))
    assert (talk.said, talk.got(CallAction)) == (["Новость"], [])
    assert talk.hear(ActionFinished(call.id, ok=True, result={})).said == ["Всё"]
