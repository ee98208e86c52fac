"""Slot types: what each takes, the form it keeps, and what it refuses."""

import json
import re
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.dialog import slots
from bot.dialog.slots import REASONS, TYPES, Asking, Bad, SlotError, build
from bot.model.message import Attachment, Contact, Location, Message, say

NAUGHTY: list[str] = json.loads(
    (Path(__file__).parents[2] / "data/naughty/blns.json").read_text(encoding="utf-8")
)
# Wednesday, 10 June 2026, 14:00 in Moscow.
ASKING = Asking(1_781_089_200_000, "Europe/Moscow", "ru")


def parse(type: str, text: str, **parameters: Any) -> Any:
    return build(type, parameters).parse(say(text), ASKING)


def test_every_type_of_the_language_is_there() -> None:
    assert set(TYPES) >= {
        "text", "phone", "email", "date", "time", "number", "choice", "yesno", "regex", "file",
    }  # fmt: skip
    assert [name for name, each in TYPES.items() if not each.strict] == ["text"]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Анна", "Анна"),
        (" Анна ", " Анна "),
        ("Ли", "Ли"),
        ("Я", Bad("too_short", limits=True)),
        (" Я ", Bad("too_short", limits=True)),
        ("\u200b\u200b\u200b", Bad("too_short", limits=True)),
        ("\u3164\u3164", Bad("too_short", limits=True)),
        ("длинное имя", Bad("too_long", limits=True)),
        ("ул. Мира\nд. 5", Bad("too_long", limits=True)),
        ("a\nb\tc", "a\nb\tc"),
        ("a\x00b", Bad("control_characters")),
        ("a\x1b[31m", Bad("control_characters")),
        ("a\u202eb", Bad("control_characters")),
        ("a\u2066b", Bad("control_characters")),
        ("a\ud800b", Bad("control_characters")),
        ("👨\u200d👩", "👨\u200d👩"),
        ("می\u200cخوا", "می\u200cخوا"),
        ("", Bad("no_text")),
    ],
)
def test_text(text: str, expected: Any) -> None:
    assert parse("text", text, min="2", max="10") == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("+7 912 345-67-89", "+79123456789"),
        ("8 (912) 345-67-89", "+79123456789"),
        ("89123456789", "+79123456789"),
        ("9123456789", "+79123456789"),
        ("7 912 345 67 89", "+79123456789"),
        ("мой номер 8-912-345-67-89, Анна", "+79123456789"),
        ("8\u00a0912\u00a0345‑67‑89", "+79123456789"),
        ("＋7 912 345 67 89", "+79123456789"),
        ("８９１２３４５６７８９", "+79123456789"),
        ("8 495 123-45-67", "+74951234567"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+375 29 123-45-67", "+375291234567"),
        ("123", Bad("not_a_phone")),
        ("345-67-89", Bad("not_a_phone")),
        ("8 912 345-67", Bad("not_a_phone")),
        ("+7 012 345-67-89", Bad("not_a_phone")),
        ("8 912 345-67-89 или 8 912 345-67-88", Bad("not_a_phone")),
        ("А 89123456789 это ваш номер?", Bad("not_a_phone")),
        ("Сколько стоит диагностика", Bad("not_a_phone")),
        ("заказ 12, 89123456789", Bad("not_a_phone")),
        ("", Bad("no_text")),
    ],
)
def test_phone(text: str, expected: Any) -> None:
    assert parse("phone", text) == expected


def test_the_region_says_what_a_number_without_a_plus_is() -> None:
    assert parse("phone", "029 123-45-67", region="by") == "+375291234567"
    assert parse("phone", "8 912 345-67-89", region="GB") == Bad("not_a_phone")
    assert parse("phone", "7 912 345-67-89", region="GB") == Bad("not_a_phone")
    assert parse("phone", "+7 912 345-67-89", region="DE") == "+79123456789"


SEPARATORS = st.sampled_from(["", " ", "-", " (", ") ", "\u00a0", ".", " - "])


