"""Text with formatting, the one inner form that every channel translates from."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

import msgspec

SpanKind = Literal["bold", "italic", "code", "link", "personal"]


class Span(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Formatting of `plain[start:end]`; offsets count code points, not UTF-16 units.

    `personal` marks a value that logs, titles and viewers must not see; channels that speak to the customer drop it.
    """

    kind: SpanKind
    start: int
    end: int
    url: str = ""


class Text(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Characters and the spans over them, sorted by start; spans may nest but never cross."""

    plain: str = ""
    spans: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.plain)


def masked(text: Text, mark: str = "•••") -> str:
    """The plain text with every personal span replaced by `mark`: for titles, logs and viewers."""
    pieces, done = [], 0
    for span in text.spans:
        if span.kind == "personal" and span.end > done:
            pieces += [text.plain[done : max(done, span.start)], mark]
            done = span.end
    return "".join([*pieces, text.plain[done:]])


def utf16_length(plain: str) -> int:
    """The length in UTF-16 units, by which messengers count."""
    return (
        len(plain) if plain.isascii() else len(plain) + sum(letter > "\uffff" for letter in plain)
    )


def join(texts: Sequence[Text], between: str = "\n") -> Text:
    """Texts one after another with `between` in between; empty ones are left out."""
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0
    for text in texts:
        if not text.plain:
            continue
        if pieces:
            pieces.append(between)
            length += len(between)
        spans += [Span(s.kind, s.start + length, s.end + length, s.url) for s in text.spans]
        pieces.append(text.plain)
        length += len(text.plain)
    return Text("".join(pieces), tuple(spans))


def cut(plain: str, limit: int) -> str:
    """At most `limit` (3 or more) UTF-16 units, with an ellipsis in place of what was cut off."""
    if 2 * len(plain) <= limit or utf16_length(plain) <= limit:
        return plain
    at = _whole(plain, _within(plain, 0, limit - 1), 0)
    return plain[:at].rstrip() + "…"


def split(text: Text, limit: int) -> list[Text]:
    """Texts of at most `limit` UTF-16 units, cut at the end of a paragraph, a line, a sentence or a word where there
    is one in the second half, else between characters as people see them; spans go on in the next part.
    White space at a cut is dropped. An empty text is one part."""
    if 2 * len(text.plain) <= limit or utf16_length(text.plain) <= limit:
        return [text]
    parts = []
    start = 0
    while start < len(text.plain):
        end = _cut_at(text.plain, start, limit)
        part = slice_text(text, start, end)
        if part.plain.strip():
            parts.append(part)
        start = end
        while start < len(text.plain) and text.plain[start].isspace():
            start += 1
    return parts or [Text()]


def slice_text(text: Text, start: int, end: int) -> Text:
    """The characters from `start` to `end` without white space at the end, and what of the spans lies over them."""
    plain = text.plain[start:end].rstrip()
    end = start + len(plain)
    spans = [
        Span(span.kind, max(span.start, start) - start, min(span.end, end) - start, span.url)
        for span in text.spans
        if span.start < end and span.end > start
    ]
    return Text(plain, tuple(sorted(spans, key=lambda span: (span.start, -span.end))))


_ENDS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s"), re.compile(r"\s"))
_JOINER = "\u200d"


def _cut_at(plain: str, start: int, limit: int) -> int:
    farthest = _within(plain, start, limit)
    if farthest == len(plain):
        return farthest
    middle = start + (farthest - start) // 2
    for end in _ENDS:
        at = -1
        # White space that stands just behind the limit is a good place too.
        for found in end.finditer(plain, middle, farthest + 1):
            at = found.start()
        if at > start:
            return at
    return _whole(plain, farthest, start)


def _within(plain: str, start: int, limit: int) -> int:
    """How far `limit` UTF-16 units reach from `start`; at least one character."""
    end = min(len(plain), start + limit)
    if plain.isascii():
        return max(end, start + 1)
    units = 0
    for at in range(start, end):
        units += 2 if plain[at] > "\uffff" else 1
        if units > limit:
            return max(at, start + 1)
    return max(end, start + 1)


def _whole(plain: str, at: int, start: int) -> int:
    """The nearest place before `at` where a character as people see it ends; `at` itself if there is none near."""
    for place in range(at, max(start, at - 64), -1):
        if place >= len(plain) or not _continues(plain, place):
            return place
    return at


def _continues(plain: str, at: int) -> bool:
    """Whether the code point at `at` belongs to the character before it (the common part of Unicode's UAX 29)."""
    letter, before = plain[at], plain[at - 1]
    if letter < "\u0300":
        return letter == "\n" and before == "\r"
    if _JOINER in (letter, before) or "\U0001f3fb" <= letter <= "\U0001f3ff":
        return True
    if "\U0001f1e6" <= letter <= "\U0001f1ff":
        flags = 0
        while flags < at and "\U0001f1e6" <= plain[at - 1 - flags] <= "\U0001f1ff":
            flags += 1
        return flags % 2 == 1
    return (
        unicodedata.category(letter) in ("Mn", "Me", "Mc") or "\U000e0020" <= letter <= "\U000e007f"
    )
