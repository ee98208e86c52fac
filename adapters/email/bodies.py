"""The words of a letter of ours, as plain text and as HTML. Pure."""

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import msgspec

from adapters.email.settings import Settings
from adapters.email.threads import Thread
from adapters.email.words import phrase
from bot.model.message import Message
from bot.model.months import MONTHS
from bot.model.text import Span, Text

_URL = re.compile(r"https?://[^\s<>\"']{1,2000}[^\s<>\"'.,;:!?)»]")
_TAGS = {"bold": "b", "italic": "i", "code": "code"}
_MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}"


class Body(msgspec.Struct, frozen=True):
    """The same words twice."""

    plain: str
    html: str


def body_of(message: Message, thread: Thread | None, settings: Settings) -> Body:
    """What is said, the signature, and the question that is answered."""
    said = [message.text, *(Text(line) for line in extras(message, settings))]
    texts = [text for text in said if text.plain]
    plain = "\n\n".join(plain_of(text) for text in texts)
    rich = "<br><br>".join(html_of(text) for text in texts)
    if settings.signature:
        plain += f"\n\n-- \n{settings.signature.strip()}"
        rich += f'<br><br><div style="color:#666">-- <br>{_lines(_escaped(settings.signature.strip()))}</div>'
    if thread is not None and settings.quote and thread.quote.strip():
        date = _date(thread, settings)
        announced = phrase(settings.language, "said", date=date, name=thread.name or "…")
        quoted = thread.quote.strip()
        plain += f"\n\n{announced}\n" + "\n".join(
            f"> {line}".rstrip() for line in quoted.split("\n")
        )
        rich += (
            f'<br><br><div class="gmail_quote"><div>{_escaped(announced)}</div>'
            '<blockquote type="cite" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">'
            f"{_lines(_escaped(quoted))}</blockquote></div>"
        )
    page = f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><div>{rich}</div></body></html>'
    return Body(plain + "\n", page)


def extras(message: Message, settings: Settings) -> list[str]:
    """What a letter says in words that other channels show: buttons, a place, a contact, files that are not there."""
    lines = []
    buttons = [button for row in message.buttons for button in row]
    options = [button.text for button in buttons if button.payload]
    if options and options == [str(number) for number in range(1, len(options) + 1)]:
        lines.append(f"{phrase(settings.language, 'buttons')} {', '.join(options)}")
    elif options:
        lines.append("\n".join(f"{number}. {text}" for number, text in enumerate(options, 1)))
    lines += [f"{button.text}: {button.url}" for button in buttons if button.url]
    if message.location is not None:
        place = message.location
        at = _MAP.format(place.latitude, place.longitude)
        lines.append(f"{place.title} {at}".strip())
    if message.contact is not None:
        lines.append(f"{message.contact.name} {message.contact.phone}".strip())
    lines += [
        f"({one.name or one.kind}: {one.problem})" for one in message.attachments if one.problem
    ]
    return lines


def plain_of(text: Text) -> str:
    """Without formatting, but with the addresses that links go to."""
    pieces, done = [], 0
    for span in sorted(text.spans, key=lambda span: span.end):
        if span.kind == "link" and span.url and span.url != text.plain[span.start : span.end]:
            pieces += [text.plain[done : span.end], f" ({span.url})"]
            done = span.end
    return "".join([*pieces, text.plain[done:]])


def html_of(text: Text) -> str:
    """With formatting; every character that could be markup is escaped, plain addresses are links."""
    marks: dict[int, list[str]] = {}
    for span in text.spans:
        if (tags := _tags(span)) is not None:
            marks.setdefault(span.start, []).append(tags[0])
            marks.setdefault(span.end, []).insert(0, tags[1])
    linked = [(span.start, span.end) for span in text.spans if span.kind == "link"]
    pieces, done = [], 0
    for at in sorted(marks):
        pieces += [_shown(text.plain, done, at, linked), *marks[at]]
        done = at
    return _lines("".join([*pieces, _shown(text.plain, done, len(text.plain), linked)]))


def _tags(span: Span) -> tuple[str, str] | None:
    if span.kind == "link" and span.url.lower().startswith(
        ("http://", "https://", "mailto:", "tel:")
    ):
        return f'<a href="{html.escape(span.url)}">', "</a>"
    tag = _TAGS.get(span.kind)
    return (f"<{tag}>", f"</{tag}>") if tag else None


def _shown(plain: str, start: int, end: int, linked: Sequence[tuple[int, int]]) -> str:
    words = plain[start:end]
    if any(begin <= start and end <= close for begin, close in linked):
        return _escaped(words)
    pieces, done = [], 0
    for found in _URL.finditer(words):
        address = html.escape(found[0])
        pieces += [_escaped(words[done : found.start()]), f'<a href="{address}">{address}</a>']
        done = found.end()
    return "".join([*pieces, _escaped(words[done:])])


def _escaped(words: str) -> str:
    return html.escape(words, quote=False)


def _lines(rich: str) -> str:
    return rich.replace("\n", "<br>\n")


def _date(thread: Thread, settings: Settings) -> str:
    """When the question came, by the clock of whoever asked it."""
    zone = timezone(timedelta(minutes=thread.zone))
    when = datetime.fromtimestamp(thread.at / 1000, UTC).astimezone(zone)
    month = MONTHS[settings.language][when.month - 1]
    if settings.language == "ru":
        return f"{when.day} {month} {when.year} г., {when:%H:%M}"
    return f"{month} {when.day}, {when.year}, {when:%H:%M}"