@given(
    st.sampled_from(["+7", "7", "8", "", "+8", "9", "+", "+375", "07"]),
    st.lists(
        st.tuples(st.from_regex("[0-9]{1,4}", fullmatch=True), SEPARATORS), min_size=2, max_size=5
    ),
    st.sampled_from(["RU", "KZ", "DE"]),
)
@example("8", [("912", " "), ("3456789", "")], "RU")
@example("", [("912", ""), ("3456789", "")], "RU")
@example("+7", [("912", ""), ("3456789", "")], "KZ")
def test_the_quick_way_says_what_the_library_says(
    prefix: str, groups: list[tuple[str, str]], region: str
) -> None:
    text = prefix + "".join(digits + between for digits, between in groups)
    value = parse("phone", text, region=region)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    valid = number is not None and phonenumbers.is_valid_number(number)
    if isinstance(value, str):
        assert number is not None
        assert valid
        assert value == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@given(
    st.from_regex("(9[0-9]{9}|930[0-9]{7})", fullmatch=True), st.sampled_from(["+7", "7", "8", ""])
)
def test_what_the_library_takes_for_a_mobile_number_is_taken(digits: str, prefix: str) -> None:
    number = phonenumbers.parse(prefix + digits, "RU")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    valid = phonenumbers.is_valid_number(number)
    assert parse("phone", prefix + digits) == (e164 if valid else Bad("not_a_phone"))


@pytest.mark.parametrize("own", [True, False])
def test_a_shared_contact_counts_and_is_proven_only_if_it_is_ones_own(own: bool) -> None:
    message = Message(contact=Contact("79123456789", "Анна", own=own))
    assert build("phone", {}).parse(message, ASKING) == "+79123456789"
    assert slots.own_phone(message) == ("+79123456789" if own else None)
    abroad = Message(contact=Contact("4915123456789"))
    assert build("phone", {}).parse(abroad, ASKING) == "+4915123456789"
    for phone in ("12", "", "x" * 500):
        message = Message(contact=Contact(phone))
        assert build("phone", {}).parse(message, ASKING) == Bad("not_a_phone")
    assert slots.own_phone(say("+79123456789")) is None


