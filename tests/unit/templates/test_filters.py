"""Filters: forms of numbers, dates, phones, words."""

import datetime as dt
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialog.filters import FILTERS, as_number, date, mask, money, phone, plural, show, time


@pytest.mark.parametrize(
    "value, shown",
    [
        ("+79123456789", "+7 912 345-67-89"),
        ("+74951234567", "+7 495 123-45-67"),
        ("+442079460958", "+44 20 7946 0958"),
        ("8 912", "8 912"),
        ("+7912345678a", "+7912345678a"),
        (None, ""),
    ],
)
def test_phone(value: Any, shown: str) -> None:
    assert phone(value) == shown


@given(st.from_regex(r"\+79[0-9]{9}", fullmatch=True))
def test_russian_phones_look_as_the_library_shows_them(number: str) -> None:
    parsed = phonenumbers.parse(number)
    assert phone(number) == phonenumbers.format_number(
        parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


@pytest.mark.parametrize(
    "form, ru, en",
    [
        ("short", "15.06.2026", "15 June 2026"),
        ("long", "15 июня 2026", "15 June 2026"),
        ("day", "15 июня", "15 June"),
        ("weekday", "понедельник, 15 июня", "Monday, 15 June"),
    ],
)
def test_date(form: str, ru: str, en: str) -> None:
    assert date("2026-06-15", form) == ru
    assert date("2026-06-15T10:00", form, language="en") == en
    assert date("не дата", form) == "не дата"
    assert date(dt.datetime(2026, 6, 15, 10, 0, tzinfo=dt.UTC), form) == ru


@given(st.dates())
def test_the_day_of_the_week_is_the_calendars(day: dt.date) -> None:
    assert date(day.isoformat(), "weekday", language="en").startswith(day.strftime("%A"))


@pytest.mark.parametrize(
    "value, shown",
    [
        ("9:30", "09:30"),
        ("2026-06-15T09:30", "09:30"),
        (dt.datetime(2026, 6, 15, 9, 5, tzinfo=dt.UTC), "09:05"),
        ("2026-06-15 09:30:10.5+03:00", "09:30"),
        ("утром", "утром"),
        (None, ""),
    ],
)
def test_time(value: Any, shown: str) -> None:
    assert time(value) == shown


@pytest.mark.parametrize(
    "value, shown",
    [
        (12500, "12 500 ₽"),
        ("12 500 ₽", "12 500 ₽"),
        (999, "999 ₽"),
        (1234567.5, "1 234 567,50 ₽"),
        (-1000, "-1 000 ₽"),
        ("0", "0 ₽"),
        (0.999, "1 ₽"),
        ("договорная", "договорная"),
        (None, ""),
    ],
)
def test_money(value: Any, shown: str) -> None:
    assert money(value).replace("\u00a0", " ") == shown


def test_money_elsewhere() -> None:
    assert money(1234.5, "$", language="en") == "$1,234.50"
    assert money(1234, "₽", language="en") == "1,234\u00a0₽"
    assert money(5, "€") == "5\u00a0€"
    assert money(5, "") == "5"


@pytest.mark.parametrize(
    "number, word",
    [
        (0, "дней"), (1, "день"), (2, "дня"), (4, "дня"), (5, "дней"), (11, "дней"), (12, "дней"), (14, "дней"),
        (21, "день"), (22, "дня"), (100, "дней"), (101, "день"), (111, "дней"), (1.5, "дня"), ("3", "дня"),
        (None, "дней"), ("много", "дней"),
    ],
)  # fmt: skip
def test_plural_in_russian(number: Any, word: str) -> None:
    assert plural(number, "день", "дня", "дней") == word


@pytest.mark.parametrize(
    "number, word", [(1, "day"), (0, "days"), (2, "days"), (1.5, "days"), (11, "days")]
)
def test_plural_in_english(number: Any, word: str) -> None:
    assert plural(number, "day", "days") == word


@pytest.mark.parametrize(
    "value, shown",
    [
        ("+79123456789", "•••89"),
        ("anna@mail.ru", "a•••@mail.ru"),
        ("Анна", "•••"),
        ("", ""),
        (None, ""),
    ],
)
def test_mask(value: Any, shown: str) -> None:
    assert mask(value) == shown


@pytest.mark.parametrize(
    "text, number",
    [
        ("12 500 ₽", 12500),
        ("12\u00a0500,50 руб.", 12500.5),
        ("1 500р", 1500),
        ("−5", -5),
        ("007", 7),
        ("1.50", 1.5),
        ("12 50", None),
        ("5 штук", None),
        ("", None),
        ("²", None),
        (True, None),
        (float("nan"), None),
        ("9" * 50, None),
    ],
)
def test_numbers_written_as_text(text: Any, number: float | None) -> None:
    assert as_number(text) == number


@pytest.mark.parametrize(
    "value, shown",
    [
        (0.1 + 0.2, "0.3"),
        (3.0, "3"),
        (True, "true"),
        ({"a": 1, "b": None, "c": "x"}, "1, x"),
        ({"вид": "телефон", "название": "Экран", "цена": 1}, "Экран"),
        ({"услуга": "Стрижка", "цена": 1500}, "Стрижка"),
        (
            [{"услуга": "Стрижка", "цена": 1500}, {"услуга": "Укладка", "цена": 1}],
            "Стрижка, Укладка",
        ),
        (float("inf"), ""),
    ],
)
def test_show(value: Any, shown: str) -> None:
    assert show(value) == shown


@given(st.sampled_from(sorted(FILTERS)), st.none() | st.integers() | st.floats() | st.text())
def test_no_filter_raises(name: str, value: Any) -> None:
    arguments = ["x"] * FILTERS[name].least
    FILTERS[name].call(value, *arguments)
