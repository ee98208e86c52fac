"""What a writer of prose meant where libyaml sees a syntax error."""

import re
from collections.abc import Iterator

import msgspec
from yaml.error import MarkedYAMLError

from bot.check.finding import Argument
from bot.source.tree import Source, quoted

_LINE = re.compile(
    r"""^(?P<lead>\s*(?:[-?]\s+)*(?:(?:"[^"]*"|'[^']*'|[^\s'"#{\[&*!|>%@`][^:]*?):\s+)?)(?P<value>\S.*?)\s*$"""
)
_COMMENT = re.compile(r"\s#")
_BLOCK = re.compile(r"[|>][-+\d]*")
_INLINE = re.compile(r"\{[{%].*?[%}]\}")


class Trap(msgspec.Struct, frozen=True):
    """A diagnosed syntax error; lines and columns count from 1."""

    code: str
    line: int
    column: int
    end_column: int
    arguments: dict[str, Argument] = {}
    replacement: str | None = None


def diagnose(source: Source, error: MarkedYAMLError) -> Trap:
    """Say what stands behind a syntax error."""
    problem, first = error.problem_mark, error.context_mark
    line = problem.line + 1 if problem else 1
    column = problem.column + 1 if problem else 1
    context, said = str(error.context or ""), str(error.problem or "")
    if "another document" in said:
        return Trap("E020", line, column, column + 3)
    for number in _suspects(source, line, first.line + 1 if first else line):
        trap = _tab(source, number) or _prose(source, number, said)
        if trap:
            return trap
    if first and "quoted scalar" in context:
        if "escape" in said:
            return Trap(
                "E026", line, column, column + 2, {"text": source.line(line)[column - 1 :][:2]}
            )
        return Trap("E006", first.line + 1, first.column + 1, first.column + 2)
    if first and "simple key" in context:
        end = len(source.line(first.line + 1)) + 1
        return Trap("E027", first.line + 1, first.column + 1, end)
    if first and "flow" in context:
        return Trap("E008", first.line + 1, first.column + 1, first.column + 2)
    if "alias" in said and "undefined" in said:
        return Trap("E004", line, column, column + 1, {"text": source.line(line)[column - 1 :][:1]})
    if "block" in context or "mapping values" in said:
        text = source.line(line)
        first_sign = len(text) - len(text.lstrip()) + 1
        return Trap("E009", line, first_sign, max(first_sign + 1, len(text.rstrip()) + 1))
    return Trap("E001", line, column, column + 1, {"problem": said})


def _suspects(source: Source, problem: int, context: int) -> Iterator[int]:
    """Lines that may hold the cause, most likely first."""
    yield problem
    above = problem - 1
    while above > context and not source.line(above).strip():
        above -= 1
    if above > 0:
        yield above
    if context not in {problem, above}:
        yield context


def _tab(source: Source, number: int) -> Trap | None:
    text = source.line(number)
    lead = text[: len(text) - len(text.lstrip())]
    if "\t" not in lead:
        return None
    return Trap("E005", number, 1, len(lead) + 1, replacement=lead.replace("\t", "  "))


def _prose(source: Source, number: int, said: str) -> Trap | None:
    """A text that had to be quoted."""
    text = source.line(number)
    found = _LINE.match(text)
    if not found or not found["lead"].strip() or found["value"].startswith("#"):
        return None
    column = found.start("value") + 1
    value = found["value"]
    cut = _COMMENT.search(value)
    if value[0] not in "\"'" and cut:
        value = value[: cut.start()]
    trap = _trapped(value, said)
    if trap is None:
        return _inline(text, number)
    code, replacement = trap
    shown = value if len(value) <= 40 else value[:39] + "…"
    first = value[:2] if code == "E003" else value[:1]
    arguments: dict[str, Argument] = {"text": shown, "first": first}
    return Trap(code, number, column, column + len(value), arguments, replacement)


def _trapped(value: str, said: str) -> tuple[str, str | None] | None:
    if value.startswith(("{{", "{%")):
        return "E003", quoted(value)
    if value[0] in "*&!%@`":
        return "E004", quoted(value)
    if value[0] in "|>" and not _BLOCK.fullmatch(value):
        return "E011", None
    if value[0] in "\"'":
        return _misquoted(value)
    if value.startswith(("- ", "? ")):
        return "E012", quoted(value)
    if value[0] not in "[{" and (": " in value or (value.endswith(":") and "mapping" in said)):
        return "E002", None if value.endswith(":") else quoted(value)
    return None


def _misquoted(value: str) -> tuple[str, str | None] | None:
    mark = value[0]
    plain = value.replace("\\" + mark, "  ") if mark == '"' else value.replace("''", "  ")
    closing = plain.find(mark, 1)
    if closing < 0 or closing == len(value) - 1 or plain[closing + 1 :].lstrip().startswith("#"):
        return None
    inner = value[1:-1] if value.endswith(mark) else value
    return "E007", quoted(inner)


def _inline(text: str, number: int) -> Trap | None:
    """`{{ … }}` somewhere between brackets, outside quotes."""
    for found in _INLINE.finditer(text):
        before = text[: found.start()]
        if before.count('"') % 2 == 0 and before.count("'") % 2 == 0:
            return Trap(
                "E003",
                number,
                found.start() + 1,
                found.end() + 1,
                {"text": found[0], "first": found[0][:2]},
            )
    return None
