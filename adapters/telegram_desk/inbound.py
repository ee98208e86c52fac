"""What operators write, press and mark, as events. Pure.

Conversation 0 is General: what is about no conversation goes to the desk's own.
"""

import re
from typing import Any

from telegram import CallbackQuery, Message, MessageReactionUpdated, ReactionTypeEmoji, User

from adapters.telegram_desk.formatting import text_of
from adapters.telegram_desk.words import say
from bot.model import message as model
from bot.model.event import Event, Incoming, OperatorActed, OperatorEdited, OperatorReplied
from bot.model.message import Attachment, AttachmentKind, Contact, Location
from bot.model.text import Text

GENERAL = "general"
GROUP_ANONYMOUS = 1087968824
"""The user that anonymous administrators write as: https://core.telegram.org/bots/api#message"""
DOWNLOAD_SIZE = 20_000_000
"""The most that getFile gives."""

_OURS = frozenset({"connected", "topic_lost", "react"})
"""Verbs that we file ourselves, when we know them to be true: what a press carries anybody can make up."""

_COMMAND = re.compile(r"[\s\u200b]*/(\w+)(?:@(\w+))?(?!\S)\s*(.*)", re.DOTALL)


def address_of(conversation: int) -> str:
    """The desk's side of a conversation."""
    return str(conversation) if conversation else GENERAL


def parse_press(payload: str) -> tuple[int, str, str] | None:
    """The ticket, verb and argument of a desk's button, `t:<ticket>:<verb>[:argument]`; None if it is not one."""
    mark, _, rest = payload.partition(":")
    ticket, _, act = rest.partition(":")
    verb, _, argument = act.partition(":")
    if mark != "t" or not ticket.isdecimal() or len(ticket) > 18 or not verb:
        return None
    return int(ticket), verb, argument


def command(message: Message) -> tuple[str, str, str] | None:
    """A command's name, the bot that is meant ("" if none is named) and the rest; None for a plain line."""
    found = _COMMAND.fullmatch(message.text or message.caption or "")
    return (found[1].casefold(), found[2] or "", found[3].strip()) if found else None


def for_another(message: Message, bot: str) -> bool:
    """Whether it is a command to some other bot."""
    found = command(message)
    return found is not None and bool(found[1]) and found[1].casefold() != bot.casefold()


def anonymous(message: Message) -> bool:
    """Whether an administrator writes in the name of the group, so that nobody knows who it is."""
    sender, chat = message.from_user, message.sender_chat
    return (sender is not None and sender.id == GROUP_ANONYMOUS) or (
        chat is not None and chat.id == message.chat.id
    )


def replied(message: Message) -> int:
    """The message that is answered, 0 if none is: in a topic everything answers its first message."""
    other = message.reply_to_message
    if other is None or other.forum_topic_created is not None:
        return 0
    if message.is_topic_message and other.message_id == message.message_thread_id:
        return 0
    return other.message_id


def line(
    update: int, message: Message, said: model.Message, conversation: int, bot: str = ""
) -> Incoming:
    """A line that somebody typed; `/del` in reply to one says which. `bot` is our name, cut off a command."""
    found = command(message)
    user = _user(message)
    named = found is not None and bool(found[1]) and found[1].casefold() == bot.casefold()
    if named and found is not None:
        said = _without_bot(said, found[1])
    if found is not None and found[0] == "del" and conversation and (other := replied(message)):
        event: Event = acted(user, "del", str(other))
    else:
        event = OperatorReplied(
            str(user.id), said, operator_name=user.full_name, external_id=str(message.message_id)
        )
    return _filed(update, event, conversation, message)


def appointment(update: int, message: Message) -> Incoming | None:
    """`/operator [role]` in reply to somebody's message: who it is and what they are to be. None if it is no reply."""
    other = message.reply_to_message
    found = command(message)
    if found is None or not replied(message) or other is None or other.from_user is None:
        return None
    if other.from_user.is_bot:
        return None
    who = other.from_user
    role = (found[2].split() or ["operator"])[0]
    known_as = f" @{who.username}" if who.username else ""
    argument = f"{who.id} {role} {who.full_name}{known_as}"
    return _filed(update, acted(_user(message), "operator", argument), 0, message)


