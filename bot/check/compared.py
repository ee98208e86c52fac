"""Comparisons that never hold: «вид == 'Телефон'», where the option's key is «телефон»."""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from bot.check.across import given_names
from bot.check.drawn import Drawn, Use
from bot.check.finding import Argument, Word
from bot.check.sameness import normal
from bot.dialog.flow import Ask, Choose, Flow, Set, Step
from bot.dialog.slots.choice import ChoiceType, YesNoType
from bot.source.nearest import nearest

_QUOTED = r"(?P<quote>['\"])(?P<value>[^'\"]*)(?P=quote)"


class Answers(msgspec.Struct, frozen=True):
    """What a name may hold, and what else each of these is called; `truth`: true or false, and no text."""

    keys: tuple[str, ...]
    called: Mapping[str, str]
    truth: bool = False


def check_compared(flows: Sequence[Drawn]) -> None:
    """Note where an answer is compared with what it can never be."""
    given = given_names(flows)
    for drawn in flows:
        flow = drawn.flow
        outside = given.get(flow.id, frozenset())
        if flow.start.events:
            outside |= frozenset(flow.slots)
        known = {name: one for name, one in _known(flow).items() if name not in outside}
        for use in drawn.uses:
            for name in sorted(use.names & known.keys()):
                _look(drawn, use, name, known[name])


def _known(flow: Flow) -> dict[str, Answers]:
    found: dict[str, Answers | None] = {}
    for step in flow.steps.values():
        for name, answers in _saves(step):
            before = found.get(name, answers)
            same = answers is not None and before is not None and answers.truth == before.truth
            found[name] = _both(answers, before) if same else None  # type: ignore[arg-type]
    return {name: one for name, one in found.items() if one is not None}


def _saves(step: Step) -> Iterator[tuple[str, Answers | None]]:
    if isinstance(step, Set):
        yield from ((name, None) for name, _ in step.values)
    elif save := getattr(step, "save", ""):
        yield save, _answers(step)


def _answers(step: Step) -> Answers | None:
    if isinstance(step, Ask) and isinstance(step.type, ChoiceType):
        return Answers(tuple(step.type.options), step.type.spellings)
    if isinstance(step, Ask) and isinstance(step.type, YesNoType):
        return Answers((), {}, truth=True)
    if not isinstance(step, Choose) or step.rows_from or step.multiple:
        return None
    called = {
        normal(label): option.key
        for option in step.options
        for label in (option.text.default.source, *option.also)
    }
    return Answers(tuple(option.key for option in step.options), called)


def _both(one: Answers, other: Answers) -> Answers:
    if one is other:
        return one
    return Answers((*one.keys, *other.keys), {**one.called, **other.called}, one.truth)


def _look(drawn: Drawn, use: Use, name: str, answers: Answers) -> None:
    word = re.escape(name)
    for form in (
        rf"(?<![\w.'\"]){word}\s*[=!]=\s*{_QUOTED}",
        rf"{_QUOTED}\s*[=!]=\s*{word}(?![\w.])",
    ):
        for found in re.finditer(form, use.node.value):
            if found["value"] and (answers.truth or found["value"] not in answers.keys):
                _note(drawn, use, name, found, answers)


def _note(drawn: Drawn, use: Use, name: str, found: re.Match[str], answers: Answers) -> None:
    value = found["value"]
    line, column = drawn.report.source.within(use.node, found.start("value"))
    near = answers.called.get(normal(value)) or nearest(value, answers.keys)
    known: Argument = Word("yes") if answers.truth else ", ".join(dict.fromkeys(answers.keys))
    written = drawn.report.source.line(line)[column - 1 : column - 1 + len(value)]
    drawn.report.mark(
        "W016", line, column, column + len(value),
        replacement=near if near and written == value else None,
        name=name, value=value, near=near, known=known,
    )  # fmt: skip
