"""Findings as people and programs read them: text, JSON, GitHub's annotations."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from bot.check import catalogue
from bot.check.finding import Finding, Language

Format = Literal["text", "json", "github"]
_RED, _YELLOW, _BOLD, _DIM, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m"
_WIDEST = 160
_LONGEST = 1_000
_NAME = re.compile(r"\{\w+\}")
_JOINER = "\u200d"


def render(
    findings: Sequence[Finding], format: Format, language: Language, *, colour: bool = False
) -> str:
    """All findings, sorted, ready to be printed; "" in the text form where there are none."""
    ordered = sorted(findings, key=lambda finding: finding.order)
    match format:
        case "json":
            return msgspec.json.encode([_json(each, language) for each in ordered]).decode()
        case "github":
            return "\n".join(_github(each, language) for each in ordered)
        case _:
            return "\n\n".join(_text(each, language, colour) for each in ordered)


def _text(finding: Finding, language: Language, colour: bool) -> str:
    red, bold, dim, plain = (
        (_RED if finding.severity == "error" else _YELLOW, _BOLD, _DIM, _PLAIN)
        if colour
        else ("", "", "", "")
    )
    place = f"{finding.path}:{finding.line}:{finding.column}:"
    lines = [f"{bold}{place}{plain} {red}{finding.code}{plain} {finding.sentence(language)}"]
    number = str(finding.line)
    bar = f"{dim}{' ' * len(number)} |{plain}"
    if finding.source.strip():
        shown, before, width = window(finding.source, finding.column, finding.end_column)
        lines += [
            bar,
            f"{dim}{number} |{plain} {shown}",
            f"{bar} {' ' * before}{red}{'^' * width}{plain}",
        ]
    word = "как исправить" if language == "ru" else "how to mend it"
    lines.append(f"{dim}{' ' * len(number)} ={plain} {word}: {finding.cure(language)}")
    return "\n".join(lines)


def window(source: str, column: int, end_column: int) -> tuple[str, int, int]:
    """The line as it is shown, how many cells stand before the mark, and how many it is wide.

    A long line is cut on both sides; a tab is shown as a space, so that the mark stands under its text.
    """
    start, end = column - 1, max(end_column - 1, column)
    cut = max(0, start - _WIDEST // 4) if start > _WIDEST // 2 else 0
    shown = source[cut : cut + _WIDEST].rstrip("\r\n")
    lead, tail = "…" if cut else "", "…" if len(source) > cut + _WIDEST else ""
    before = len(lead) + cells(shown[: start - cut])
    text = lead + "".join(map(_visible, shown)) + tail
    return text, before, max(1, cells(shown[start - cut : end - cut]))


def _visible(sign: str) -> str:
    """A sign that a terminal obeys is shown, not sent."""
    if sign == "\t":
        return " "
    return "\ufffd" if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    width, joined = 0, False
    for sign in text:
        if sign == _JOINER:
            joined = True
        elif not _hangs(sign):
            width += 0 if joined else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
            joined = False
    return width


def _hangs(sign: str) -> bool:
    """Combining marks, variation selectors, tones of skin: they add to the sign before."""
    return unicodedata.category(sign) in {"Mn", "Me", "Cf"} or "\U0001f3fb" <= sign <= "\U0001f3ff"


def _json(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_column": finding.end_column,
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.sentence(language),
        "cure": finding.cure(language),
        "replacement": finding.replacement,
        "source": finding.source[:_LONGEST],
    }


def _github(finding: Finding, language: Language) -> str:
    """A workflow command: docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    place = (
        f"file={_property(finding.path)},line={finding.line},col={finding.column},"
        f"endColumn={finding.end_column},title={finding.code}"
    )
    message = f"{finding.sentence(language)}. {finding.cure(language)}"
    return f"::{finding.severity} {place}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def explain(code: str, language: Language) -> str:
    """What a code means, with an example of the mistake and of its cure. Raises `KeyError` for an unknown code."""
    code = code.strip().upper()
    entry = catalogue.codes()[code]
    said = entry[language]
    sentences = said["sentence"] if isinstance(said["sentence"], list) else [said["sentence"]]
    cures = said["cure"] if isinstance(said["cure"], list) else [said["cure"]]
    wrong, right, mend = (
        ("Так неверно:", "Так верно:", "Как исправить:")
        if language == "ru"
        else ("Wrong:", "Right:", "How to mend it:")
    )
    sentence, cure = (_NAME.sub("…", text) for text in (sentences[-1], cures[-1]))
    parts = [f"{code}  {sentence}", said["more"], f"{mend} {cure}"]
    if "bad" in entry:
        parts += [wrong + "\n" + _indented(entry["bad"]), right + "\n" + _indented(entry["good"])]
    return "\n\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))
