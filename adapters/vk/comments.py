"""Comments under the community's posts, and in its discussions: conversations in public. Pure, but for `remember`.

Each person under each post is one conversation. Its address begins with `public:`, by which the desk knows that people
answer there, never the dialog: everybody reads it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from adapters.vk.inbound import Found, whole
from adapters.vk.media import SITE, Raw, files_and_lines
from adapters.vk.words import Words
from bot.channel import Door
from bot.model.conversation import PUBLIC
from bot.model.event import Event, Incoming, MessageEdited, MessageReceived
from bot.model.message import Message
from bot.model.text import Text

_TYPES = {
    "wall_reply_new": "wall",
    "wall_reply_restore": "wall",
    "wall_reply_edit": "wall",
    "board_post_new": "topic",
    "board_post_restore": "topic",
    "board_post_edit": "topic",
}
_ADDRESS = re.compile(re.escape(PUBLIC) + r"(wall|topic)-(\d+)_(\d+)_(\d+)", re.ASCII)


class Place(msgspec.Struct, frozen=True):
    """Where a comment stands: under post, or in discussion, `number` of our community; `person` is who talks there."""

    kind: Literal["wall", "topic"]
    group: int
    number: int
    person: int

    @property
    def address(self) -> str:
        """The conversation's address."""
        return f"{PUBLIC}{self.kind}-{self.group}_{self.number}_{self.person}"


def place_of(address: str) -> Place | None:
    """The place that an address means, None for a private conversation."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    kind: Literal["wall", "topic"] = "wall" if found[1] == "wall" else "topic"
    return Place(kind, int(found[2]), int(found[3]), int(found[4]))


def page(place: Place, comment: int) -> str:
    """Where a comment is read."""
    word = "reply" if place.kind == "wall" else "post"
    return f"{SITE}/{place.kind}-{place.group}_{place.number}?{word}={comment}"


def is_comment(update: Mapping[str, Any]) -> bool:
    """Whether an update is about a comment."""
    return update.get("type") in _TYPES


def translate(update: Raw, group: int, words: Words) -> Found | None:
    """A comment as an event, None for our own, another community's, or one elsewhere."""
    inside, kind = update["object"], _TYPES[update["type"]]
    person = int(inside["from_id"])
    owner = int(inside.get("owner_id") or inside.get("post_owner_id") or -group)
    if person <= 0 or (kind == "wall" and owner != -group):
        return None
    number = int(inside["post_id"] if kind == "wall" else inside["topic_id"])
    place = Place("wall" if kind == "wall" else "topic", group, number, person)
    comment, date = int(inside["id"]), int(inside["date"])
    files, lines = files_and_lines(inside, words)
    text = "\n".join(part for part in (whole(inside.get("text")), *map(whole, lines)) if part)
    subject = f"{words[place.kind]}: {page(place, comment)}"
    message = Message(text=Text(text), attachments=files, subject=subject)
    event: Event = MessageReceived(message)
    external_id = f"{place.kind}:{number}:{comment}"
    if update["type"].endswith("_edit"):
        event = MessageEdited(str(comment), message)
        external_id = f"edit:{external_id}:{update['event_id']}"
    incoming = Incoming(
        external_id=external_id,
        event=event,
        address=place.address,
        at=date * 1000,
        message_id="" if isinstance(event, MessageEdited) else str(comment),
    )
    return Found(incoming, person, date=date)


async def remember(found: Sequence[Found], door: Door) -> None:
    """Keep which comment of each conversation came last: it is the one to answer."""
    last = {
        _name(one.incoming.address): one.incoming.message_id
        for one in found
        if one.incoming.message_id and one.incoming.address.startswith(PUBLIC)
    }
    if last:
        await door.keep(last)


async def last_comment(address: str, door: Door) -> int | None:
    """The number of the comment that is answered."""
    kept = await door.recall(_name(address))
    return int(kept) if kept else None


def _name(address: str) -> str:
    return f"comment:{address}"
