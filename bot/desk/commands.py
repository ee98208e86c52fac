"""What an operator typed: a note, a command, or a line for the customer. Pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from bot.model.person import Role
from bot.model.text import Span, Text


class Note(msgspec.Struct, frozen=True):
    """For operators only; `text` is without the mark."""

    text: Text


class Reply(msgspec.Struct, frozen=True):
    """For the customer, if the desk lets it go."""


class Command(msgspec.Struct, frozen=True):
    """A command that exists, under the verb that buttons use too."""

    verb: str
    argument: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """It begins like a command, and none has that name. It never leaves."""

    name: str


Typed = Note | Reply | Command | Unknown

VERBS: Mapping[str, str] = MappingProxyType(
    {
        "take": "take",
        "close": "close",
        "bot": "return",
        "snooze": "snooze",
        "note": "note",
        "tag": "tag",
        "assign": "assign",
        "queue": "queue",
        "ban": "ban",
        "unban": "unban",
        "unlink": "unlink",
        "history": "history",
        "find": "find",
        "who": "who",
        "me": "me",
        "del": "del",
        "r": "reply",
        "faq": "faq",
        "addfaq": "addfaq",
        "card": "card",
        "operator": "operator",
        "connect": "connect",
        "help": "help",
    }
)
"""Commands as they are typed, and the verb that each means."""

WANTED: Mapping[str, Role] = MappingProxyType(
    {
        "help": "viewer",
        "card": "viewer",
        "history": "viewer",
        "find": "viewer",
        "who": "viewer",
        "over": "senior",
        "over_send": "senior",
        "operator": "senior",
        "connect": "owner",
    }
)
"""The role that a verb needs where it is not `operator`."""

_BLANK = r"[\s\u200b-\u200f\u2060\ufeff]*"
_COMMAND = re.compile(_BLANK + r"/([^\s@/]+)(?:@\w+)?\s*(.*)", re.DOTALL)
_SLASH = re.compile(_BLANK + "[/\u2044\u2215\uff0f]")
_NOTE = re.compile(
    # On the Russian layout the key of the slash gives a full stop.
    _BLANK + r"(?:[/\u2044\u2215\uff0f]{2}|\.\.(?=[^.])|/note(?:@\w+)?(?!\S))\s*",
    re.IGNORECASE,
)
_LAYOUT = dict(
    zip(map(ord, "йцукенгшщзфывапролдячсмить"), "qwertyuiopasdfghjklzxcvbnm", strict=True)
)
_OTHER_LAYOUT = re.compile(_BLANK + r"\.([а-я]+)(?!\S)", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,4})\s*(m|h|d|м|мин|ч|д)\.?", re.IGNORECASE)
_UNITS = {"m": 60_000, "м": 60_000, "мин": 60_000, "h": 3_600_000, "ч": 3_600_000}
_DAY = 86_400_000


def typed(text: Text) -> Typed:
    """What a line or a caption is. Only what begins with neither `//` nor `/`, on whatever layout they were typed, can
    go to the customer."""
    mark = _NOTE.match(text.plain)
    if mark is not None:
        return Note(cut(text, mark.end()))
    other = _OTHER_LAYOUT.match(text.plain)
    if other is not None and other[1].casefold().translate(_LAYOUT) in VERBS:
        return Unknown(other[1].casefold())
    if _SLASH.match(text.plain) is None:
        return Reply()
    found = _COMMAND.fullmatch(text.plain)
    name = found[1].casefold() if found else ""
    verb = VERBS.get(name)
    if found is None or verb is None:
        return Unknown(name)
    return Command(verb, found[2].strip())


def cut(text: Text, count: int) -> Text:
    """The text without its first `count` characters, its formatting moved along."""
    spans = (
        Span(span.kind, max(0, span.start - count), span.end - count, span.url)
        for span in text.spans
        if span.end > count
    )
    return Text(text.plain[count:], tuple(spans))


def duration(words: str) -> int | None:
    """`30m`, `2h`, `1d` (or `30 мин`, `2ч`, `1д`) in ms; None if it is no time."""
    found = _TIME.fullmatch(words.strip())
    if found is None or not int(found[1]):
        return None
    return int(found[1]) * _UNITS.get(found[2].casefold(), _DAY)


def recorded(verb: str, argument: str) -> str:
    """What the record keeps of a verb's argument. Words searched for may be about a customer who is erased one day."""
    return "" if verb == "find" else argument


def wanted_role(verb: str) -> Role:
    """The role that somebody needs for a verb."""
    return WANTED.get(verb, "operator")
