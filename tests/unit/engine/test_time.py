"""Reminders, and steps that wait for a time."""

import datetime

import msgspec
import pytest

from bot.dialog.steps.wait import due
from bot.model.effect import CancelTimer, SetTimer
from bot.model.event import TimerFired
from tests.unit.engine.builder import (
    HOUR,
    MINUTE,
    MONDAY,
    Talk,
    a_flow,
    a_script,
    do,
    entry,
    option,
)

PRICE = entry("цена", "Сколько стоит ремонт?")
FORM = a_flow(
    "форма",
    do.ask(
        "имя", "Имя?", remind=[(15 * MINUTE, "Вы ещё здесь?"), (24 * HOUR, "Отложил.", "брошена")]
    ),
    do.ask("город", "Город?"),
    commands=("form",),
)
OTHER = a_flow("другой", do.ask("что", "Что?"), commands=("other",), phrases=("другое",))


def form() -> Talk:
    return Talk(a_script(FORM, OTHER, faq=(PRICE,))).user("/form")


def timers(talk: Talk) -> list[tuple[str, int]]:
    return [(timer.name, timer.due - talk.now) for timer in talk.got(SetTimer)]


def test_reminders_are_set_when_the_question_is_asked() -> None:
    talk = form()
    assert timers(talk) == [("remind:0", 15 * MINUTE), ("remind:1", 24 * HOUR)]
    assert {timer.visit for timer in talk.got(SetTimer)} == {
        talk.conversation.dialog.stack[0].visit
    }


def test_a_reminder_says_its_text_and_the_question_waits_on() -> None:
    talk = form().timer("remind:0")
    assert talk.said == ["Вы ещё здесь?"]
    assert talk.user("Анна").said == ["Город?"]


def test_the_last_reminder_ends_the_flow_with_its_label() -> None:
    talk = form().timer("remind:1")
    assert talk.said == ["Отложил."]
    assert talk.conversation.dialog.ended == "брошена"
    assert talk.conversation.dialog.stack == ()


def test_reminders_count_anew_from_the_customers_last_message() -> None:
    talk = form()
    talk.now += 10 * MINUTE
    talk.user("Сколько стоит ремонт?")
    assert timers(talk) == [("remind:0", 15 * MINUTE), ("remind:1", 24 * HOUR)]


def test_leaving_the_step_cancels_its_reminders() -> None:
    talk = form().user("Анна")
    assert talk.got(CancelTimer) == [CancelTimer("remind:")]
    assert timers(talk) == []
    assert form().user("отмена").got(CancelTimer) == [CancelTimer("remind:")]


def test_a_late_timer_of_a_step_already_left_does_nothing() -> None:
    talk = form()
    visit = talk.conversation.dialog.stack[0].visit
    talk.user("Анна")
    before = talk.conversation
    assert talk.hear(TimerFired("remind:0", visit)).said == []
    assert talk.conversation == before


def test_nothing_fires_once_people_have_the_conversation() -> None:
    talk = form()
    visit = talk.conversation.dialog.stack[0].visit
    assert talk.user("оператор").got(CancelTimer) == [CancelTimer("remind:")]
    assert talk.hear(TimerFired("remind:0", visit)).said == []
    assert timers(talk.resume()) == [("remind:0", 15 * MINUTE), ("remind:1", 24 * HOUR)]


# wait


def waiting(**given: object) -> Talk:
    flow = a_flow(
        "забота",
        do.ask("имя", "Имя?"),
        do.wait("пауза", **(given or {"duration": 2 * HOUR})),
        do.say("потом", "{{ имя }}, как дела?"),
        blocks=(do.say("сразу", "Раз вы здесь", next="потом"),),
    )
    return Talk(a_script(flow, OTHER, faq=(PRICE,))).start("забота").user("Анна")


def due_visit(talk: Talk) -> TimerFired:
    frame = talk.conversation.dialog.stack[0]
    return TimerFired(f"wait:{frame.visit}", frame.visit)


def test_a_wait_goes_on_when_the_time_is_up() -> None:
    talk = waiting()
    assert timers(talk)[0][1] == 2 * HOUR
    assert talk.hear(due_visit(talk)).said == ["Анна, как дела?"]


def test_the_customer_is_not_left_without_a_word_when_a_wait_begins() -> None:
    assert waiting().said == ["Принято."]


