"""Free text, and text of a pattern."""

import re
import unicodedata
from typing import Any

from bot.dialog.slots.base import Asking, Bad, Parameter, Simple, SlotError, TypeDescription, Value
from bot.dialog.slots.parameters import in_order
from bot.model.message import Message

LONGEST = 4096
"""Characters a text may have where its slot names no `max`: the longest message of Telegram."""

# Controls but for line breaks and tabs, halves of characters, and what turns the direction of the text around it:
# a name must not be able to rearrange the sentence it is put into.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SEEN = re.compile(
    "[^\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def controls(text: str) -> bool:
    """Whether a text holds characters that cannot be seen and change others, or that no text has."""
    return _CONTROLS.search(text) is not None


class TextType(Simple, frozen=True):
    """What was typed, exactly. Lengths count code points without white space around."""

    min: int = 1
    max: int = LONGEST
    kind: str = "text"
    strict: bool = False

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """The text as it was typed; of a shared place its title and coordinates, of a contact its name and number."""
        text = message.text.plain or _shared(message)
        if not text:
            return Bad("no_text")
        if not text.isprintable() and _CONTROLS.search(text):
            return Bad("control_characters")
        length = len(text.strip())
        if length > self.max or len(text) > 2 * self.max + LONGEST:
            return Bad("too_long", limits=True)
        if length < self.min or not _SEEN.search(text):
            return Bad("too_short", limits=True)
        return text


def _shared(message: Message) -> str:
    place, contact = message.location, message.contact
    if place is not None:
        point = f"{place.latitude:.6f}, {place.longitude:.6f}"
        return f"{place.title} ({point})" if place.title else point
    if contact is not None:
        return ", ".join(part for part in (contact.name, contact.phone) if part)
    return ""


class RegexType(Simple, frozen=True):
    """A text that matches a pattern from its first to its last character. RE2: linear in the length."""

    match: Any
    pattern: str
    kind: str = "regex"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """The text without white space around it."""
        text = message.text.plain
        if not text:
            return Bad("no_text")
        if len(text) > LONGEST or controls(text):
            return Bad("no_match")
        text = text.strip()
        return text if self.match(text) else Bad("no_match")


def _text(min: int, max: int) -> TextType:
    in_order(min, max, ("min", "max"))
    return TextType(min, max)


def _regex(pattern: str) -> RegexType:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(unicodedata.normalize("NFC", pattern), options)
    except re2.error as error:
        detail = error.args[0] if error.args else ""
        detail = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
        raise SlotError(
            "bad_value",
            "pattern",
            name="pattern",
            value=pattern[:100],
            expected="pattern",
            detail=detail,
        ) from None
    return RegexType(compiled.fullmatch, pattern)


TEXT = TypeDescription(
    "text",
    "any text, as it was typed",
    "любой текст, как он написан",
    {
        "min": Parameter("integer", "fewest characters", "не меньше знаков", default=1),
        "max": Parameter("integer", "most characters", "не больше знаков", default=LONGEST),
    },
    _text,
    strict=False,
)
REGEX = TypeDescription(
    "regex",
    "a text that matches a pattern of RE2 as a whole",
    "текст, который целиком подходит под выражение RE2",
    {
        "pattern": Parameter(
            "pattern",
            "the pattern; \\w and \\d know only Latin letters and digits, write [А-Яа-яЁё] for Russian ones",
            "выражение; \\w и \\d знают только латиницу, для русских букв пишите [А-Яа-яЁё]",
            required=True,
        )
    },
    _regex,
)
