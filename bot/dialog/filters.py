"""The filters of templates: `{{ phone | phone }}`, `{{ price | money }}`. None of them ever raises."""

import datetime as dt
import functools
import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from bot.model.months import MONTHS

NBSP = "\u00a0"
_WEEKDAYS = {
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:[T ]|\Z)", re.ASCII)
_TIME = re.compile(
    r"(?:\d{4}-\d\d-\d\d[T ])?(\d\d?):(\d\d)(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?\Z", re.ASCII
)
_E164 = re.compile(r"\+\d{7,15}\Z", re.ASCII)
_NUMBER = re.compile(r"[+−-]?(?:\d{1,3}(?:[\s'’]\d{3})+|\d{1,15})(?:[.,]\d{1,15})?\Z")
_CURRENCY = re.compile(r"\s*(?:₽|руб(?:лей|ля|ль)?\.?|р\.?|\$|€|%|RUB|USD|EUR)\s*\Z", re.IGNORECASE)


_MOST_BITS = 1000
_DEEPEST = 8
_TITLES = ("name", "title", "text", "название", "наименование", "заголовок", "имя")


def show(value: Any, depth: int = 0) -> str:
    """A value as people read it: nothing for None, whole floats without a point, a list with commas, a mapping by its
    name, title or text, or what it begins with if that is a text, else by its values."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < _MOST_BITS else ""
    if isinstance(value, float):
        return _show_float(value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if depth > _DEEPEST:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(shown for item in value if (shown := show(item, depth + 1)))
    if isinstance(value, Mapping):
        title = next((value[key] for key in _TITLES if value.get(key)), None)
        if title is None and value:
            first = next(iter(value.values()))
            title = first if isinstance(first, str) and first else None
        return show(list(value.values()) if title is None else title, depth + 1)
    return str(value)


def _show_float(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(round(value, 10))


def as_number(value: Any) -> int | float | None:
    """A number, or a text that is one (`12 500 ₽`, `1,5`, spaces of any kind); else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value.bit_length() < _MOST_BITS else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, str) or len(value) > 60 or not any(map(str.isdigit, value)):
        return None
    text = _CURRENCY.sub("", value.strip())
    if not _NUMBER.match(text):
        return None
    text = re.sub(r"[\s'’]", "", text).replace(",", ".").replace("−", "-")
    number = float(text)
    return int(text) if "." not in text else int(number) if number == int(number) else number


def phone(value: Any) -> str:
    """`+79123456789` as `+7 912 345-67-89`."""
    text = show(value)
    if len(text) == 12 and text.startswith("+79") and text.isascii() and text[1:].isdigit():
        return f"+7 {text[2:5]} {text[5:8]}-{text[8:10]}-{text[10:]}"
    return _other_phone(text) if _E164.match(text) else text


@functools.lru_cache(maxsize=1024)
def _other_phone(text: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def date(value: Any, form: str = "short", *, language: str = "ru") -> str:
    """`2026-06-15` as `15.06.2026`; form `long`: `15 июня 2026`, `day`: `15 июня`, `weekday`: `понедельник, 15 июня`."""
    text = show(value)
    found = _DATE.match(text)
    if not found:
        return text
    if form == "short" and language == "ru":
        return f"{found[3]}.{found[2]}.{found[1]}"
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    short = f"{day} {MONTHS[language][month - 1]}"
    if form == "weekday":
        return f"{_weekday(year, month, day, language)}, {short}"
    return short if form == "day" else f"{short} {year}"


def _weekday(year: int, month: int, day: int, language: str) -> str:
    shift = (0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4)[month - 1]
    year -= month < 3
    sunday_first = (year + year // 4 - year // 100 + year // 400 + shift + day) % 7
    return _WEEKDAYS[language].split()[sunday_first - 1]


def time(value: Any) -> str:
    """`09:30`, or the time of `2026-06-15T09:30`, as `09:30`."""
    text = show(value)
    found = _TIME.match(text)
    return f"{int(found[1]):02}:{found[2]}" if found else text


def money(value: Any, currency: str = "₽", *, language: str = "ru") -> str:
    """`12500` as `12 500 ₽` with spaces that do not break; kopecks only where there are some."""
    number = as_number(value)
    if number is None:
        return show(value)
    sign, number = ("-" if number < 0 else ""), round(abs(number), 2)
    digits = f"{int(number):,}" if number == int(number) else f"{number:,.2f}"
    if language == "ru":
        digits = digits.replace(",", NBSP).replace(".", ",")
    elif currency in "$€£":
        return f"{sign}{currency}{digits}"
    return f"{sign}{digits}{NBSP}{currency}" if currency else sign + digits


def plural(value: Any, *forms: str) -> str:
    """The word that fits the number: two forms (`item`, `items`) or three (`день`, `дня`, `дней`)."""
    number = as_number(value)
    if number is None:
        return forms[-1]
    if len(forms) == 2:
        return forms[0] if abs(number) == 1 else forms[1]
    if number != int(number):
        return forms[1]
    tens, units = abs(int(number)) % 100, abs(int(number)) % 10
    if units == 1 and tens != 11:
        return forms[0]
    return forms[1] if 2 <= units <= 4 and not 12 <= tens <= 14 else forms[2]


def default(value: Any, other: Any = "") -> Any:
    """`other` where the value is empty."""
    return other if value is None or value in ("", [], {}) else value


def mask(value: Any) -> str:
    """Hides all but the last two characters of a long value: `•••89`; a mail address keeps its domain."""
    text = show(value)
    if "@" in text:
        return f"{text[:1]}•••{text[text.rindex('@') :]}"
    return "•••" + text[-2:] if len(text) >= 6 else "•••" if text else ""


class Filter(msgspec.Struct, frozen=True):
    """What a filter does (`call`), how many arguments it takes beside the value, and how it is written."""

    call: Callable[..., Any]
    usage: str
    least: int = 0
    most: int = 0
    spoken: bool = False


FILTERS: Mapping[str, Filter] = MappingProxyType(
    {
        "phone": Filter(phone, "phone"),
        "date": Filter(
            date, "date, date('long'), date('day'), date('weekday')", most=1, spoken=True
        ),
        "time": Filter(time, "time"),
        "money": Filter(money, "money, money('€')", most=1, spoken=True),
        "plural": Filter(plural, "plural('день', 'дня', 'дней'), plural('item', 'items')", 2, 3),
        "upper": Filter(lambda value: show(value).upper(), "upper"),
        "lower": Filter(lambda value: show(value).lower(), "lower"),
        "trim": Filter(lambda value: show(value).strip(), "trim"),
        "default": Filter(default, "default('…')", 1, 1),
        "mask": Filter(mask, "mask"),
    }
)
"""Every filter by its name. `spoken`: it takes the keyword argument `language` (`ru` or `en`)."""
