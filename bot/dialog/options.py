"""The current options of a `choose`, and which of them a text means."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from bot.dialog.filters import show
from bot.dialog.flow import Choose, Option
from bot.dialog.layout import lay_out
from bot.dialog.presses import payload
from bot.dialog.presses import row as row_key
from bot.dialog.slots import means_nearly, yes_or_no
from bot.dialog.work import Place, Work
from bot.faq import looks_like_question, normalise
from bot.model.abilities import Abilities
from bot.model.message import Button
from bot.model.text import Text

normal = lru_cache(maxsize=4096)(normalise)
"""Normalised labels: the same few come again and again."""


_VISITS = 128
_POLITE = frozenset("пожалуйста спасибо ну вот тогда давайте хочу please thanks".split())  # noqa: SIM905
_SMALL = frozenset("в во и к на не по с со у за от до для из о the a to of in".split())  # noqa: SIM905
"""Words that alone name no option, though they stand in its label."""


class Offered(NamedTuple):
    """One option as it is offered now: its key, its label, and what it stands for. `title`: what a row's label begins
    with, where no other row begins so; «Маникюр» means «Маникюр - 2 000 ₽»."""

    key: str
    label: str
    option: Option | None
    row: Mapping[str, Any] | None = None
    title: str = ""

    def names(self) -> Sequence[str]:
        """All that a customer may type for it."""
        if self.option is None:
            return (self.label, self.title) if self.title else (self.label,)
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


class Fixed:
    """A choice that is the same for everybody: its options, all that may be typed for them, and its `rows` of buttons
    at a visit. Not `in_rows`: the options stand in the text."""

    __slots__ = ("_ends", "abilities", "by_name", "in_rows", "options", "rows")

    def __init__(self, place: Place, step: Choose, abilities: Abilities) -> None:
        self.abilities = abilities
        self.options = tuple(
            Offered(option.key, option.text.on(abilities.kind).render({}).plain, option)
            for option in step.options
        )
        self.by_name: dict[str, Offered] = {}
        for each in self.options:
            for name in each.names():
                self.by_name.setdefault(normalise(name), each)
        ends = [Button(o.label, payload(place.flow, step.id, 0, o.key)[1:]) for o in self.options]
        text = Text("?")
        message = lay_out(text, abilities, ends, (), step.columns)
        self._ends = [[(b.text, b.payload) for b in row] for row in message.buttons]
        self.in_rows = message.text == text
        # Most talks are short: at a menu nearly everybody is at one of a few visits.
        self.rows = lru_cache(maxsize=_VISITS)(self._rows)

    def _rows(self, visit: int) -> tuple[tuple[Button, ...], ...]:
        return tuple(
            tuple(Button(label, f"{visit}{end}") for label, end in row) for row in self._ends
        )


def fixed(work: Work, place: Place, step: Choose) -> Fixed | None:
    """What of a choice can be worked out once; None where it depends on the customer or the moment."""
    plan = place.plan
    if step.id not in plan.same:
        return None
    abilities = work.moment.abilities
    key = step.id, abilities.kind
    found: Fixed | None = plan.fixed.get(key)
    if found is None or found.abilities is not abilities:
        found = plan.fixed[key] = Fixed(place, step, abilities)
    return found


def offered(work: Work, place: Place, step: Choose) -> Sequence[Offered]:
    """What can be chosen now."""
    if step.rows_from:
        return _rows(place, step)
    same = fixed(work, place, step)
    if same is not None:
        return same.options
    kind, values = work.conversation.kind, place.values
    return [
        Offered(option.key, option.text.on(kind).render(values).plain, option)
        for option in step.options
        if option.guard is None or option.guard.true(values)
    ]


def _rows(place: Place, step: Choose) -> list[Offered]:
    rows = place.values.get(step.rows_from)
    if not isinstance(rows, list | tuple):
        return []
    maps = [row if isinstance(row, Mapping) else {"value": row} for row in rows]
    titles = [normal(show(row.get(step.row_title))) for row in maps]
    found = []
    for index, (row, shown, title) in enumerate(zip(rows, maps, titles, strict=True)):
        label = step.row_label
        text = label.render(RowValues(place.values, shown)).plain if label else _first(shown)
        own = title if titles.count(title) == 1 else ""
        found.append(Offered(row_key(index), text, None, row, own))
    return found


def _first(row: Mapping[str, Any]) -> str:
    return str(next(iter(row.values()), ""))


def exact(work: Work, place: Place, step: Choose) -> Offered | None:
    """Rule 3: the option that the text names by key, label, `also` or number."""
    words = work.words
    same = fixed(work, place, step) if words else None
    if same is None:
        return named(work.text, words, offered(work, place, step))
    return same.by_name.get(words) or _numbered(words, same.options)


def named(text: str, words: str, options: Sequence[Offered]) -> Offered | None:
    """The option that a text (and its normalised form) names."""
    if not words:
        # Labels that hold no words at all: an emoji, a sign.
        return next((each for each in options if text and text in each.names()), None)
    for each in options:
        if any(normal(name) == words for name in each.names()):
            return each
    return _numbered(words, options)


def _numbered(words: str, options: Sequence[Offered]) -> Offered | None:
    number = int(words) if len(words) < 4 and words.isdecimal() else 0
    return options[number - 1] if 1 <= number <= len(options) else None


def nearly(words: str, options: Sequence[Offered]) -> Offered | None:
    """Rule 5: the only option that the text is a near spelling of, or whose own words it says and no others («да, всё
    верно»), or that means yes or no as the text does («ага»)."""
    if len(words) > 2:
        found = [
            each for each in options if any(means_nearly(name, words) for name in each.names())
        ]
        if found:
            return found[0] if len(found) == 1 else None
    found = _in_its_words(words, options)
    if not found and (said := yes_or_no(words)) is not None:
        found = [each for each in options if any(yes_or_no(n) is said for n in each.names())]
    return found[0] if len(found) == 1 else None


def _in_its_words(words: str, options: Sequence[Offered]) -> list[Offered]:
    said = set(words.split()) - _POLITE
    if said <= _SMALL or looks_like_question(words) or words.isdecimal():
        return []
    return [
        each
        for each in options
        if said <= {word for name in each.names() for word in normal(name).split()}
    ]


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
