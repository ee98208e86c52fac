"""Formatted text, both ways: Telegram's entities count UTF-16 units, our spans code points. Pure.

Only entities are used, never a parse mode: what a customer types cannot become markup.
"""

from collections.abc import Iterable, Sequence

from aiogram.types import MessageEntity

from bot.model.text import Span, SpanKind, Text

_KINDS: dict[str, SpanKind] = {
    "bold": "bold",
    "italic": "italic",
    "code": "code",
    "pre": "code",
    "text_link": "link",
    "text_mention": "link",
}
_SURROGATES = range(0xD800, 0xE000)


def clean(text: str) -> str:
    """The text without halves of surrogate pairs, which no database takes; two halves that belong together are joined.
    The length in UTF-16 units stays."""
    if text.isascii() or not any(ord(letter) in _SURROGATES for letter in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def to_text(plain: str, entities: Sequence[MessageEntity] | None) -> Text:
    """Telegram's text in our form; formatting that we do not have (a spoiler, a quote) is left out."""
    plain = clean(plain)
    if not entities:
        return Text(plain)
    places = _code_points(plain)
    spans: list[Span] = []
    for entity in sorted(entities, key=lambda one: (one.offset, -one.length)):
        span = _span(entity, places)
        if span is not None and _nests(span, spans):
            spans.append(span)
    return Text(plain, tuple(spans))


def _span(entity: MessageEntity, places: Sequence[int]) -> Span | None:
    kind = _KINDS.get(entity.type)
    last = len(places) - 1
    start = places[min(max(entity.offset, 0), last)]
    end = places[min(max(entity.offset + entity.length, 0), last)]
    if kind is None or start >= end:
        return None
    url = clean(entity.url or "")
    if entity.user is not None:
        url = f"tg://user?id={entity.user.id}"
    return None if kind == "link" and not url else Span(kind, start, end, url)


def _code_points(plain: str) -> list[int]:
    """For each UTF-16 offset the code point that stands there; the middle of a pair is its character."""
    places: list[int] = []
    for index, letter in enumerate(plain):
        places += [index, index] if letter > "\uffff" else [index]
    return [*places, len(plain)]


def _nests(span: Span, spans: Iterable[Span]) -> bool:
    return all(span.start >= one.end or span.end <= one.end for one in spans)


def to_entities(text: Text) -> list[MessageEntity] | None:
    """Our spans as Telegram's entities, None where there are none."""
    spans = [span for span in text.spans if span.kind != "personal" and span.start < span.end]
    if not spans:
        return None
    units = _units(text.plain)
    return [_entity(span, units) for span in spans if _stands(span, spans)] or None


def _stands(span: Span, spans: Sequence[Span]) -> bool:
    """Telegram lets nothing stand inside code, nor code inside anything: the outer one of two is kept."""
    if span.kind == "code":
        return not any(one.kind != "code" and _holds(one, span) for one in spans)
    return not any(
        one.kind == "code" and _holds(one, span) and not _holds(span, one) for one in spans
    )


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _units(plain: str) -> list[int]:
    """For each code point its UTF-16 offset, and the length at the end."""
    units, offset = [0], 0
    for letter in plain:
        offset += 2 if letter > "\uffff" else 1
        units.append(offset)
    return units


def _entity(span: Span, units: Sequence[int]) -> MessageEntity:
    start, end = units[span.start], units[min(span.end, len(units) - 1)]
    kind = "text_link" if span.kind == "link" else span.kind
    return MessageEntity(
        type=kind, offset=start, length=end - start, url=span.url if span.kind == "link" else None
    )