def test_a_message_meanwhile_is_answered_as_outside_a_flow_and_the_wait_goes_on() -> None:
    talk = waiting()
    assert talk.user("Сколько стоит ремонт?").said == ["Ответ: цена"]
    assert talk.user("эники").said[0].startswith("Пока не понимаю")
    assert talk.hear(due_visit(talk)).said == ["Анна, как дела?"]


def test_a_flow_begun_meanwhile_stands_above_the_wait() -> None:
    talk = waiting().user("другое")
    assert talk.said == ["Что?"]
    assert talk.hear(due_visit(talk)).said == []
    assert talk.user("это").said == ["Анна, как дела?"]


def test_a_question_above_that_nobody_answered_for_long_gives_way_to_the_wait() -> None:
    talk = waiting().user("другое")
    talk.now += 31 * MINUTE
    assert talk.hear(due_visit(talk)).said == ["Анна, как дела?"]
    assert talk.conversation.dialog.stack == ()


def test_a_form_above_in_which_something_was_answered_is_finished_first() -> None:
    form = a_flow("анкета", do.ask("город", "Город?"), do.ask("дом", "Дом?"), commands=("form",))
    flow = a_flow("забота", do.wait("пауза", duration=2 * HOUR), do.say("потом", "Как дела?"))
    talk = Talk(a_script(flow, form)).start("забота").user("/form").user("Тверь")
    talk.now += 3 * HOUR
    assert talk.hear(due_visit(talk)).said == []
    assert talk.user("5").said == ["Как дела?"]


def test_when_the_flow_above_ends_first_the_wait_goes_on() -> None:
    talk = waiting().user("/other").user("это")
    assert talk.said == ["Принято."]
    assert talk.hear(due_visit(talk)).said == ["Анна, как дела?"]


def test_on_message_ends_the_wait() -> None:
    talk = waiting(duration=HOUR, on_message="сразу")
    late = due_visit(talk)
    assert talk.user("ау").said == ["Раз вы здесь", "Анна, как дела?"]
    assert talk.hear(late).said == []


def test_a_wait_that_was_over_while_people_had_the_conversation_goes_on_at_once() -> None:
    talk = waiting().user("оператор")
    talk.now += HOUR
    assert timers(talk.resume())[0][1] == HOUR
    talk.user("оператор")
    talk.now += 3 * HOUR
    assert talk.resume().said == ["Анна, как дела?"]


def at(text: str) -> int:
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    "since, expected",
    [
        ("2026-06-08T08:00+03:00", "2026-06-08T09:00+03:00"),
        ("2026-06-08T09:00+03:00", "2026-06-09T09:00+03:00"),
        ("2026-06-08T23:59+03:00", "2026-06-09T09:00+03:00"),
    ],
)
def test_until_is_the_next_such_hour_on_the_wall(since: str, expected: str) -> None:
    step = do.wait("x", until=9 * 60)
    assert due(step, at(since), "Europe/Moscow") == at(expected)


def test_until_knows_the_nights_when_clocks_change() -> None:
    step = do.wait("x", until=9 * 60)
    assert due(step, at("2026-03-28T20:00+01:00"), "Europe/Berlin") == at("2026-03-29T09:00+02:00")
    assert due(step, at("2026-10-24T20:00+02:00"), "Europe/Berlin") == at("2026-10-25T09:00+01:00")


def test_the_time_is_what_the_frame_was_asked_at() -> None:
    talk = waiting()
    frame = talk.conversation.dialog.stack[0]
    assert frame.asked_at == MONDAY
    assert msgspec.json.decode(msgspec.json.encode(frame))["asked_at"] == MONDAY


def test_a_choice_may_remind_too() -> None:
    flow = a_flow("форма", do.choose("что", "Что?", option("раз"), remind=[(MINUTE, "Ау")]))
    assert Talk(a_script(flow)).start("форма").timer("remind:0").said == ["Ау"]


def test_cancel_and_the_last_reminder_leave_a_wait_below_alone() -> None:
    talk = waiting().user("другое").user("отмена")
    assert [frame.flow for frame in talk.conversation.dialog.stack] == ["забота"]
    assert talk.hear(due_visit(talk)).said == ["Анна, как дела?"]
    assert waiting().user("отмена").conversation.dialog.stack == ()