@pytest.mark.parametrize(
    "text, expected",
    [
        ("ivan@mail.ru", "ivan@mail.ru"),
        ("Ivan.Petrov+tag@MAIL.RU", "Ivan.Petrov+tag@mail.ru"),
        ("почта: ivan@mail.ru.", "ivan@mail.ru"),
        ("<ivan@mail.ru>", "ivan@mail.ru"),
        ("ivan@пример.рф", "ivan@пример.рф"),
        ("ivan@mail", Bad("not_an_email")),
        ("ivan@@mail.ru", Bad("not_an_email")),
        ("a@b.ru, c@d.ru", Bad("not_an_email")),
        ("пишите на ivan@mail.ru можно?", Bad("not_an_email")),
        ("ivan", Bad("not_an_email")),
        ("", Bad("no_text")),
    ],
)
def test_email(text: str, expected: Any) -> None:
    assert parse("email", text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("сегодня", "2026-06-10"),
        ("Завтра!", "2026-06-11"),
        ("на послезавтра", "2026-06-12"),
        ("tomorrow", "2026-06-11"),
        ("the day after tomorrow", "2026-06-12"),
        ("в пятницу", "2026-06-12"),
        ("во вторник", "2026-06-16"),
        ("среда", "2026-06-17"),
        ("пт", "2026-06-12"),
        ("on Friday", "2026-06-12"),
        ("15.06", "2026-06-15"),
        ("09.06", "2027-06-09"),
        ("10.06", "2026-06-10"),
        ("29.02", "2028-02-29"),
        ("15.6.2026", "2026-06-15"),
        ("15/06/2026", "2026-06-15"),
        ("15.06.26", "2026-06-15"),
        ("15.06.85", "1985-06-15"),
        ("2026-06-15", "2026-06-15"),
        ("15 июня", "2026-06-15"),
        ("1 мая 2027 года", "2027-05-01"),
        ("3 марта", "2027-03-03"),
        ("9-го мая", "2027-05-09"),
        ("June 15", "2026-06-15"),
        ("15th of June 2026", "2026-06-15"),
        ("через 3 дня", "2026-06-13"),
        ("через неделю", "2026-06-17"),
        ("in 2 weeks", "2026-06-24"),
        ("31.06", Bad("not_a_date")),
        ("30.02.2026", Bad("not_a_date")),
        ("15.13", Bad("not_a_date")),
        ("2026-02-30", Bad("not_a_date")),
        ("0000-01-01", Bad("not_a_date")),
        ("99", Bad("not_a_date")),
        ("15 июл", "2026-07-15"),
        ("15 июнявря", Bad("not_a_date")),
        ("когда угодно", Bad("not_a_date")),
        ("завтра или послезавтра", Bad("not_a_date")),
        ("²5.06", Bad("not_a_date")),
        ("", Bad("no_text")),
    ],
)
def test_date(text: str, expected: Any) -> None:
    assert parse("date", text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("завтра в 15:00", "2026-06-11"),
        ("Завтра, в 15", "2026-06-11"),
        ("25 декабря в 10", "2026-12-25"),
        ("15.06 18:00", "2026-06-15"),
        ("15.06 в 10.10", "2026-06-15"),
        ("tomorrow at 3pm", "2026-06-11"),
        ("3 pm tomorrow", "2026-06-11"),
        ("завтра утром", "2026-06-11"),
        ("завтра с 10 до 12", "2026-06-11"),
        ("завтра ближе к вечеру", "2026-06-11"),
        ("давайте завтра, часов в 7 вечера, пожалуйста", "2026-06-11"),
        ("можно завтра?", "2026-06-11"),
        ("15-го", "2026-06-15"),
        ("9 числа в 10:00", "2026-07-09"),
        ("понедельник 15 июня", "2026-06-15"),
        ("15.06, пн", "2026-06-15"),
        ("завтра, в четверг, утром", "2026-06-11"),
        ("завтра в семь вечера", "2026-06-11"),
        ("а можно завтра?", "2026-06-11"),
        ("хочу на завтра", "2026-06-11"),
        ("наверно завтра", "2026-06-11"),
        ("в пятницу можно?", "2026-06-12"),
        ("к пятнице", "2026-06-12"),
        ("ко вторнику", "2026-06-16"),
        ("завтро", "2026-06-11"),
        ("в суботу", "2026-06-13"),
        ("в воскресение", "2026-06-14"),
        ("15-е", "2026-06-15"),
        ("15е июня", "2026-06-15"),
        ("15-е июня", "2026-06-15"),
        ("15июня", "2026-06-15"),
        ("15 сент", "2026-09-15"),
        ("15,06", "2026-06-15"),
        ("через три дня", "2026-06-13"),
    ],
)
def test_who_says_a_time_with_the_day_is_understood(text: str, expected: str) -> None:
    assert parse("date", text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "15.06 16.06",
        "с 15.06 по 16.06",
        "15.06 до 16.06",
        "завтра 15",
        "пятница 13",
        "завтра в 25:00",
        "завтра в 15:00 или в 16:00",
        "завтра не могу",
        "не завтра в 15:00",
        "в 15:00",
        "утром",
        "32-го",
        "вторник 15 июня",
        "понедельник 15",
        "пн вт",
    ],
)
def test_what_may_mean_another_day_is_asked_again(text: str) -> None:
    assert parse("date", text) == Bad("not_a_date")


@pytest.mark.parametrize(
    "limits, inside, below, above",
    [
        ({"from": "today", "to": "today+30d"}, "10.07.2026", "09.06.2026", "11.07.2026"),
        ({"from": "сегодня + 1 д", "to": "today+2w"}, "24.06.2026", "10.06.2026", "25.06.2026"),
        ({"from": "today-18y", "to": "today+1m"}, "10.07.2026", "09.06.2008", "11.07.2026"),
        ({"from": "2026-06-15", "to": "20.06.2026"}, "20.06.2026", "14.06.2026", "21.06.2026"),
    ],
)
def test_limits_of_dates(limits: dict[str, str], inside: str, below: str, above: str) -> None:
    assert isinstance(parse("date", inside, **limits), str)
    assert parse("date", below, **limits) == Bad("too_small", limits=True)
    assert parse("date", above, **limits) == Bad("too_big", limits=True)


