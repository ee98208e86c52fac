"""`find`: the rows of a table that fit. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from bot.dialog.filters import as_number, show
from bot.faq import normalise

Row = Mapping[str, Any]
Wanted = tuple[str, str, Any]
"""A column, one of `OPERATORS`, and the value that is compared with."""

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_RUSSIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?\Z", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z", re.ASCII)


def find(
    rows: Iterable[Row],
    conditions: Sequence[Wanted] = (),
    sort: str = "",
    *,
    descending: bool = False,
    top: int = 0,
) -> list[Row]:
    """The rows that meet every condition, sorted by a column, at most `top` of them (0: all).

    A condition whose value is empty (None, "") is not looked at: what the customer did not say excludes nothing.
    Rows without a value in the column that sorts come last.
    """
    asked = [wanted for wanted in conditions if wanted[2] is not None and wanted[2] != ""]
    found = [
        row for row in rows if all(fits(row.get(column), op, value) for column, op, value in asked)
    ]
    if sort:
        full = [row for row in found if not _empty(row.get(sort))]
        empty = [row for row in found if _empty(row.get(sort))]
        found = sorted(full, key=lambda row: _sort_key(row[sort]), reverse=descending) + empty
    return found[:top] if top else found


def fits(cell: Any, op: str, value: Any) -> bool:
    """Compare a cell with a value: as numbers where both are (`12 500 ₽` is one), as days or times where both are,
    else as texts without case, ё and punctuation. A cell that is a list fits if any of its items does, but for `!=`:
    then none of them may be equal."""
    if isinstance(cell, list | tuple):
        if op == "!=":
            return all(fits(item, op, value) for item in cell)
        return any(fits(item, op, value) for item in cell)
    if _empty(cell):
        return op == "!="
    left, right = _typed(cell), _typed(value)
    if left[0] != right[0]:
        left, right = (_TEXT, _text(cell)), (_TEXT, _text(value))
        if op not in ("=", "!="):
            return False
    return OPERATORS[op](left[1], right[1])


_NUMBER, _DAY, _TIME, _TEXT = range(4)


def _typed(value: Any) -> tuple[int, Any]:
    """What kind of thing a cell is, and the form in which it compares with its like."""
    number = as_number(value)
    if number is not None:
        return _NUMBER, number
    if isinstance(value, str):
        text = value.strip()
        day = _RUSSIAN_DATE.match(text)
        if day:
            return _DAY, f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
        if _ISO_DATE.match(text):
            return _DAY, text.replace(" ", "T")
        clock = _CLOCK.match(text)
        if clock:
            return _TIME, f"{int(clock[1]):02}:{clock[2]}"
    return _TEXT, _text(value)


def _text(value: Any) -> str:
    text = show(value)
    return normalise(text) or text.strip()


def _sort_key(value: Any) -> tuple[int, Any]:
    return _typed(value[0] if isinstance(value, list | tuple) else value)


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], ())
