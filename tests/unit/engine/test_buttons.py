"""Presses: current ones, stale ones, foreign ones."""

import pytest

from bot.model.event import ButtonPressed
from tests.unit.engine.builder import Talk, a_flow, a_script, button, do, entry, option

FORM = a_flow(
    "форма",
    do.choose("цвет", "Цвет?", option("белый"), option("чёрный"), save="цвет"),
    do.ask("имя", "Имя?", optional="Пропустить"),
    do.choose("верно", "Верно?", option("белый"), option("нет", target="цвет")),
    commands=("form",),
)
MENU = a_flow(
    "меню", do.choose("меню", "Что нужно?", option("форма"), option("вопрос")), commands=("menu",)
)
SCRIPT = a_script(FORM, MENU, faq=(entry("цена", "Сколько стоит ремонт?", topic="Цены"),))


def test_a_press_takes_its_option() -> None:
    talk = Talk(SCRIPT).user("/form").tap("чёрный")
    assert talk.said == ["Имя?"]
    assert talk.slots == {"цвет": "чёрный"}


def test_a_press_of_an_older_question_says_so_and_the_current_question_comes_again() -> None:
    talk = Talk(SCRIPT).user("/form").tap("чёрный")
    old = talk.button("чёрный").payload
    assert talk.hear(ButtonPressed(old, "чёрный")).said == ["Эта кнопка от прошлого вопроса.\nИмя?"]
    assert talk.rules == ["stale_button"]
    assert talk.slots == {"цвет": "чёрный"}


def test_an_earlier_visit_of_the_same_step_is_stale_too() -> None:
    talk = Talk(SCRIPT).user("/form")
    old = talk.button("белый").payload
    talk.tap("чёрный").tap("Пропустить").tap("нет")
    assert talk.said == ["Цвет?"]
    assert talk.hear(ButtonPressed(old)).said == ["Эта кнопка от прошлого вопроса.\nЦвет?"]


def test_a_question_asked_again_keeps_its_older_buttons() -> None:
    talk = Talk(SCRIPT).user("/form")
    old = talk.button("белый").payload
    talk.user("Сколько стоит ремонт?")
    assert talk.hear(ButtonPressed(old)).said == ["Имя?"]


def test_a_stale_press_outside_a_flow_shows_the_menu() -> None:
    talk = Talk(SCRIPT).user("/form")
    old = talk.button("белый").payload
    talk.user("отмена")
    assert talk.hear(ButtonPressed(old)).said == ["Эта кнопка от прошлого вопроса.", "Что нужно?"]


def test_the_menu_button_works_at_any_time() -> None:
    talk = Talk(SCRIPT).user("отмена").tap("Меню")
    assert talk.said == ["Что нужно?"]


@pytest.mark.parametrize(
    "payload",
    ["", "x", "1.2.3", "9" * 50, "\0", "-1.aaaaaaaa.bbbbbbbb", "²." + "a" * 8 + "." + "b" * 8],
)
def test_a_foreign_payload_with_a_label_is_read_as_its_label(payload: str) -> None:
    talk = Talk(SCRIPT).user("/form")
    assert talk.hear(ButtonPressed(payload, "белый")).said == ["Имя?"]
    assert talk.hear(ButtonPressed(payload)).said == ["Эта кнопка от прошлого вопроса.\nИмя?"]


def test_payloads_are_short_ascii_whatever_things_are_named() -> None:
    flow = a_flow("ф" * 200, do.choose("ш" * 200, "Что?", option("к" * 200), option("два")))
    talk = Talk(a_script(flow)).start("ф" * 200)
    payload = talk.messages[0].buttons[0][0].payload
    assert payload.isascii()
    assert len(payload) <= 40


def test_buttons_under_a_text_lead_on_until_the_next_question_is_answered() -> None:
    flow = a_flow(
        "форма",
        do.say(
            "привет",
            "Здравствуйте",
            buttons=(button("Сразу в конец", target="конец"), button("Форма", call="форма2")),
        ),
        do.ask("имя", "Имя?"),
        do.ask("город", "Город?"),
        do.end("готово", "Конец", id="конец"),
    )
    other = a_flow("форма2", do.say("раз", "Другая"))
    script = a_script(flow, other)
    assert Talk(script).start("форма").tap("Сразу в конец").said == ["Конец"]
    late = Talk(script).start("форма").user("Анна")
    assert late.tap("Сразу в конец").said == ["Эта кнопка от прошлого вопроса.\nГород?"]
    assert late.tap("Форма").said[0].startswith("Сейчас заполняется")
    ended = late.tap("Да")
    assert ended.said == ["Другая"]
    assert ended.tap("Форма").said == ["Другая"]


def test_yes_and_no_of_an_older_question_of_ours_are_stale() -> None:
    talk = Talk(SCRIPT).user("/form").tap("белый").user("/menu")
    yes = talk.button("Да").payload
    talk.tap("Нет")
    assert talk.hear(ButtonPressed(yes)).said == ["Эта кнопка от прошлого вопроса.\nИмя?"]


def test_an_option_pressed_while_we_ask_something_else_is_taken() -> None:
    talk = Talk(SCRIPT).user("/form").tap("белый").user("/menu")
    assert talk.tap("Пропустить").said == ["Верно?"]
    assert talk.conversation.dialog.pending is None