def test_today_is_todays_day_where_the_business_is() -> None:
    late = Asking(1_781_125_200_000, "Asia/Vladivostok")
    assert build("date", {}).parse(say("сегодня"), late) == "2026-06-11"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("9:30", "09:30"),
        ("09.30", "09:30"),
        ("23:59:59", "23:59"),
        ("9", "09:00"),
        ("в 9", "09:00"),
        ("в 9 утра", "09:00"),
        ("7 вечера", "19:00"),
        ("в 3 часа дня", "15:00"),
        ("12 ночи", "00:00"),
        ("2 ночи", "02:00"),
        ("11 ночи", "23:00"),
        ("12 дня", "12:00"),
        ("9:30 pm", "21:30"),
        ("12am", "00:00"),
        ("12 pm", "12:00"),
        ("полдень", "12:00"),
        ("noon", "12:00"),
        ("14 часов", "14:00"),
        ("24:00", Bad("not_a_time")),
        ("9:60", Bad("not_a_time")),
        ("15 утра", Bad("not_a_time")),
        ("12 вечера", Bad("not_a_time")),
        ("0 pm", Bad("not_a_time")),
        ("утром", Bad("not_a_time", limits=True)),
        ("9:3", Bad("not_a_time")),
        ("после 9", Bad("not_a_time", limits=True)),
        ("", Bad("no_text")),
    ],
)
def test_time(text: str, expected: Any) -> None:
    assert parse("time", text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("примерно в 15:00", "15:00"),
        ("часов в 10", "10:00"),
        ("давайте в 12, пожалуйста", "12:00"),
        ("15-30", "15:30"),
        ("15 00", "15:00"),
        ("15:30!", "15:30"),
        ("15,30", "15:30"),
        ("1530", "15:30"),
        ("15 часов 30 минут", "15:30"),
        ("15ч30", "15:30"),
        ("можно в 18?", "18:00"),
        ("хочу в 18:30", "18:30"),
        ("семь вечера", "19:00"),
        ("в два часа дня", "14:00"),
        ("час дня", "13:00"),
        ("часиков в 10", "10:00"),
        ("вечером часов в 6", "18:00"),
        ("днём, в два", "14:00"),
        ("около десяти", "10:00"),
        ("полседьмого", "06:30"),
        ("в половине двенадцатого", "11:30"),
        ("после пяти", Bad("not_a_time", limits=True)),
        ("два раза", Bad("not_a_time")),
        ("сейчас", Bad("not_a_time")),
        ("10-12", Bad("not_a_time")),
        ("с 10 до 12", Bad("not_a_time", limits=True)),
        ("завтра", Bad("not_a_time")),
        ("завтра в 15:00", Bad("with_a_day")),
        ("в субботу утром", Bad("with_a_day")),
    ],
)
def test_times_as_people_write_them_and_never_one_of_another_day(text: str, expected: Any) -> None:
    assert parse("time", text) == expected


def test_three_is_in_the_afternoon_where_nobody_comes_at_night() -> None:
    limits = {"from": "9:00", "to": "18:00"}
    assert [parse("time", text, **limits) for text in ("в 3", "6", "2 часа")] == [
        "15:00",
        "18:00",
        "14:00",
    ]
    for text in ("3:00", "03:00", "8", "3 ночи"):
        assert parse("time", text, **limits) == Bad("too_small", limits=True)
    assert parse("time", "полшестого", **limits) == "17:30"
    assert parse("time", "в 3") == "03:00"


@pytest.mark.parametrize("text", ["после обеда", "утром", "с 12 до 15", "давайте после пяти"])
def test_a_time_that_is_none_by_the_clock_is_asked_for_and_no_question(text: str) -> None:
    assert parse("time", text) == Bad("not_a_time", limits=True)


