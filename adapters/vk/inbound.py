"""VK's updates, as events. Pure.

An update is `{"type", "object", "group_id", "event_id"}`, from Bots Long Poll and the Callback API alike
(https://dev.vk.com/ru/api/community-events/json-schema); a message of the history has the same shape as the one inside
`message_new`, and gets the same external id, so that whichever comes second is known as a repeat.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from adapters.vk.media import Raw, files_and_lines, location
from adapters.vk.words import Words
from bot.model.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    Event,
    Incoming,
    MessageEdited,
    MessageReceived,
    Sender,
)
from bot.model.message import Message, say
from bot.model.text import Text

CHATS = 2_000_000_000
"""Peers from here on are chats of many people, which are no customers."""
PAYLOAD = "b"
"""Under this key a button's payload of ours travels."""
_DEPTH = 5
# https://dev.vk.com/ru/reference/objects/client-info
_LANGUAGES = {0: "ru", 1: "uk", 2: "be", 3: "en", 4: "es", 5: "fi", 6: "de", 7: "it"}


class Press(msgspec.Struct, frozen=True):
    """A pressed callback button that waits for its answer, for a minute."""

    event_id: str
    user_id: int
    peer_id: int


class Found(msgspec.Struct, frozen=True):
    """An event, and what is still to be looked up for it: the name of `person`, and which message of ours VK calls
    `replied`. `quoted` is what that message says, where it is none of ours. `date` is VK's time in seconds."""

    incoming: Incoming
    person: int = 0
    replied: str = ""
    quoted: str = ""
    press: Press | None = None
    date: int = 0


def translate(update: Raw, words: Words) -> Found | None:
    """An update as an event, None for one that is no customer's or says nothing to us. Raises whatever a malformed one
    brings about: KeyError, TypeError, ValueError."""
    inside = update["object"]
    match update["type"]:
        case "message_new":
            return received(inside.get("message", inside), words, inside.get("client_info") or {})
        case "message_edit":
            return _edited(inside.get("message", inside), words, str(update.get("event_id", "")))
        case "message_event":
            return _pressed(inside)
        case "message_allow" | "message_deny" as kind:
            return _allowed(update, int(inside["user_id"]), allowed=kind == "message_allow")
        case _:
            return None


def received(message: Raw, words: Words, client: Raw = {}) -> Found | None:  # noqa: B006 - never written to
    """A message of the customer's, from an update or from the history."""
    if not is_from_customer(message):
        return None
    person, number, date = int(message["from_id"]), _number(message), int(message["date"])
    reply = message.get("reply_message") or {}
    event = _event(message, words)
    language = _LANGUAGES.get(client.get("lang_id", -1), "")
    incoming = Incoming(
        external_id=message_external_id(person, number),
        event=event,
        address=str(person),
        sender=Sender(language=language) if language else None,
        at=date * 1000,
        message_id=str(number),
    )
    replied = str(reply["conversation_message_id"]) if _has_number(reply) else ""
    quoted = _quoted(words["in_reply"], _own_text(reply, words)) if reply else ""
    return Found(incoming, person, replied, quoted, date=date)


def is_from_customer(message: Raw) -> bool:
    """Whether a person wrote it to the community: not the community itself, and not in a chat of many."""
    person, peer = int(message["from_id"]), int(message.get("peer_id") or message["from_id"])
    return person > 0 and peer == person and peer < CHATS and not message.get("out")


def message_external_id(peer: int, number: int) -> str:
    """What recognises a message, wherever it is read."""
    return f"msg:{peer}:{number}"


def unreadable(update: Raw, words: Words) -> Found | None:
    """In place of a message that could not be translated: a person shall see that there is one."""
    try:
        inside = update["object"]
        message = inside.get("message", inside)
        if update["type"] != "message_new" or not is_from_customer(message):
            return None
        person, number = int(message["from_id"]), _number(message)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    incoming = Incoming(
        external_id=message_external_id(person, number),
        event=MessageReceived(say(words["unreadable"]), aside="people"),
        address=str(person),
        message_id=str(number),
    )
    return Found(incoming, person)


def whole(text: object) -> str:
    """A text that any database takes: half a surrogate pair, which JSON may hold, is replaced; NUL is left out."""
    plain = str(text or "").replace("\0", "")
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _event(message: Raw, words: Words) -> Event:
    text = whole(message.get("text"))
    payload = _payload(message.get("payload"))
    ours = payload.get(PAYLOAD)
    if isinstance(ours, str):
        return ButtonPressed(ours, text)
    if payload.get("command") == "start":
        # The button «Начать», which VK shows before the first message.
        return MessageReceived(say(f"/start {whole(message.get('ref'))}".strip()))
    return MessageReceived(_message(message, words))


def _edited(message: Raw, words: Words, event_id: str) -> Found | None:
    if not is_from_customer(message):
        return None
    person, number = int(message["from_id"]), _number(message)
    date = int(message.get("update_time") or message["date"])
    incoming = Incoming(
        external_id=f"edit:{person}:{number}:{date}:{event_id}",
        event=MessageEdited(str(number), _message(message, words)),
        address=str(person),
        at=date * 1000,
    )
    return Found(incoming, person, date=date)


def _pressed(press: Raw) -> Found | None:
    person, peer = int(press["user_id"]), int(press["peer_id"])
    if person <= 0 or peer != person:
        return None
    payload = _payload(press.get("payload"))
    incoming = Incoming(
        external_id=f"press:{press['event_id']}",
        event=ButtonPressed(whole(payload.get(PAYLOAD))),
        address=str(person),
    )
    return Found(incoming, person, press=Press(str(press["event_id"]), person, peer))


def _allowed(update: Raw, person: int, *, allowed: bool) -> Found:
    incoming = Incoming(
        external_id=f"{update['type']}:{person}:{update['event_id']}",
        event=CustomerUnblocked() if allowed else CustomerBlocked(),
        address=str(person),
    )
    return Found(incoming, person)


def _message(message: Raw, words: Words) -> Message:
    files, _ = files_and_lines(message, words)
    return Message(
        text=Text(_own_text(message, words)),
        attachments=files,
        location=location(message),
    )


def _own_text(message: Raw, words: Words, depth: int = 0) -> str:
    """What a message says: its text, what has no file, and the forwarded messages as quotations."""
    _, lines = files_and_lines(message, words)
    parts = [whole(message.get("text")), *map(whole, lines)]
    forwarded = message.get("fwd_messages") or ()
    if depth < _DEPTH:
        parts += [
            _quoted(words["forwarded"], _own_text(one, words, depth + 1)) for one in forwarded
        ]
    return "\n".join(part for part in parts if part)


def _quoted(head: str, text: str) -> str:
    return "\n".join([head, *(f"> {line}" for line in text.splitlines())]) if text else ""


def _payload(raw: Any) -> Mapping[str, Any]:
    """A payload travels as JSON in a string, and inside a press as an object."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            return {}
    return raw if isinstance(raw, Mapping) else {}


def _number(message: Raw) -> int:
    """The message's number in its conversation."""
    number = message.get("conversation_message_id") or message.get("cmid")
    if not number:
        raise KeyError("conversation_message_id")
    return int(number)


def _has_number(message: Raw) -> bool:
    return bool(message.get("conversation_message_id"))
