"""Formatting both ways: our spans count code points, Telegram's entities UTF-16 units. Pure.

Source of the entity types: https://core.telegram.org/bots/api#messageentity
"""

from collections.abc import Sequence

from telegram import MessageEntity, User

from bot.model.text import Span, SpanKind, Text

_MENTION = "tg://user?id="
_INWARD: dict[str, SpanKind] = {
    MessageEntity.BOLD: "bold",
    MessageEntity.ITALIC: "italic",
    MessageEntity.CODE: "code",
    MessageEntity.PRE: "code",
    MessageEntity.TEXT_LINK: "link",
}
_OUTWARD: dict[SpanKind, str] = {"bold": "bold", "italic": "italic", "code": "code"}


def mention(user: str) -> str:
    """The URL of a link that mentions a member of the group, who is told of it."""
    return f"{_MENTION}{user}"


def text_of(plain: str | None, entities: Sequence[MessageEntity]) -> Text:
    """What somebody typed, in our form."""
    if not plain:
        return Text()
    places = _code_points(plain)
    spans = [
        Span(kind, places[one.offset], places[one.offset + one.length], one.url or "")
        for one in entities
        if (kind := _INWARD.get(one.type)) is not None
        and 0 <= one.offset < one.offset + one.length < len(places)
    ]
    return Text(plain, tuple(sorted(spans, key=lambda span: (span.start, -span.end))))


def entities_of(text: Text) -> list[MessageEntity]:
    """Telegram's form of our formatting; personal spans show as they are, titles mask them elsewhere."""
    units = _units(text.plain)
    found = []
    for span in text.spans:
        start, length = units[span.start], units[span.end] - units[span.start]
        if span.kind == "link":
            found.append(_link(span, start, length))
        elif span.kind in _OUTWARD:
            found.append(MessageEntity(_OUTWARD[span.kind], start, length))
    return found


def _link(span: Span, start: int, length: int) -> MessageEntity:
    user = span.url.removeprefix(_MENTION)
    if user != span.url and user.isdecimal():
        person = User(int(user), first_name="-", is_bot=False)
        return MessageEntity(MessageEntity.TEXT_MENTION, start, length, user=person)
    return MessageEntity(MessageEntity.TEXT_LINK, start, length, url=span.url)


def _units(plain: str) -> Sequence[int]:
    """For each place between code points, how many UTF-16 units stand before it."""
    if plain.isascii():
        return range(len(plain) + 1)
    units = [0]
    for letter in plain:
        units.append(units[-1] + (2 if letter > "\uffff" else 1))
    return units


def _code_points(plain: str) -> Sequence[int]:
    """For each place between UTF-16 units, how many code points stand before it."""
    if plain.isascii():
        return range(len(plain) + 1)
    places = [0]
    for count, letter in enumerate(plain, start=1):
        if letter > "\uffff":
            places.append(count)
        places.append(count)
    return places