def test_seven_is_in_the_evening_where_only_the_evening_will_do() -> None:
    assert parse("time", "в 7", **{"from": "10:00", "to": "20:00"}) == "19:00"
    assert parse("time", "в 7", **{"from": "6:00", "to": "20:00"}) == "07:00"
    assert parse("time", "в 7", **{"from": "10:00"}) == Bad("too_small", limits=True)
    assert parse("time", "7 утра", **{"from": "10:00", "to": "20:00"}) == Bad(
        "too_small", limits=True
    )


def test_limits_of_times() -> None:
    limits = {"from": "9:00", "to": "18:00"}
    assert parse("time", "18:00", **limits) == "18:00"
    assert parse("time", "8:59", **limits) == Bad("too_small", limits=True)
    assert parse("time", "18:01", **limits) == Bad("too_big", limits=True)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("5", 5),
        ("-5", -5),
        ("−5", -5),
        ("2,5", 2.5),
        ("2.5", 2.5),
        ("5,0", 5),
        ("12 500", 12500),
        ("12\u00a0500,75", 12500.75),
        ("1\u202f000\u202f000", 1_000_000),
        ("1,500", 1.5),
        ("1,234,567.5", 1234567.5),
        ("1.234,56", 1234.56),
        ("1500 руб.", 1500),
        ("1 500 ₽", 1500),
        ("пять", Bad("not_a_number")),
        ("1 2 3", Bad("not_a_number")),
        ("1e5", Bad("not_a_number")),
        ("0x10", Bad("not_a_number")),
        ("NaN", Bad("not_a_number")),
        ("²", Bad("not_a_number")),
        ("9" * 20, Bad("not_a_number")),
        ("", Bad("no_text")),
    ],
)
def test_number(text: str, expected: Any) -> None:
    value = parse("number", text)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("25 лет", 25),
        ("мне 25 лет", 25),
        ("5 штук", 5),
        ("5шт.", 5),
        ("3 человека", 3),
        ("№ 17", 17),
        ("заказ 17", 17),
        ("Номер договора 1045", 1045),
        ("заказ № 17", 17),
        ("около 5000", 5000),
        ("не больше 5 000 руб.", 5000),
        ("5 тыс. руб.", 5000),
        ("1,5 тысячи", 1500),
        ("2,5 кг", 2.5),
        ("5к", 5000),
        ("2 млн", 2_000_000),
        ("5 000 ₸", 5000),
        ("$50", 50),
        ("5!", 5),
        ("5)", 5),
        ("5 штук?", Bad("not_a_number")),
        ("7 июня", Bad("not_a_number")),
        ("9 утра", Bad("not_a_number")),
        ("5 или 6", Bad("not_a_number")),
        ("5-6", Bad("not_a_number")),
        ("от 5 до 6", Bad("not_a_number")),
        ("2 взрослых и 1 ребёнок", Bad("not_a_number")),
        ("у меня 2 вопроса", Bad("not_a_number")),
        ("2 вопроса", Bad("not_a_number")),
        ("не 5", Bad("not_a_number")),
        ("iPhone 12", Bad("not_a_number")),
    ],
)
def test_a_number_may_have_a_word_that_says_of_what(text: str, expected: Any) -> None:
    value = parse("number", text)
    assert value == expected
    assert type(value) is type(expected)


def test_limits_of_numbers() -> None:
    limits = {"integer": "true", "min": "1", "max": "10"}
    assert parse("number", "10", **limits) == 10
    assert parse("number", "2,5", **limits) == Bad("not_whole", limits=True)
    assert parse("number", "0", **limits) == Bad("too_small", limits=True)
    assert parse("number", "11", **limits) == Bad("too_big", limits=True)


def test_a_comma_before_three_digits_parts_thousands_in_english() -> None:
    english = Asking(ASKING.now, language="en")
    assert build("number", {}).parse(say("1,500"), english) == 1500
    assert build("number", {}).parse(say("1,50"), english) == 1.5


OPTIONS = {
    "верно": {"text": "✅ Всё верно", "also": ["да", "ок"]},
    "исправить": "Исправить",
    "👍": None,
}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("верно", "верно"),
        ("ВСЕ ВЕРНО!", "верно"),
        ("ок", "верно"),
        ("вернo", "верно"),
        ("исправить", "исправить"),
        ("испраавит", "исправить"),
        ("2", "исправить"),
        ("👍", "👍"),
        ("4", Bad("not_a_choice")),
        ("другое", Bad("not_a_choice")),
        ("до", Bad("not_a_choice")),
        ("", Bad("no_text")),
    ],
)
def test_choice(text: str, expected: Any) -> None:
    assert parse("choice", text, options=OPTIONS) == expected


