"""Buttons within VK's limits, whatever is asked for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.vk.keyboard import EMPTY, keyboard
from bot.model.message import Button
from tests.fakes.vk.keyboards import faults_of


def buttons(count: int, label: str = "Кнопка {}") -> list[list[Button]]:
    return [[Button(label.format(n), payload=f"{n}.abcdefgh.abcdefgh")] for n in range(count)]


def rows_of(code: str) -> list[int]:
    return [len(row) for row in json.loads(code)["buttons"]]


def test_a_few_buttons_stand_in_the_message_as_they_were_laid_out() -> None:
    board = keyboard([[Button("Да", payload="1"), Button("Нет", payload="2")]])
    assert json.loads(board.code) == {
        "inline": True,
        "buttons": [
            [
                {"action": {"type": "callback", "label": "Да", "payload": '{"b":"1"}'}},
                {"action": {"type": "callback", "label": "Нет", "payload": '{"b":"2"}'}},
            ]
        ],
    }
    assert not board.ordinary
    assert board.listed == ""


@pytest.mark.parametrize(
    "count, inline, rows",
    [
        (6, True, [1] * 6),
        (7, True, [2, 2, 2, 1]),
        (10, True, [2] * 5),
        (11, False, [2, 2, 2, 2, 2, 1]),
        (40, False, [4] * 10),
    ],
)
def test_more_buttons_are_laid_out_more_narrowly(count: int, inline: bool, rows: list[int]) -> None:
    board = keyboard(buttons(count))
    assert rows_of(board.code) == rows
    assert json.loads(board.code).get("inline", False) == inline
    assert board.ordinary != inline


def test_more_than_forty_are_a_list_that_is_answered_with_numbers() -> None:
    board = keyboard(buttons(41))
    assert board.code == ""
    assert board.listed.splitlines()[40] == "41. Кнопка 40"


def test_long_labels_stand_in_a_list_and_the_buttons_have_its_numbers() -> None:
    board = keyboard([*buttons(2, "Очень длинная подпись, которая не помещается {}")])
    labels = [row[0]["action"]["label"] for row in json.loads(board.code)["buttons"]]
    assert labels == ["1", "2"]
    assert board.listed.startswith("1. Очень длинная подпись, которая не помещается 0\n2.")


def test_links_open_and_a_place_takes_a_row_of_its_own() -> None:
    row = [Button("Сайт", url="https://example.ru"), Button("Я тут", share="location")]
    actions = [
        [button["action"]["type"] for button in line]
        for line in json.loads(keyboard([row]).code)["buttons"]
    ]
    assert actions == [["open_link"], ["location"]]


def test_a_phone_cannot_be_shared_here() -> None:
    assert keyboard([[Button("Мой номер", share="phone")]]).code == ""


def test_for_an_edit_there_is_no_keyboard_under_the_line() -> None:
    assert keyboard(buttons(20), inline_only=True).code == ""
    assert keyboard(buttons(20), inline_only=True).listed.count("\n") == 19


def test_a_payload_that_is_too_long_makes_a_list() -> None:
    board = keyboard([[Button("Да", payload="x" * 250)]])
    assert (board.code, board.listed) == ("", "1. Да")


def test_the_empty_keyboard_is_one_that_vk_takes() -> None:
    assert faults_of(EMPTY) == []


labels = st.text(min_size=0, max_size=60)
some_buttons = st.one_of(
    st.builds(Button, labels, payload=st.text("abc.123", min_size=1, max_size=64)),
    st.builds(Button, labels, url=st.just("https://example.ru/x")),
    st.builds(Button, labels, share=st.sampled_from(["phone", "location"])),
)


@given(st.lists(st.lists(some_buttons, max_size=9), max_size=20), st.booleans())
def test_whatever_is_asked_for_vk_takes_it_and_no_option_is_lost(
    rows: list[list[Button]], inline_only: bool
) -> None:
    board = keyboard(rows, inline_only=inline_only)
    assert board.code == "" or faults_of(board.code) == []
    asked = [b for row in rows for b in row if b.text.strip() and b.share != "phone"]
    for button in asked:
        if button.payload:
            shown = json.dumps(button.payload)[1:-1] in board.code.replace('\\"', '"')
            assert shown or button.text in board.listed
