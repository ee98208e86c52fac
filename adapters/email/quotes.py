"""What the customer wrote, without what was quoted below or between and without signatures. Pure, linear, own rules.

The rules come from what mail programs write: Gmail, Outlook, Apple Mail, Yandex, Mail.ru, Thunderbird, in Russian and
English. Where a rule is not sure it keeps: a quoted line too many is a nuisance, a lost word a loss.
"""

import msgspec

from adapters.email.quote_rules import (
    announces,
    begins_announcement,
    is_forward,
    is_header_name,
    is_header_start,
    is_original,
    is_rule,
    is_tagline,
    parting,
    shapes_sentence,
)

LONGEST = 200_000
"""Characters that are looked at."""
_JOINED = 3
_ANNOUNCEMENT = 320
_HEADERS = 8
_SIGNATURE_LINES, _SIGNATURE, _SIGNATURE_REACH = 12, 900, 30
_MARKS = frozenset({"-- ", "--", "—", "- -"})
_PARTING_LINES, _PARTING_LINE = 9, 90


class Cut(msgspec.Struct, frozen=True):
    """`text` is what was written; `cut` tells whether anything was left out."""

    text: str
    cut: bool


def cut(text: str) -> Cut:
    """Cut a plain text. What is only a forwarded or quoted letter under a header stays whole."""
    lines = [line.rstrip() if line != "-- " else line for line in text[:LONGEST].split("\n")]
    segments, rest = _segments(lines)
    kept = [_unsigned(segment) for segment in segments]
    words = _tidy([line for segment in kept for line in (*segment, "")])
    if not words and rest:
        # Nothing stands above a letter that was sent on: it is what the customer wanted to show.
        return Cut(_tidy(lines), len(text) > LONGEST)
    whole = _tidy(lines)
    return Cut(words, words != whole or len(text) > LONGEST)


def _segments(lines: list[str]) -> tuple[list[list[str]], bool]:
    """The stretches of own words, and whether a whole letter under a header was left out behind them."""
    segments: list[list[str]] = [[]]
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line:
            segments[-1].append(line)
            at += 1
        elif is_forward(line):
            # What is sent on with a word of one's own belongs to it.
            segments[-1] += lines[at:]
            return segments, False
        elif _is_quoted(line):
            segments.append([])
            at += 1
        elif _letter_begins(lines, at):
            _drop_rules(segments[-1])
            return segments, True
        elif length := _announcement(lines, at):
            if not _quote_follows(lines, at + length):
                return segments, True
            at += length
        else:
            segments[-1].append(line)
            at += 1
    return segments, False


def _is_quoted(line: str) -> bool:
    start = line.lstrip(" \t")
    return start.startswith(">") and not start[1:2].isdigit() and start[1:2] != "="


def _letter_begins(lines: list[str], at: int) -> bool:
    """Whether an answered letter begins here, under a title or with its header."""
    line = lines[at]
    if is_original(line):
        return True
    if not is_header_start(line):
        return False
    names = {is_header_name(one) for one in lines[at + 1 : at + 1 + _HEADERS]}
    return len(names - {""}) >= 2


def _drop_rules(segment: list[str]) -> None:
    while segment and (not segment[-1] or is_rule(segment[-1])):
        segment.pop()


def _announcement(lines: list[str], at: int) -> int:
    """How many lines from here on say who wrote what follows, and when; 0 if they do not."""
    joined = ""
    for length in range(1, _JOINED + 1):
        if at + length > len(lines) or not lines[at + length - 1]:
            return 0
        joined = f"{joined} {lines[at + length - 1]}" if joined else lines[at]
        if len(joined) > _ANNOUNCEMENT:
            return 0
        if length > 1 and not begins_announcement(lines[at]):
            return 0
        sure = announces(joined)
        if sure and (sure > 1 or _quote_follows(lines, at + length)):
            return length
    return 0


def _quote_follows(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 3] if line), "")
    return _is_quoted(following)


def _unsigned(segment: list[str]) -> list[str]:
    """A stretch without the signature at its end."""
    lines = _without_taglines(segment)
    for at in range(max(0, len(lines) - _SIGNATURE_REACH), len(lines)):
        if lines[at] in _MARKS and _is_short(lines[at + 1 :]):
            return _without_taglines(lines[:at])
    return _without_taglines(_without_parting(lines))


def _is_short(lines: list[str]) -> bool:
    written = [line for line in lines if line]
    return len(written) <= _SIGNATURE_LINES and sum(map(len, written)) <= _SIGNATURE


def _without_taglines(segment: list[str]) -> list[str]:
    lines = list(segment)
    while lines and (not lines[-1] or is_tagline(lines[-1]) or is_rule(lines[-1])):
        lines.pop()
    return lines


def _without_parting(lines: list[str]) -> list[str]:
    """Without «С уважением, …» and the name, the firm and the telephone under it."""
    first = max(0, len(lines) - 2 * _PARTING_LINES)
    for at in range(first, len(lines)):
        if not parting(lines[at]) or not any(lines[:at]):
            continue
        under = [line for line in lines[at:] if line]
        plain = all(len(line) <= _PARTING_LINE and not shapes_sentence(line) for line in under[1:])
        if len(under) <= _PARTING_LINES and plain:
            return lines[:at]
    return lines


def _tidy(lines: list[str]) -> str:
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1]):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()