def test_choices_have_labels_and_take_a_list_too() -> None:
    assert getattr(build("choice", {"options": OPTIONS}), "labels") == (  # noqa: B009
        "✅ Всё верно",
        "Исправить",
        "👍",
    )
    assert parse("choice", "красный", options=["красный", "синий"]) == "красный"
    assert parse("choice", "насный", options=["красный", "насный", "синий"]) == "насный"


@pytest.mark.parametrize("text", ["не верно", "все неверно", "невсё верно"])
def test_a_denial_is_no_near_spelling(text: str) -> None:
    assert parse("choice", text, options=["всё верно", "исправить"]) == Bad("not_a_choice")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("все верна", "всё верно"),
        ("всё-верно", "всё верно"),
        ("неверно", "неверно"),
    ],
)
def test_a_near_spelling_of_an_option_is_taken(text: str, expected: str) -> None:
    assert parse("choice", text, options=["всё верно", "неверно"]) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("хочу английский", "английский"),
        ("Английский язык, пожалуйста", "английский"),
        ("давайте деловой английский", "деловой английский"),
        ("лучше испанский!", "испанский"),
        ("не английский", Bad("not_a_choice")),
        ("испанский или английский", Bad("not_a_choice")),
        ("английский и испанский", Bad("not_a_choice")),
        ("а испанский есть?", Bad("not_a_choice")),
        ("сколько стоит испанский", Bad("not_a_choice")),
        ("испанский нужен для работы в Мадриде", Bad("not_a_choice")),
    ],
)
def test_an_option_is_found_beside_a_word_or_two(text: str, expected: Any) -> None:
    languages = ["английский", "деловой английский", "испанский"]
    assert parse("choice", text, options=languages) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("да", True),
        ("Ага!", True),
        ("ок", True),
        ("да, конечно", True),
        ("+", True),
        ("👍", True),
        ("Yes please", True),
        ("нет", False),
        ("не надо", False),
        ("Нет, спасибо", False),
        ("No", False),
        ("-", False),
        ("да нет", Bad("not_yes_or_no")),
        ("надо", Bad("not_yes_or_no")),
        ("можно", True),
        ("ну да", True),
        ("Всё верно!", True),
        ("всё", Bad("not_yes_or_no")),
        ("ну", Bad("not_yes_or_no")),
        ("не знаю", Bad("not_yes_or_no")),
        ("спасибо", Bad("not_yes_or_no")),
        ("ладно", True),
        ("lf", True),
        ("ytn", False),
        ("пока нет", False),
        ("никогда", False),
        ("конечно нет", False),
        ("нет, не учила", False),
        ("Да, два года", True),
        ("да, но недолго", Bad("not_yes_or_no")),
        ("да, а сколько стоит?", Bad("not_yes_or_no")),
        ("нет, позовите оператора", Bad("not_yes_or_no")),
        ("", Bad("no_text")),
    ],
)
def test_yesno(text: str, expected: Any) -> None:
    assert parse("yesno", text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("АБ-123", "АБ-123"),
        (" АБ-123 ", "АБ-123"),
        ("АБ-1234", Bad("no_match")),
        ("x АБ-123", Bad("no_match")),
        ("АБ-123\nx", Bad("no_match")),
        ("a\ud800", Bad("no_match")),
        ("", Bad("no_text")),
    ],
)
def test_regex(text: str, expected: Any) -> None:
    assert parse("regex", text, pattern="[А-Я]{2}-[0-9]{3}") == expected


def test_a_pattern_that_would_hang_others_is_linear() -> None:
    assert parse("regex", "a" * 4000 + "!", pattern="(a+)+b") == Bad("no_match")


