"""The script changes while people are inside."""

from typing import Any

import msgspec

from bot.dialog.flow import Step
from bot.dialog.script import Script
from bot.model.event import ButtonPressed, TimerFired
from tests.unit.engine.builder import MINUTE, Talk, a_flow, a_script, do, entry, option

MENU = a_flow(
    "меню", do.choose("меню", "Что нужно?", option("форма"), option("вопрос")), commands=("menu",)
)
FAQ = (entry("цена", "Сколько стоит ремонт?"),)


def version(*steps: Step, **given: Any) -> Script:
    return a_script(a_flow("форма", *steps, commands=("form",), **given), MENU, faq=FAQ)


NAME = do.ask("имя", "Имя?")
CITY = do.ask("город", "Город?", remind=[(MINUTE, "Ау")])
FIRST = version(NAME, CITY)


def at_city() -> Talk:
    return Talk(FIRST).user("/form").user("Анна")


def test_the_same_step_with_the_same_shape_moves_to_the_new_version_at_once() -> None:
    talk = at_city()
    talk.reload(version(NAME, CITY, do.say("новое", "Спасибо, {{ имя }}")))
    assert talk.user("Тверь").said == ["Спасибо, Анна"]


def test_a_changed_shape_asks_the_new_question_and_keeps_the_slots() -> None:
    talk = at_city()
    talk.reload(
        version(
            NAME, do.ask("город", "Из какого вы города, {{ имя }}?"), do.say("раз", "{{ город }}")
        )
    )
    assert talk.user("Тверь").said == [
        "Пока вы думали, мы изменили этот вопрос.\nИз какого вы города, Анна?"
    ]
    assert talk.rules == ["changed"]
    assert talk.user("Тверь").said == ["Тверь"]


def test_words_commands_and_the_faq_are_heard_at_a_changed_question() -> None:
    changed = version(NAME, do.ask("город", "Какой город?"))
    for words, said in (("отмена", "Хорошо, отменил."), ("Сколько стоит ремонт?", "Ответ: цена")):
        talk = at_city()
        talk.reload(changed)
        assert talk.user(words).said[0] == said


def test_a_press_under_the_old_question_shows_the_new_one() -> None:
    before = version(
        do.choose("цвет", "Цвет?", option("белый"), option("чёрный"), save="цвет"), NAME
    )
    talk = Talk(before).user("/form")
    talk.reload(
        version(do.choose("цвет", "Какой?", option("белый"), option("синий"), save="цвет"), NAME)
    )
    talk.tap("белый")
    assert talk.said == ["Пока вы думали, мы изменили этот вопрос.\nКакой?"]
    assert talk.tap("белый").said == ["Имя?"]


def test_a_step_that_is_gone_is_told_and_the_first_unfilled_question_asked() -> None:
    talk = at_city()
    talk.reload(version(NAME, do.ask("улица", "Улица?"), do.ask("дом", "Дом?")))
    assert talk.user("Тверь").said == ["Этот вопрос мы больше не задаём.", "Улица?"]
    assert talk.slots == {"имя": "Анна"}


def test_with_nothing_left_to_ask_the_menu_is_shown() -> None:
    talk = at_city()
    talk.reload(version(NAME, do.say("раз", "Спасибо")))
    assert talk.user("Тверь").said == ["Этот вопрос мы больше не задаём.", "Что нужно?"]


def test_a_flow_that_is_gone_shows_the_menu() -> None:
    talk = at_city()
    talk.reload(a_script(MENU))
    assert talk.user("Тверь").said == ["Этот вопрос мы больше не задаём.", "Что нужно?"]
    talk = at_city()
    talk.reload(a_script(a_flow("другой", do.say("раз", "x"))))
    assert talk.user("Тверь").said == ["Этот вопрос мы больше не задаём."]
    assert talk.labels == ["Позвать человека"]


def test_a_flow_may_begin_anew_when_its_question_changed() -> None:
    talk = at_city()
    talk.reload(version(NAME, do.ask("город", "Какой город?"), on_update="restart"))
    assert talk.user("Тверь").said == ["Пока вы думали, мы изменили этот вопрос.", "Имя?"]
    assert talk.slots == {}


def test_a_caller_whose_step_is_gone_is_told_when_it_comes_back() -> None:
    outer = a_flow("внешний", do.call("вызов", "форма"), do.ask("ещё", "Ещё?"), commands=("out",))
    inner = a_flow("форма", NAME, CITY)
    talk = Talk(a_script(outer, inner, MENU)).user("/out").user("Анна")
    talk.reload(a_script(a_flow("внешний", do.ask("другое", "Другое?")), inner, MENU))
    assert talk.user("Тверь").said == ["Этот вопрос мы больше не задаём.", "Другое?"]


def test_timers_and_presses_of_what_is_gone_do_no_harm() -> None:
    talk = at_city()
    visit = talk.conversation.dialog.stack[0].visit
    talk.reload(a_script(MENU))
    assert talk.hear(TimerFired("remind:0", visit)).said == []
    assert talk.hear(ButtonPressed("1.aaaaaaaa.bbbbbbbb")).said == [
        "Этот вопрос мы больше не задаём.",
        "Что нужно?",
    ]


def test_the_script_that_the_stack_was_left_by_is_kept() -> None:
    talk = at_city()
    assert talk.conversation.dialog.script == talk.script.hash


def test_a_script_with_other_flows_has_plans_of_its_own() -> None:
    assert FIRST.prepared is FIRST.prepared
    other = msgspec.structs.replace(FIRST, flows={"меню": MENU})
    assert set(other.prepared.plans) == {"меню"}
    assert set(FIRST.prepared.plans) == {"форма", "меню"}
