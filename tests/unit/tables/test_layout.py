"""Options become rows of buttons, or numbers in the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialog.layout import lay_out
from bot.model.abilities import CONSOLE, EMAIL, KINDS, TELEGRAM, VK, Abilities
from bot.model.message import Button
from bot.model.text import Span, Text, utf16_length

ASK = Text("Что?", (Span("bold", 0, 3),))


def buttons(*labels: str) -> list[Button]:
    return [Button(label, f"o:1:{number}") for number, label in enumerate(labels)]


@pytest.mark.parametrize(
    "labels, columns, widths",
    [
        (["да", "нет"], 0, [2]),
        (["да", "нет"], 1, [1, 1]),
        (["Всё верно", "Исправить", "Отмена", "Ещё"], 0, [3, 1]),
        (["✅ Всё верно!", "Исправить"], 0, [2]),
        (["Замена экрана и стекла", "Другое"], 0, [1, 1]),
        (["a", "b", "c", "d"], 2, [2, 2]),
        (["a"] * 5, 20, [5]),
    ],
)
def test_buttons_stand_in_rows(labels: list[str], columns: int, widths: list[int]) -> None:
    message = lay_out(ASK, TELEGRAM, buttons(*labels), columns=columns)
    assert [len(row) for row in message.buttons] == widths
    assert message.text == ASK


def test_buttons_beside_stand_below_in_rows_of_their_own() -> None:
    share, skip = Button("Мой номер", share="phone"), Button("Пропустить", "s:1:0")
    message = lay_out(ASK, TELEGRAM, buttons("a", "b"), [share, skip])
    assert message.buttons[1:] == ((share,), (skip,))
    assert lay_out(ASK, VK, (), [share, skip]).buttons == ((skip,),)


def test_options_are_numbered_where_there_are_no_buttons() -> None:
    beside = [
        Button("Мой номер", share="phone"),
        Button("Где я", share="location"),
        Button("Пропустить", "s:1:0"),
        Button("Сайт", url="https://x.ru"),
    ]
    message = lay_out(ASK, EMAIL, buttons("Имя", "Телефон"), beside)
    assert message.buttons == ()
    assert message.text == Text(
        "Что?\n\n1. Имя\n2. Телефон\n• Пропустить\n• Сайт: https://x.ru", (Span("bold", 0, 3),)
    )
    assert lay_out(ASK, EMAIL, ()).text == ASK


def test_too_many_options_are_numbered_in_the_text() -> None:
    message = lay_out(ASK, VK, buttons(*map(str, range(60))), [Button("Пропустить", "s:1:0")])
    assert message.text.plain.startswith("Что?\n\n1. 0\n2. 1\n")
    assert [[button.text for button in row] for row in message.buttons] == [["Пропустить"]]


def test_many_options_get_more_columns_so_that_the_rows_are_few() -> None:
    labels = [f"Длинное название услуги {number}" for number in range(30)]
    message = lay_out(ASK, VK, buttons(*labels))
    assert [len(row) for row in message.buttons] == [4] * 7 + [2]


def test_a_long_label_is_cut_on_its_button_and_whole_in_the_text() -> None:
    long = "Замена экрана " * 5
    message = lay_out(ASK, VK, buttons("Осмотр", long))
    assert message.text.plain == f"Что?\n\n1. Осмотр\n2. {long}"
    first, second = (row[0].text for row in message.buttons)
    assert first == "1. Осмотр"
    assert second.startswith("2. Замена")
    assert second.endswith("…")
    assert utf16_length(second) <= VK.button_length


LABELS = st.lists(st.text(min_size=1, max_size=80), max_size=50)


@given(LABELS, LABELS, st.integers(0, 12), st.sampled_from(sorted(KINDS)))
def test_no_channel_is_given_more_than_it_can_show(
    options: list[str], beside: list[str], columns: int, kind: str
) -> None:
    abilities: Abilities = KINDS[kind]
    message = lay_out(ASK, abilities, buttons(*options), buttons(*beside), columns)
    shown = [button for row in message.buttons for button in row]
    assert len(shown) <= abilities.buttons
    assert all(len(row) <= abilities.button_columns for row in message.buttons)
    assert all(utf16_length(button.text) <= abilities.button_length for button in shown)
    for label in options:
        assert label in message.text.plain or any(button.text == label for button in shown)


def test_the_terminal_can_ask_for_a_phone() -> None:
    assert lay_out(ASK, CONSOLE, (), [Button("x", share="phone")]).buttons
