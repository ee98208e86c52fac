"""The current options of a `choose`, and which of them a text means."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from bot.dialog.flow import Choose, Option
from bot.dialog.presses import row as row_key
from bot.dialog.work import Place, Work
from bot.faq import near, normalise

normal = lru_cache(maxsize=4096)(normalise)
"""Normalised labels: the same few come again and again."""


class Offered(NamedTuple):
    """One option as it is offered now: its key, its label, and what it stands for."""

    key: str
    label: str
    option: Option | None
    row: Mapping[str, Any] | None = None

    def names(self) -> Sequence[str]:
        """All that a customer may type for it."""
        if self.option is None:
            return (self.label,)
        return (self.label, self.option.key, *self.option.also)


class RowValues(Mapping[str, Any]):
    """The names of a flow, and `row`."""

    def __init__(self, values: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        self._values = values
        self._row = row

    def __getitem__(self, name: str) -> Any:
        return self._row if name == "row" else self._values[name]

    def __iter__(self) -> Iterator[str]:
        yield "row"
        yield from self._values

    def __len__(self) -> int:
        return len(self._values) + 1


def offered(work: Work, place: Place, step: Choose) -> list[Offered]:
    """What can be chosen now."""
    if step.rows_from:
        return _rows(place, step)
    kind, values = work.kind, place.values
    return [
        Offered(option.key, option.text.on(kind).render(values).plain, option)
        for option in step.options
        if option.guard is None or option.guard.true(values)
    ]


def _rows(place: Place, step: Choose) -> list[Offered]:
    rows = place.values.get(step.rows_from)
    if not isinstance(rows, list | tuple):
        return []
    found = []
    for index, row in enumerate(rows):
        shown = row if isinstance(row, Mapping) else {"value": row}
        label = step.row_label
        text = label.render(RowValues(place.values, shown)).plain if label else _first(shown)
        found.append(Offered(row_key(index), text, None, row))
    return found


def _first(row: Mapping[str, Any]) -> str:
    return str(next(iter(row.values()), ""))


def exact(work: Work, options: Sequence[Offered]) -> Offered | None:
    """Rule 3: the option that the text names by key, label, `also` or number."""
    return named(work.text, work.normal(), options)


def named(text: str, words: str, options: Sequence[Offered]) -> Offered | None:
    """The option that a text (and its normalised form) names."""
    if not words:
        # Labels that hold no words at all: an emoji, a sign.
        return next((each for each in options if text and text in each.names()), None)
    for each in options:
        if any(normal(name) == words for name in each.names()):
            return each
    if words.isdecimal() and len(words) < 4 and 1 <= int(words) <= len(options):
        return options[int(words) - 1]
    return None


def nearly(words: str, options: Sequence[Offered]) -> Offered | None:
    """Rule 5: the only option that the text is a near spelling of."""
    if len(words) < 3:
        return None
    found = [each for each in options if any(near(name, words) for name in each.names())]
    return found[0] if len(found) == 1 else None


def several(text: str, options: Sequence[Offered]) -> list[Offered] | None:
    """What a text means at `multiple`: names or numbers between commas; None if any part is not an option."""
    parts = [part.strip() for part in _parts(text)]
    found: list[Offered] = []
    for part in parts:
        words = normalise(part)
        each = named(part, words, options) or nearly(words, options)
        if each is None:
            return None
        if each not in found:
            found.append(each)
    return found or None


def _parts(text: str) -> list[str]:
    if text.replace(" ", "").isdecimal():
        return text.split()
    for mark in (";", "\n", " и ", " and "):
        text = text.replace(mark, ",")
    return [part for part in text.split(",") if part.strip()]