@pytest.mark.parametrize(
    "kinds, attachment, expected",
    [
        ("", Attachment("document", "a.bin"), None),
        ("image", Attachment("photo"), None),
        ("image, pdf", Attachment("document", "scan.pdf", "application/pdf"), None),
        (
            "image",
            Attachment("document", "fake.jpg", "application/pdf"),
            Bad("wrong_kind", limits=True),
        ),
        ("image/png", Attachment("document", "a", "image/png"), None),
        ("image/png", Attachment("photo"), Bad("wrong_kind", limits=True)),
        ("video", Attachment("video", size=6_000_000), Bad("file_too_big", limits=True)),
    ],
)
def test_file(kinds: str, attachment: Attachment, expected: Any) -> None:
    type = build("file", {"kinds": kinds, "max_size": "5 МБ"})
    value: Any = type.parse(Message(attachments=(attachment,)), ASKING)
    if expected is None:
        assert value["kind"] == attachment.kind
        json.dumps(value)
    else:
        assert value == expected


def test_the_first_file_that_fits_is_taken_and_text_is_no_file() -> None:
    type = build("file", {"kinds": ["pdf"]})
    photo, scan = Attachment("photo"), Attachment("document", "s.pdf", "application/pdf")
    value: Any = type.parse(Message(attachments=(photo, scan)), ASKING)
    assert value["name"] == "s.pdf"
    assert type.show(value) == "s.pdf"
    assert type.parse(say("вот"), ASKING) == Bad("no_file")


def test_the_kind_of_a_file_is_told_by_its_content() -> None:
    assert slots.content_type(b"%PDF-1.7\n") == "application/pdf"
    assert slots.content_type(b"\x89PNG\r\n\x1a\n" + b"\0" * 30) == "image/png"
    assert slots.content_type(b"hello", "text/plain") == "text/plain"


@pytest.mark.parametrize(
    "type, parameters, key, parameter",
    [
        ("fone", {}, "unknown_type", "type"),
        ("text", {"mni": "2"}, "unknown_parameter", "mni"),
        ("text", {"min": "две"}, "bad_value", "min"),
        ("text", {"min": "2.5"}, "bad_value", "min"),
        ("text", {"min": "5", "max": "2"}, "bad_order", "min"),
        ("number", {"min": "5", "max": "2"}, "bad_order", "min"),
        ("number", {"integer": "maybe"}, "bad_value", "integer"),
        ("date", {"from": "вчера"}, "bad_value", "from"),
        ("date", {"from": "today+5x"}, "bad_value", "from"),
        ("date", {"from": "31.02.2026"}, "bad_value", "from"),
        ("date", {"from": "today+2d", "to": "today"}, "bad_order", "from"),
        ("time", {"from": "25:00"}, "bad_value", "from"),
        ("time", {"from": "10:00", "to": "9:00"}, "bad_order", "from"),
        ("phone", {"region": "Россия"}, "bad_value", "region"),
        ("phone", {"region": "ZZ"}, "bad_value", "region"),
        ("choice", {}, "missing", "options"),
        ("choice", {"options": []}, "bad_value", "options"),
        ("choice", {"options": "да"}, "bad_value", "options"),
        ("regex", {}, "missing", "pattern"),
        ("regex", {"pattern": "(а"}, "bad_value", "pattern"),
        ("regex", {"pattern": r"(a)\1"}, "bad_value", "pattern"),
        ("file", {"max_size": "много"}, "bad_value", "max_size"),
        ("file", {"kinds": "картинка"}, "bad_value", "kinds"),
    ],
)
def test_mistakes_in_declarations_are_named(
    type: str, parameters: dict[str, Any], key: str, parameter: str
) -> None:
    with pytest.raises(SlotError) as caught:
        build(type, parameters)
    assert (caught.value.key, caught.value.parameter) == (key, parameter)


@pytest.mark.parametrize(
    "type, value, written",
    [
        ("text", "Анна", "Анна"),
        ("phone", "+79123456789", "8 912 345-67-89"),
        ("date", "2026-06-15", "15.06.2026"),
        ("time", "09:30", "9:30"),
        ("number", 12500, "12 500"),
        ("yesno", True, "true"),
        ("yesno", False, "нет"),
        ("email", "a@b.ru", "a@b.ru"),
    ],
)
def test_a_kept_value_equals_what_is_written_in_any_form(
    type: str, value: Any, written: str
) -> None:
    assert build(type, {}).equal(value, written)
    assert not build(type, {}).equal(value, "что-то другое")


