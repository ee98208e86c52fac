"""Formatting checked as Telegram does it: offsets and lengths count UTF-16 units."""

import re
from typing import Any

from tests.fakes.telegram.places import Json
from tests.fakes.telegram.refusal import bad

KINDS = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)
FOUND = (
    ("bot_command", re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(@[A-Za-z0-9_]{3,32})?\b")),
    ("url", re.compile(r"\bhttps?://[^\s<>\"]+")),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w\b")),
    ("mention", re.compile(r"(?<![\w.])@[A-Za-z0-9_]{5,32}\b")),
)


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def checked(text: str, entities: list[Json]) -> list[Json]:
    """The entities, if they fit the text. Raises the refusals of the Bot API."""
    raw = text.encode("utf-16-le", "surrogatepass")
    length = len(raw) // 2
    for entity in entities:
        kind = entity.get("type")
        start, size = entity.get("offset", 0), entity.get("length", 0)
        if kind not in KINDS:
            raise bad(f"can't parse entities: unsupported type {kind!r} of a message entity")
        if start < 0 or size <= 0 or start + size > length:
            raise bad("ENTITY_BOUNDS_INVALID")
        if _halves(raw, start) or _halves(raw, start + size):
            raise bad("can't parse entities: an entity begins or ends inside of a character")
        if kind == "text_link" and not re.match(r"[a-z][a-z0-9+.-]*:.", entity.get("url", "")):
            raise bad("can't parse entities: a text link without a URL")
        if kind == "text_mention" and "user" not in entity:
            raise bad("can't parse entities: a text mention without a user")
        if kind == "custom_emoji" and not entity.get("custom_emoji_id"):
            raise bad("can't parse entities: a custom emoji without an id")
    _nested(entities)
    return entities


def _halves(raw: bytes, at: int) -> bool:
    """Whether a place lies between the two halves of a surrogate pair."""
    if not 0 < at < len(raw) // 2:
        return False
    unit = int.from_bytes(raw[2 * at : 2 * at + 2], "little")
    return 0xDC00 <= unit <= 0xDFFF


def _nested(entities: list[Json]) -> None:
    """Entities may lie inside each other, not across."""
    spans = sorted((one["offset"], -one["length"]) for one in entities)
    open_ends: list[int] = []
    for start, negative in spans:
        end = start - negative
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and end > open_ends[-1]:
            raise bad("can't parse entities: entities lie across each other")
        open_ends.append(end)


def found(text: str) -> list[Json]:
    """What Telegram marks by itself in what a person types: commands, links, addresses."""
    marked: list[Json] = []
    for kind, pattern in FOUND:
        for match in pattern.finditer(text):
            start = units(text[: match.start()])
            span = (start, start + units(match.group()))
            if not any(
                one["offset"] < span[1] and span[0] < one["offset"] + one["length"]
                for one in marked
            ):
                marked.append({"type": kind, "offset": start, "length": span[1] - start})
    return sorted(marked, key=lambda one: int(one["offset"]))


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Text without the blanks around it, as Telegram keeps it, and its entities moved along."""
    ahead = units(text) - units(text.lstrip())
    kept = text.strip()
    length = units(kept)
    moved: list[Json] = []
    for entity in entities:
        start = max(entity["offset"] - ahead, 0)
        end = min(entity["offset"] - ahead + entity["length"], length)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return kept, moved


def content(text: Any, entities: Any) -> tuple[str, list[Json]]:
    """A text and its entities from a request, checked and trimmed."""
    text = text or ""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    return trimmed(text, checked(text, entities or []))
