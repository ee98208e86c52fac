"""Text with formatting, the one inner form that every channel translates from."""

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
