"""Findings for people, for programs, and for GitHub's annotations."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import msgspec

from bot.check.finding import Finding, Language

_WIDEST = 160
_CURE = {"ru": "как исправить", "en": "how to mend it"}


def as_text(findings: Sequence[Finding], language: Language) -> str:
    """Each with its line of the file, marked, and the cure."""
    return "\n\n".join(_text(finding, language) for finding in findings)


def _text(finding: Finding, language: Language) -> str:
    place = f"{finding.path}:{finding.line}:{finding.column}"
    head = f"{place}: {finding.code} {finding.sentence(language)}"
    number = str(finding.line)
    gutter = " " * len(number)
    lines = [head]
    if finding.source.strip():
        before = finding.source[: finding.column - 1]
        marked = finding.source[finding.column - 1 : finding.end_column - 1]
        indent = "".join("\t" if sign == "\t" else " " * _width(sign) for sign in before)
        carets = "^" * max(1, sum(map(_width, marked)))
        lines += [
            f"{gutter} |",
            f"{number} | {finding.source[:_WIDEST]}",
            f"{gutter} | {indent}{carets}"[: _WIDEST + len(gutter) + 3],
        ]
    cure = finding.cure(language)
    if cure:
        lines.append(f"{gutter} = {_CURE[language]}: {cure}")
    return "\n".join(lines)


def _width(sign: str) -> int:
    """Columns of a terminal that a character takes."""
    if unicodedata.combining(sign) or sign in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def as_json(findings: Sequence[Finding], language: Language) -> str:
    """A list of objects, one a finding."""
    listed = [_object(finding, language) for finding in findings]
    return msgspec.json.encode(listed).decode()


def _object(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_column": finding.end_column,
        "message": finding.sentence(language),
        "cure": finding.cure(language),
        "replacement": finding.replacement,
    }


def as_github(findings: Sequence[Finding], language: Language) -> str:
    """Workflow commands, which GitHub shows beside the line."""
    return "\n".join(
        f"::{finding.severity} file={_property(finding.path)},line={finding.line},"
        f"col={finding.column},title={finding.code}::"
        + _escaped(f"{finding.sentence(language)} {finding.cure(language)}".strip())
        for finding in findings
    )


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
