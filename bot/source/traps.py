"""What a writer of prose meant where libyaml sees a syntax error."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml
from yaml.error import MarkedYAMLError

from bot.check.finding import Argument
from bot.source.tree import Source, quoted

_LINE = re.compile(
    r"""^(?P<lead>\s*(?:[-?]\s+)*(?:(?:"[^"]*"|'[^']*'|[^\s'"#{\[&*!|>%@`][^:]*?):\s+)?)(?P<value>\S.*?)\s*$"""
)
_KEY = re.compile(r"\s*(?:-\s+)*[^\W\d]\w*:(?:\s|$)")
_PAIR = re.compile(r" *[^\W\d]\w*: +[^|>\s]")
_ITEM = re.compile(r" *- +(?=[^\W\d]\w*: +\S)")
_NO_COLON = re.compile(r"( *- +)[^\W\d]\w* +[^:]+\Z")
_FAST_DASH = re.compile(r"(\s*)-([^\W\d]\w*:.*)")
_NO_BREAK = re.compile(
    r"^[ \t]*(?:[-?][ \t]+)*(?:[^\W\d]\w*:|-)?([\u00a0\u2000-\u200a\u202f\u3000]+)"
)
LONG_DASH = re.compile(r"[–—−‑•](?=\s+\S)")
"""What text editors make of a hyphen that begins a line."""
_COMMENT = re.compile(r"\s#")
_BLOCK = re.compile(r"[|>][-+\d]*")
_OPEN = re.compile(r"[\[{](?![{%])")
_INLINE = re.compile(r"\{[{%].*?[%}]\}")

_SCANNER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        trap = (
            _tab(source, number)
            or _no_break(source, number)
            or _long_dash(source, number)
            or _prose(source, number, context + said)
        )
        if trap:
            return trap
    if first and "quoted scalar" in context:
        if "escape" in said:
            return Trap(
                "E026", line, column, column + 2, {"text": source.line(line)[column - 1 :][:2]}
            )
        return Trap("E006", first.line + 1, first.column + 1, first.column + 2)
    unclosed = _unclosed(source, line)
    if unclosed:
        return unclosed
    if first and "simple key" in context:
        end = len(source.line(first.line + 1)) + 1
        return Trap("E027", first.line + 1, first.column + 1, end)
    if first and "flow" in context:
        return Trap("E008", first.line + 1, first.column + 1, first.column + 2)
    if "alias" in said and "undefined" in said:
        return Trap("E004", line, column, column + 1, {"text": source.line(line)[column - 1 :][:1]})
    if "block" in context or "mapping values" in said:
        text = source.line(line)
        dash = _dash(source, line, first.column if first else -1)
        if dash:
            return dash
        first_sign = len(text) - len(text.lstrip()) + 1
        if colon := _no_colon(source, line):
            return colon
        broken = _breaks_list(source, line) if text.lstrip().startswith("- ") else 0
        if broken:
            text, line = source.line(broken), broken
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
    item = _ITEM.match(source.line(number - 1))
    # Below the first key of an item its other keys begin behind the hyphen.
    spaces = " " * item.end() if item and not lead.strip("\t") else lead.replace("\t", "  ")
    return Trap("E005", number, 1, len(lead) + 1, replacement=spaces)


def _no_break(source: Source, number: int) -> Trap | None:
    """A space that is none to YAML, where a line begins or behind its key."""
    found = _NO_BREAK.match(source.line(number))
    if not found:
        return None
    width = len(found[1])
    return Trap("E030", number, found.start(1) + 1, found.end(1) + 1, replacement=" " * width)


def _long_dash(source: Source, number: int) -> Trap | None:
    """A dash, or a dot, where a hyphen begins an item of a list."""
    text = source.line(number)
    lead = len(text) - len(text.lstrip())
    found = LONG_DASH.match(text, lead)
    if not found:
        return None
    return Trap("E031", number, lead + 1, lead + 2, {"sign": found[0]}, "-")


def _dash(source: Source, number: int, column: int) -> Trap | None:
    """Among the items of a list, a line that begins with no hyphen, or with one that sticks to its key."""
    text = source.line(number)
    lead = len(text) - len(text.lstrip())
    if lead != column or not source.line(_above(source, number, lead)).startswith("- ", lead):
        return None
    stuck = _FAST_DASH.fullmatch(text)
    if stuck:
        return Trap("E028", number, lead + 1, lead + 2, {"text": _short(stuck[2])}, "- ")
    if not _KEY.match(text):
        return None
    return Trap("E029", number, lead + 1, len(text.rstrip()) + 1, {"text": _short(text.strip())})


def _no_colon(source: Source, number: int) -> Trap | None:
    """A key below an item of a list that has no colon: `- ask Как вас зовут?`."""
    text = source.line(number)
    lead = len(text) - len(text.lstrip())
    above = next((one for one in range(number - 1, 0, -1) if source.line(one).strip()), 0)
    found = _NO_COLON.match(source.line(above))
    if not found or not _KEY.match(text) or found.end(1) != lead:
        return None
    return Trap("E027", above, lead + 1, len(source.line(above).rstrip()) + 1)


def _breaks_list(source: Source, number: int) -> int:
    """The line that stands too far left and so ends a list, which this line means to go on with; 0 for none."""
    text = source.line(number)
    lead = len(text) - len(text.lstrip())
    for above in range(number - 1, 0, -1):
        found = source.line(above)
        if found.strip() and len(found) - len(found.lstrip()) < lead:
            return above if _PAIR.match(found) else 0
    return 0


def _above(source: Source, number: int, lead: int) -> int:
    """The nearest line above that begins in the same column, 0 for none."""
    for above in range(number - 1, 0, -1):
        text = source.line(above)
        if text.strip() and len(text) - len(text.lstrip()) <= lead:
            return above
    return 0


def _unclosed(source: Source, problem: int) -> Trap | None:
    """A quotation mark that only a mark of a later text has closed: keys stand in between."""
    quoted_last = None
    try:
        for token in yaml.scan("\n".join(source.lines), Loader=_SCANNER):
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                start: Any = token.start_mark
                end: Any = token.end_mark
                if start.line < end.line < problem + 1:
                    quoted_last = (start, end)
    except yaml.YAMLError:
        pass
    if quoted_last is None:
        return None
    start, end = quoted_last
    inside = range(start.line + 2, end.line + 2)
    if not any(_KEY.match(source.line(number)) for number in inside):
        return None
    return Trap("E006", start.line + 1, start.column + 1, start.column + 2)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


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
        return _inline(text, number, in_brackets="flow" in said)
    code, replacement = trap
    shown = _short(value)
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


def _inline(text: str, number: int, *, in_brackets: bool) -> Trap | None:
    """`{{ … }}` somewhere between brackets, outside quotes."""
    for found in _INLINE.finditer(text):
        before = text[: found.start()]
        if not in_brackets and not _OPEN.search(before):
            return None
        if before.count('"') % 2 == 0 and before.count("'") % 2 == 0:
            return Trap(
                "E003",
                number,
                found.start() + 1,
                found.end() + 1,
                {"text": found[0], "first": found[0][:2]},
            )
    return None
