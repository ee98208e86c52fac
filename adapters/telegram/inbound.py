"""An update of Telegram's, as what it means to us. Pure."""

from typing import Any

import msgspec
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    InaccessibleMessage,
    MaybeInaccessibleMessageUnion,
    MessageReactionUpdated,
    ReactionTypeCustomEmoji,
    ReactionTypeEmoji,
    Update,
    User,
)
from aiogram.types import Message as TelegramMessage

from adapters.telegram.contents import contents
from adapters.telegram.formatting import clean
from adapters.telegram.words import Language, phrase
from bot.model.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    Event,
    Incoming,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    Sender,
)
from bot.model.message import Message
from bot.model.text import Text

WANTED = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]
"""The kinds of updates we ask for; reactions come only to those who name them."""
_WORDS = ("message", "edited_message", "callback_query")
"""Those that a person must hear of even where they cannot be read."""
_CUSTOM_EMOJI = "❓"
_GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP, ChatType.CHANNEL})
_PRESENT = frozenset({ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR})


class Heard(msgspec.Struct, frozen=True):
    """What an update came to. `update` is its id.

    `incoming` is the event, None where there is none for us; `reply_to` Telegram's id of the message that is answered;
    `album` names the album that it is a part of; `callback` is to be answered, so that the button stops turning;
    `leave` is a group or a channel where we were added by mistake.
    """

    update: int
    incoming: Incoming | None = None
    reply_to: str = ""
    album: str = ""
    callback: str = ""
    leave: int = 0
    is_channel: bool = False


def hear(raw: dict[str, Any], language: Language) -> Heard:
    """Read an update. Raises `pydantic.ValidationError`, or anything, for one that is broken: see `salvage`."""
    update = Update.model_validate(raw)
    if update.message is not None:
        return _message(update.update_id, update.message, language)
    if update.edited_message is not None:
        return Heard(update.update_id, _edit(update.update_id, update.edited_message, language))
    if update.callback_query is not None:
        return _press(update.update_id, update.callback_query)
    if update.message_reaction is not None:
        return Heard(update.update_id, _reaction(update.update_id, update.message_reaction))
    if update.my_chat_member is not None:
        return _membership(update.update_id, update.my_chat_member)
    return Heard(update.update_id)


def salvage(raw: dict[str, Any], language: Language) -> Heard:
    """What can be had of an update that could not be read: the customer's words if they are words, else a line that
    sends a person to look. Never raises for a mapping with an `update_id`."""
    update = int(raw["update_id"])
    found = _chat_of(raw)
    if found is None:
        return Heard(update)
    chat, body = found
    said = next((body[key] for key in ("text", "caption") if _is_text(body.get(key))), "")
    callback = raw.get("callback_query")
    event: Event = MessageReceived(Message(Text(clean(said) or phrase(language, "unread"))))
    number = body.get("message_id")
    own = "message" in raw and isinstance(number, int)
    return Heard(
        update,
        Incoming(str(update), event, str(chat), message_id=str(number) if own else ""),
        callback=str(callback["id"]) if isinstance(callback, dict) and "id" in callback else "",
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _chat_of(raw: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """The private chat that an update is about, and the message or whatever told so."""
    for kind in _WORDS:
        body = raw.get(kind)
        if not isinstance(body, dict):
            continue
        chat = body.get("chat")
        if isinstance(chat, dict):
            private = chat.get("type") == ChatType.PRIVATE and isinstance(chat.get("id"), int)
            return (chat["id"], body) if private else None
        sender = body.get("from")
        if isinstance(sender, dict) and isinstance(sender.get("id"), int):
            return sender["id"], {}
    return None


def _message(update: int, message: TelegramMessage, language: Language) -> Heard:
    if message.chat.type != ChatType.PRIVATE:
        return Heard(update, leave=_place(message.chat))
    if message.from_user is not None and message.from_user.is_bot:
        return Heard(update)
    said = contents(message, language)
    if said is None:
        return Heard(update)
    answered = message.reply_to_message
    album = message.media_group_id
    return Heard(
        update,
        _incoming(update, message, MessageReceived(said)),
        reply_to=str(answered.message_id) if answered is not None else "",
        album=f"{message.chat.id}:{album}" if album else "",
    )


def _place(chat: Chat) -> int:
    return chat.id if chat.type in _GROUPS else 0


def _edit(update: int, message: TelegramMessage, language: Language) -> Incoming | None:
    """A changed message. A place that is shared live changes every few seconds, which is no edit."""
    said = contents(message, language)
    if message.chat.type != ChatType.PRIVATE or said is None or message.location is not None:
        return None
    return _incoming(update, message, MessageEdited(str(message.message_id), said))


def _incoming(update: int, message: TelegramMessage, event: Event) -> Incoming:
    return Incoming(
        str(update),
        event,
        str(message.chat.id),
        sender=_sender(message.from_user),
        at=_ms(message.edit_date or message.date.timestamp()),
        message_id=str(message.message_id),
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _sender(user: User | None) -> Sender | None:
    if user is None:
        return None
    name = " ".join(part for part in (user.first_name, user.last_name) if part)
    return Sender(clean(name), clean(user.username or ""), clean(user.language_code or ""))


def _press(update: int, query: CallbackQuery) -> Heard:
    """A press. The message may be too old to be shown; the private chat with a person has the person's id."""
    message = query.message
    if message is None or message.chat.type != ChatType.PRIVATE or query.data is None:
        return Heard(update, callback=query.id)
    payload = clean(query.data)
    event = ButtonPressed(payload, _label(message, query.data))
    incoming = Incoming(str(update), event, str(message.chat.id), sender=_sender(query.from_user))
    return Heard(update, incoming, callback=query.id)


def _label(message: MaybeInaccessibleMessageUnion, data: str) -> str:
    if isinstance(message, InaccessibleMessage) or message.reply_markup is None:
        return ""
    buttons = (button for row in message.reply_markup.inline_keyboard for button in row)
    return clean(next((button.text for button in buttons if button.callback_data == data), ""))


def _reaction(update: int, changed: MessageReactionUpdated) -> Incoming | None:
    if changed.chat.type != ChatType.PRIVATE:
        return None
    emoji = ""
    if changed.new_reaction:
        last = changed.new_reaction[-1]
        emoji = _CUSTOM_EMOJI if isinstance(last, ReactionTypeCustomEmoji) else ""
        emoji = last.emoji if isinstance(last, ReactionTypeEmoji) else emoji
    return Incoming(
        str(update),
        ReactionChanged(str(changed.message_id), emoji),
        str(changed.chat.id),
        sender=_sender(changed.user),
        at=_ms(changed.date.timestamp()),
    )


def _membership(update: int, changed: ChatMemberUpdated) -> Heard:
    """We were blocked or allowed again by a customer, or somebody added us to a group."""
    status = changed.new_chat_member.status
    if changed.chat.type != ChatType.PRIVATE:
        leave = _place(changed.chat) if status in _PRESENT else 0
        return Heard(update, leave=leave, is_channel=changed.chat.type == ChatType.CHANNEL)
    if status == ChatMemberStatus.KICKED:
        event: Event = CustomerBlocked()
    elif changed.old_chat_member.status == ChatMemberStatus.KICKED:
        event = CustomerUnblocked()
    else:
        return Heard(update)
    return Heard(
        update,
        Incoming(
            str(update),
            event,
            str(changed.chat.id),
            sender=_sender(changed.from_user),
            at=_ms(changed.date.timestamp()),
        ),
    )
