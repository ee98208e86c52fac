"""A message, as calls of VK's methods. Pure.

Text goes out plain: formatting (`format_data`) is no part of the published schema of 5.199, so clients and servers of
that version need not know it. Addresses of links are written out below the text.
"""

import json
import re

import msgspec

from adapters.vk.keyboard import EMPTY, Keyboard, keyboard, listed
from adapters.vk.words import Words
from bot.model.message import Attachment, Location, Message
from bot.model.text import Text, split

LENGTH = 4096
"""Characters of a message that VK takes; its schema says 9000, its error 914 comes earlier."""
FILES = 10
"""Files of one message."""
# [id1|Анна], [club1|…], [https://vk.com/…|…]: VK would make a link of it, whoever typed it.
_MENTION = re.compile(
    r"\[(?=(?:id|club|public|event|app)\d+[|:]|https?://[^\s|\]]+\|)", re.IGNORECASE
)
_AT = re.compile(r"(?<![\w@*])([@*])(?=(?:id|club|public)\d+\s*\()", re.IGNORECASE)
_JOINER = "\u2060"


class Saying(msgspec.Struct, frozen=True):
    """One call of `messages.send`; `files` are uploaded first. `keyboard` is VK's JSON."""

    text: str = ""
    keyboard: str = ""
    files: tuple[Attachment, ...] = ()
    location: Location | None = None


class Said(msgspec.Struct, frozen=True):
    """What a message comes to: calls in their order; `ordinary`: an ordinary keyboard stands after them."""

    sayings: tuple[Saying, ...]
    ordinary: bool = False


def sayings(
    message: Message, words: Words, *, standing: bool = False, buttons: bool = True
) -> Said:
    """The calls for a new message. `standing`: an ordinary keyboard stands from before, and is taken away if this
    message has none. `buttons` False: they become a list, since VK refused them."""
    board = keyboard(message.buttons) if buttons else Keyboard(listed=listed(message.buttons))
    gone = EMPTY if standing and not board.code else ""
    texts = [part.plain for part in split(Text(text_of(message, board.listed, words)), LENGTH)]
    voices = [one for one in message.attachments if one.kind == "voice" and one.digest]
    others = [one for one in message.attachments if one.kind != "voice" and one.digest]
    if board.code and not texts[-1].strip() and not others:
        texts[-1] = words["choose"]
    last = Saying(texts[-1], board.code or gone, tuple(others[:FILES]), message.location)
    calls = [Saying(text) for text in texts[:-1]]
    calls += [last] if _says_something(last) else []
    calls += [
        Saying(files=tuple(others[at : at + FILES])) for at in range(FILES, len(others), FILES)
    ]
    # VK shows a voice message only where it stands alone.
    calls += [Saying(files=(voice,)) for voice in voices]
    return Said(tuple(calls), board.ordinary)


def edited(message: Message, words: Words) -> Saying:
    """The call for a message that is said anew: one text, as long as it may be."""
    board = keyboard(message.buttons, inline_only=True)
    text = split(Text(text_of(message, board.listed, words)), LENGTH)[0].plain
    files = tuple(one for one in message.attachments if one.digest)[:FILES]
    return Saying(text, board.code, files, message.location)


def text_of(message: Message, options: str, words: Words) -> str:
    """Everything that a message says in letters."""
    parts = [written_out(message.text)]
    if message.contact is not None:
        parts.append(f"{message.contact.name} {message.contact.phone}".strip())
    parts += [
        words["file_missing"].format(name=one.name, problem=one.problem)
        for one in message.attachments
        if not one.digest and one.problem
    ]
    body = "\n".join(part for part in parts if part)
    return inert("\n\n".join(part for part in (body, options) if part))


def written_out(text: Text) -> str:
    """The characters as they are; below them the addresses of links that stand behind other words."""
    links = {
        f"{text.plain[span.start : span.end]}: {span.url}": None
        for span in text.spans
        if span.kind == "link" and span.url and span.url not in text.plain
    }
    return "\n\n".join(part for part in (text.plain, "\n".join(links)) if part)


def inert(text: str) -> str:
    """The text with nothing in it that VK would take for a mention or a hidden link; it looks the same."""
    return _AT.sub(rf"\1{_JOINER}", _MENTION.sub(f"[{_JOINER}", text))


def forward(peer: int, number: str) -> str:
    """The parameter that makes a message an answer to another one."""
    said = {"peer_id": peer, "conversation_message_ids": [int(number)], "is_reply": True}
    return json.dumps(said, separators=(",", ":"))


def peer_of(address: str) -> int:
    """The customer's number. Raises `ValueError` for what is none."""
    peer = int(address)
    if peer <= 0:
        raise ValueError(address)
    return peer


def _says_something(saying: Saying) -> bool:
    return bool(saying.text.strip() or saying.files or saying.location)