@pytest.mark.parametrize(
    "type, value, shown",
    [
        ("phone", "+79123456789", "+7 912 345-67-89"),
        ("date", "2026-06-15", "15.06.2026"),
        ("yesno", True, "да"),
        ("yesno", False, "нет"),
        ("text", None, ""),
        ("number", 5, "5"),
    ],
)
def test_values_are_shown_to_people(type: str, value: Any, shown: str) -> None:
    assert build(type, {}).show(value) == shown


PARAMETERS: dict[str, dict[str, Any]] = {
    "choice": {"options": OPTIONS},
    "regex": {"pattern": ".*"},
}
ALL = [
    build(name, PARAMETERS.get(name, {}))
    for name in (
        "text",
        "phone",
        "email",
        "date",
        "time",
        "number",
        "choice",
        "yesno",
        "regex",
        "file",
    )
]


@pytest.mark.parametrize("type", ALL, ids=lambda type: str(type.kind))
def test_naughty_strings_never_raise_and_come_out_as_typed(type: slots.SlotType) -> None:
    for naughty in NAUGHTY:
        value = type.parse(say(naughty), ASKING)
        if isinstance(value, Bad):
            assert value.reason in REASONS
        else:
            assert type.equal(value, value)
            assert isinstance(type.show(value), str)
            json.dumps(value)
            if type.kind == "text":
                assert value == naughty
            if type.kind == "regex":
                assert value == naughty.strip()


def test_most_naughty_strings_are_fine_texts() -> None:
    type = build("text", {})
    refused = [text for text in NAUGHTY if isinstance(type.parse(say(text), ASKING), Bad)]
    unseen = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
    assert all(
        unseen.search(text) or not text.strip() or not text.isprintable() for text in refused
    )
    assert len(refused) < 20


@given(st.sampled_from(ALL), st.text() | st.text("0123456789+-.,:/ @да", max_size=20))
def test_no_text_makes_a_type_raise(type: slots.SlotType, text: str) -> None:
    value = type.parse(say(text), ASKING)
    if not isinstance(value, Bad):
        json.dumps(value)
        type.show(value)


@pytest.mark.parametrize("type", ALL, ids=lambda type: str(type.kind))
def test_long_texts_are_refused_before_they_cost(type: slots.SlotType) -> None:
    for text in ("1" * 100_000, "а" * 100_000, " " * 100_000 + "1", "a@" * 50_000, "+7 " * 30_000):
        assert isinstance(type.parse(say(text), ASKING), Bad)


class Plate:
    """A number plate."""

    kind = "plate"
    strict = True

    def parse(self, message: Message, asking: Asking) -> Any:
        return message.text.plain.upper()

    def show(self, value: Any, language: str = "ru") -> str:
        return str(value)

    def equal(self, value: Any, written: Any) -> bool:
        return bool(value == written)


def test_the_owner_adds_types() -> None:
    slots.register("plate", Plate)
    assert build("plate", {}).parse(say("а123бв"), ASKING) == "А123БВ"
    assert TYPES["plate"].about == "A number plate."
    with pytest.raises(SlotError):
        build("plate", {"region": "77"})
    with pytest.raises(ValueError, match="built-in"):
        slots.register("phone", Plate)


def test_a_place_or_a_contact_that_is_shared_answers_a_question_for_words() -> None:
    text, asking = build("text", {}), Asking(0)
    place = Message(location=Location(55.7558, 37.6173))
    assert text.parse(place, asking) == "55.755800, 37.617300"
    named = Message(location=Location(55.7558, 37.6173, "Красная площадь"))
    assert text.parse(named, asking) == "Красная площадь (55.755800, 37.617300)"
    contact = Message(contact=Contact("+79123456789", "Анна"))
    assert text.parse(contact, asking) == "Анна, +79123456789"
    assert text.parse(Message(), asking) == Bad("no_text")
