"""A delivery, as the calls of the Bot API that say it. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec
from aiogram.methods import (
    DeleteMessage,
    EditMessageCaption,
    EditMessageReplyMarkup,
    EditMessageText,
    SendChatAction,
    SendContact,
    SendLocation,
    SendMessage,
    SetMessageReaction,
    TelegramMethod,
)
from aiogram.types import (
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReactionTypeEmoji,
    ReactionTypeUnion,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from adapters.telegram import keyboards
from adapters.telegram.files import PathOf, album, groups, kind_of, not_sent, problem_of, upload
from adapters.telegram.formatting import clean, to_entities
from adapters.telegram.reactions import nearest
from adapters.telegram.words import Language, phrase
from bot.channel import Delivery
from bot.model.message import Attachment, Message
from bot.model.text import Text, join, split, utf16_length

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
"""In UTF-16 units (core.telegram.org/bots/api#sendmessage)."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_FLEETING = "…"


class Call(msgspec.Struct, frozen=True):
    """One call. `instead` is what says the same where Telegram refuses the content; a `fleeting` message is deleted as
    soon as it stands there."""

    method: TelegramMethod[Any]
    instead: tuple["Call", ...] = ()
    fleeting: bool = False


class Saying(msgspec.Struct, frozen=True):
    """What else must be known to say something: where contents lie, the language, and whether a keyboard stands in
    place of the customer's own (`keyboard_up`)."""

    path_of: PathOf
    language: Language = "ru"
    keyboard_up: bool = False


def calls(delivery: Delivery, saying: Saying) -> list[Call]:
    """Everything to call for a delivery, in order; nothing for a reaction that Telegram does not have."""
    match delivery.kind:
        case "send":
            return _Sending(delivery, saying).calls()
        case "edit":
            return _edit(delivery)
        case "delete":
            return [Call(DeleteMessage(**_standing(delivery)))]
        case "typing":
            return [Call(SendChatAction(chat_id=delivery.address, action="typing"))]
        case "react":
            return _react(delivery)


def _standing(delivery: Delivery) -> dict[str, Any]:
    """The message that is meant. Raises `ValueError` where it is not known."""
    return {"chat_id": delivery.address, "message_id": int(delivery.external_id)}


def _react(delivery: Delivery) -> list[Call]:
    wanted = delivery.message.text.plain
    emoji = nearest(wanted)
    if wanted and emoji is None:
        return []
    reaction: list[ReactionTypeUnion] = [ReactionTypeEmoji(emoji=emoji)] if emoji else []
    return [Call(SetMessageReaction(**_standing(delivery), reaction=reaction))]


def _edit(delivery: Delivery) -> list[Call]:
    """Telegram edits a text and a caption in two ways, and we may not know which it is. What no longer fits follows
    as new messages."""
    message, where = delivery.message, _standing(delivery)
    markup = keyboards.inline(message)
    text = _cleaned(message.text)
    if not text.plain.strip():
        return [Call(EditMessageReplyMarkup(**where, reply_markup=markup))]
    first, *others = split(text, CAPTION_LIMIT if message.attachments else TEXT_LIMIT)
    last: dict[str, Any] = {"reply_markup": markup}
    as_text = EditMessageText(**where, **_text_fields(first), **({} if others else last))
    under = split(first, CAPTION_LIMIT)[0]
    as_caption = EditMessageCaption(
        **where, caption=under.plain, caption_entities=to_entities(under), **last
    )
    ways = (as_caption, as_text) if message.attachments else (as_text, as_caption)
    follow = [
        _text_call(delivery.address, part, message, last if part is others[-1] else {})
        for part in others
    ]
    return [Call(ways[0], (Call(ways[1]),)), *follow]


def _cleaned(text: Text) -> Text:
    plain = clean(text.plain)
    return text if plain is text.plain else Text(plain)


def _text_fields(text: Text) -> dict[str, Any]:
    return {
        "text": text.plain,
        "entities": to_entities(text),
        "link_preview_options": _NO_PREVIEW,
    }


def _text_call(chat: str, text: Text, message: Message, fields: dict[str, Any]) -> Call:
    """A message of text. Refused, it is said without formatting and with its links as words."""
    method = SendMessage(chat_id=chat, **_text_fields(text), **fields)
    links = keyboards.links(message) if "reply_markup" in fields else []
    if not method.entities and not links:
        return Call(method)
    bare = dict(fields)
    if links:
        bare["reply_markup"] = keyboards.inline(message, links=False)
    plain = split(join([Text(text.plain), Text("\n".join(links))]), TEXT_LIMIT)
    instead = [SendMessage(chat_id=chat, **_text_fields(part), **bare) for part in plain]
    return Call(method, tuple(Call(one) for one in instead))


class _Sending:
    """One message on its way to becoming calls: files, a place, a contact, then the text with the buttons."""

    def __init__(self, delivery: Delivery, saying: Saying) -> None:
        self._chat = delivery.address
        self._message = delivery.message
        self._saying = saying
        self._reply = _reply(delivery)
        self._calls: list[Call] = []

    def calls(self) -> list[Call]:
        """The calls; a keyboard goes with the last, what is answered is named by the first."""
        files, text = self._files_and_text()
        markup = self._markup()
        companies = list(groups(files))
        alone = not (self._message.location or self._message.contact)
        if len(companies) == 1 and alone and self._fits_under(companies[0][1], text, markup):
            self._upload(companies[0][1], text, {"reply_markup": markup} if markup else {})
            return self._calls
        for _, together in companies:
            self._upload(together, Text(), {})
        self._place_and_contact()
        self._say(text, markup)
        return self._calls

    def _files_and_text(self) -> tuple[list[Attachment], Text]:
        """The files that can be sent, and the text with a line for each that cannot."""
        message, language = self._message, self._saying.language
        problems = [problem_of(one, language) for one in message.attachments]
        files = [
            one for one, problem in zip(message.attachments, problems, strict=True) if not problem
        ]
        title = message.location.title if message.location else ""
        links = keyboards.links(message) if keyboards.asks_to_share(message) else []
        lines = [clean(line) for line in (title, *problems, *links)]
        return files, join([_cleaned(message.text), *(Text(line) for line in lines)])

    def _markup(self) -> keyboards.Keyboard | None:
        if keyboards.asks_to_share(self._message):
            return keyboards.in_place(self._message)
        under = keyboards.inline(self._message)
        if under is not None or not self._saying.keyboard_up:
            return under
        return ReplyKeyboardRemove(remove_keyboard=True)

    def _fits_under(
        self, files: Sequence[Attachment], text: Text, markup: keyboards.Keyboard | None
    ) -> bool:
        """Whether the text may be the caption: a sticker has none, an album no keyboard."""
        if self._saying.keyboard_up and isinstance(markup, InlineKeyboardMarkup):
            return False
        if kind_of(files[0]) == "sticker":
            return not text
        return utf16_length(text.plain) <= CAPTION_LIMIT and (len(files) == 1 or markup is None)

    def _fields(self) -> dict[str, Any]:
        """The chat, and with the first call the message that is answered."""
        reply, self._reply = self._reply, {}
        return {"chat_id": self._chat, **reply}

    def _upload(self, files: Sequence[Attachment], text: Text, more: dict[str, Any]) -> None:
        caption = {"caption": text.plain, "caption_entities": to_entities(text)} if text else {}
        fields = {**self._fields(), **caption, **more}
        if len(files) == 1:
            self._calls.append(self._file(files[0], text, fields))
            return
        singly = [
            self._file(one, text if number == 0 else Text(), fields if number == 0 else bare)
            for bare in ({"chat_id": self._chat},)
            for number, one in enumerate(files)
        ]
        self._calls.append(Call(album(files, self._saying.path_of, **fields), tuple(singly)))

    def _file(self, file: Attachment, text: Text, fields: dict[str, Any]) -> Call:
        """One file; refused as what it was, it goes as a document, refused again a line stands in its place."""
        reason = phrase(self._saying.language, "refused_file")
        line = Text(clean(not_sent(file, reason, self._saying.language)))
        bare = {key: value for key, value in fields.items() if not key.startswith("caption")}
        call = Call(SendMessage(**_text_fields(join([text, line])), **bare))
        kind = kind_of(file)
        for way in ("document", kind) if kind != "document" else ("document",):
            call = Call(upload(file, self._saying.path_of, way, **fields), (call,))
        return call

    def _place_and_contact(self) -> None:
        place, contact = self._message.location, self._message.contact
        if place is not None:
            point = SendLocation(
                **self._fields(), latitude=place.latitude, longitude=place.longitude
            )
            self._calls.append(Call(point))
        if contact is not None:
            name = clean(contact.name).strip() or contact.phone
            card = SendContact(**self._fields(), phone_number=contact.phone, first_name=name)
            line = SendMessage(chat_id=self._chat, text=f"{name} {contact.phone}".strip())
            self._calls.append(Call(card, (Call(line),)))

    def _say(self, text: Text, markup: keyboards.Keyboard | None) -> None:
        """The text in parts, the keyboard with the last. A keyboard in place of the customer's own must go before
        another can stand under a message: it goes with a part before, or with a message that is deleted at once."""
        if not text.plain.strip():
            if markup is None or isinstance(markup, ReplyKeyboardRemove):
                return
            text = Text(phrase(self._saying.language, "choose"))
        parts = split(text, TEXT_LIMIT)
        away: dict[str, Any] = {}
        if self._saying.keyboard_up and isinstance(markup, InlineKeyboardMarkup):
            away = {"reply_markup": ReplyKeyboardRemove(remove_keyboard=True)}
            if len(parts) == 1:
                first = SendMessage(chat_id=self._chat, text=_FLEETING, **away)
                self._calls.append(Call(first, fleeting=True))
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            more = {"reply_markup": markup} if last and markup else away if number == 0 else {}
            fields = self._fields()
            del fields["chat_id"]
            self._calls.append(_text_call(self._chat, part, self._message, {**fields, **more}))


def _reply(delivery: Delivery) -> dict[str, Any]:
    """What is answered; the answer is sent too where that no longer stands."""
    if not delivery.reply_external_id.isdigit():
        return {}
    number = int(delivery.reply_external_id)
    return {
        "reply_parameters": ReplyParameters(message_id=number, allow_sending_without_reply=True)
    }


def keyboard_after(said: Sequence[Call], *, keyboard_up: bool) -> bool:
    """Whether a keyboard stands in place of the customer's own after these calls."""
    for call in said:
        markup = getattr(call.method, "reply_markup", None)
        if isinstance(markup, (ReplyKeyboardMarkup, ReplyKeyboardRemove)):
            keyboard_up = isinstance(markup, ReplyKeyboardMarkup)
    return keyboard_up