def left(update: int, message: Message, user: User) -> Incoming:
    """Somebody left the group, or was thrown out: told in nobody's name."""
    return _filed(update, OperatorActed("", "left", str(user.id)), 0, message)


def edit(update: int, message: Message, said: model.Message, conversation: int) -> Incoming:
    """A line was changed."""
    event = OperatorEdited(str(_user(message).id), str(message.message_id), said)
    return _filed(update, event, conversation, message)


def press(update: int, query: CallbackQuery, conversation: int) -> Incoming | None:
    """A button of the desk's was pressed; None if it is none of ours."""
    parsed = parse_press(query.data or "")
    if parsed is None or parsed[1] in _OURS:
        return None
    ticket, verb, argument = parsed
    event = acted(query.from_user, verb, argument, ticket)
    return Incoming(str(update), event, conversation=conversation, address=address_of(conversation))


def reaction(update: int, change: MessageReactionUpdated, conversation: int) -> Incoming | None:
    """A person put a reaction on a message, or took it away; None for what is nobody's or no plain emoji."""
    user = change.user
    if user is None or user.is_bot:
        return None
    emojis = [one.emoji for one in change.new_reaction if isinstance(one, ReactionTypeEmoji)]
    if change.new_reaction and not emojis:
        return None
    argument = f"{change.message_id} {emojis[-1] if emojis else ''}"
    return Incoming(
        str(update),
        acted(user, "react", argument),
        conversation=conversation,
        address=address_of(conversation),
    )


def acted(user: User, verb: str, argument: str = "", ticket: int = 0) -> OperatorActed:
    """Somebody's act."""
    return OperatorActed(str(user.id), verb, argument, ticket, operator_name=user.full_name)


def message_of(message: Message, language: str, reply_to: int | None = None) -> model.Message:
    """What was said, in our form; what has none becomes a line of text."""
    text = text_of(message.text, message.entities) or text_of(
        message.caption, message.caption_entities
    )
    place, contact = message.location, message.contact
    if message.poll is not None:
        text = Text(say(language, "poll", question=message.poll.question))
    elif message.dice is not None:
        text = Text(f"{message.dice.emoji} {message.dice.value}")
    title = message.venue.title if message.venue is not None else ""
    file = attachment(message)
    return model.Message(
        text=text,
        attachments=(file,) if file is not None else (),
        location=Location(place.latitude, place.longitude, title) if place is not None else None,
        contact=Contact(contact.phone_number, _name(contact)) if contact is not None else None,
        reply_to=reply_to,
    )


def attachment(message: Message) -> Attachment | None:
    """The file in a message. `source` is its id, which means something to this bot only."""
    if message.photo:
        largest = message.photo[-1]
        return Attachment(
            "photo", mime="image/jpeg", size=largest.file_size or 0, source=largest.file_id
        )
    kinds: tuple[tuple[Any, AttachmentKind], ...] = (
        (message.animation, "video"),
        (message.video, "video"),
        (message.video_note, "video"),
        (message.voice, "voice"),
        (message.audio, "audio"),
        (message.sticker, "sticker"),
        (message.document, "document"),
    )
    for file, kind in kinds:
        if file is not None:
            return Attachment(
                kind,
                name=getattr(file, "file_name", None) or "",
                mime=getattr(file, "mime_type", None) or "",
                size=file.file_size or 0,
                source=file.file_id,
            )
    return None


def gathered(parts: list[model.Message]) -> model.Message:
    """An album as one message: all its files, and the words of whichever part has them."""
    words = next((one.text for one in parts if one.text), Text())
    files = tuple(file for one in parts for file in one.attachments)
    return model.Message(text=words, attachments=files, reply_to=parts[0].reply_to)


def _filed(update: int, event: Event, conversation: int, message: Message) -> Incoming:
    return Incoming(
        str(update),
        event,
        conversation=conversation,
        address=address_of(conversation),
        at=int(message.date.timestamp() * 1000),
        message_id=str(message.message_id),
    )


def _user(message: Message) -> User:
    assert message.from_user is not None
    return message.from_user


def _without_bot(said: model.Message, name: str) -> model.Message:
    plain = said.text.plain.replace(f"@{name}", "", 1)
    return model.Message(text=Text(plain), attachments=said.attachments, reply_to=said.reply_to)


def _name(contact: Any) -> str:
    return " ".join(part for part in (contact.first_name, contact.last_name) if part)
