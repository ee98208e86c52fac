"""Rows that fit: cells and values meet as numbers, days, times or words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialog.tables import OPERATORS, find, fits

ROWS: list[dict[str, Any]] = [
    {"название": "Экран", "вид": "Ремонт", "цена": "3 500 ₽", "модели": ["iPhone 12", "iPhone 13"]},
    {"название": "Батарея", "вид": "ремонт", "цена": "900", "модели": ["Pixel"]},
    {"название": "Чехол", "вид": "товар", "цена": 1200.5, "модели": []},
    {"название": "Осмотр", "вид": "ремонт", "цена": "", "модели": ["iPhone 12"]},
]


def names(rows: Any) -> list[str]:
    return [row["название"] for row in rows]


@pytest.mark.parametrize(
    "conditions, expected",
    [
        ([("вид", "=", "РЕМОНТ")], ["Экран", "Батарея", "Осмотр"]),
        ([("вид", "!=", "ремонт")], ["Чехол"]),
        ([("цена", "<=", "1200,5")], ["Батарея", "Чехол"]),
        ([("цена", ">", 1000)], ["Экран", "Чехол"]),
        ([("цена", "<", "1 000 руб")], ["Батарея"]),
        ([("модели", "=", "iphone 12")], ["Экран", "Осмотр"]),
        ([("модели", "!=", "iPhone 12")], ["Батарея", "Чехол"]),
        ([("вид", "=", "ремонт"), ("цена", ">=", 900)], ["Экран", "Батарея"]),
        ([("вид", "=", ""), ("цена", "<=", None)], ["Экран", "Батарея", "Чехол", "Осмотр"]),
        ([("нет такой", "=", "x")], []),
        ([("название", "<", "Осмотр")], ["Батарея"]),
        ([], ["Экран", "Батарея", "Чехол", "Осмотр"]),
    ],
)
def test_rows_that_meet_every_condition(
    conditions: list[tuple[str, str, Any]], expected: list[str]
) -> None:
    assert names(find(ROWS, conditions)) == expected


def test_rows_are_sorted_by_what_the_cells_mean_and_empty_cells_come_last() -> None:
    assert names(find(ROWS, sort="цена")) == ["Батарея", "Чехол", "Экран", "Осмотр"]
    assert names(find(ROWS, sort="цена", descending=True)) == [
        "Экран",
        "Чехол",
        "Батарея",
        "Осмотр",
    ]
    assert names(find(ROWS, sort="название")) == ["Батарея", "Осмотр", "Чехол", "Экран"]
    assert names(find(ROWS, sort="цена", top=1)) == ["Батарея"]


@pytest.mark.parametrize(
    "cell, op, value, expected",
    [
        ("15.06.2026", "<", "2026-07-01", True),
        ("15.06.2026", ">", "02.07.2026", False),
        ("9:30", "<", "10:00", True),
        ("09:30", "=", "9:30", True),
        ("Ёлка", "=", "елка!", True),
        ("много", "<", 5, False),
        ("5", "=", 5.0, True),
        ("5 шт", "=", "5", False),
        ("₽", "=", "₽", True),
        (None, "=", "x", False),
        (None, "!=", "x", True),
        (True, "=", "true", True),
    ],
)
def test_a_cell_and_a_value(cell: Any, op: str, value: Any, expected: bool) -> None:
    assert fits(cell, op, value) is expected


CELLS = (
    st.none()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.lists(st.text(max_size=3), max_size=2)
)


@given(
    st.lists(st.fixed_dictionaries({"a": CELLS}), max_size=6),
    st.sampled_from(sorted(OPERATORS)),
    CELLS,
    st.booleans(),
    st.integers(0, 3),
)
def test_any_cells_can_be_compared_and_sorted(
    rows: list[dict[str, Any]], op: str, value: Any, descending: bool, top: int
) -> None:
    found = find(rows, [("a", op, value)], "a", descending=descending, top=top)
    assert all(row in rows for row in found)
    assert not top or len(found) <= top
