"""What a customer's message holds, in our form: text, files, a place, a contact. Pure."""

from aiogram.enums import ContentType
from aiogram.types import Message as TelegramMessage

from adapters.telegram.formatting import clean, to_text
from adapters.telegram.words import Language, phrase
from bot.model.message import Attachment, AttachmentKind, Contact, Location, Message
from bot.model.text import Text

_CONTENTS = frozenset(
    {
        ContentType.TEXT,
        ContentType.ANIMATION,
        ContentType.AUDIO,
        ContentType.DOCUMENT,
        ContentType.PHOTO,
        ContentType.STICKER,
        ContentType.VIDEO,
        ContentType.VIDEO_NOTE,
        ContentType.VOICE,
        ContentType.CONTACT,
        ContentType.LOCATION,
        ContentType.VENUE,
    }
)
_ONLY_IN_TELEGRAM = frozenset(
    {
        ContentType.UNKNOWN,
        ContentType.CHECKLIST,
        ContentType.DICE,
        ContentType.GAME,
        ContentType.GIFT,
        ContentType.INVOICE,
        ContentType.LIVE_PHOTO,
        ContentType.PAID_MEDIA,
        ContentType.POLL,
        ContentType.STORY,
        ContentType.UNIQUE_GIFT,
    }
)


def contents(message: TelegramMessage, language: Language) -> Message | None:
    """The message in our form; None for a notice of Telegram's own (a pin, a new photo of the chat).

    What we have no form for is named, so that a person looks for it in Telegram.
    """
    if message.content_type in _ONLY_IN_TELEGRAM:
        kind = ContentType(message.content_type).value
        return Message(Text(phrase(language, "unsupported", kind=kind)))
    if message.content_type not in _CONTENTS:
        return None
    return Message(
        text=_text(message),
        attachments=tuple(_attachments(message)),
        location=_location(message),
        contact=_contact(message),
    )


def _text(message: TelegramMessage) -> Text:
    if message.text is not None:
        return to_text(message.text, message.entities)
    return to_text(message.caption or "", message.caption_entities)


def _attachments(message: TelegramMessage) -> list[Attachment]:
    """A message of Telegram's has at most one file; a photo comes in several sizes, the largest is last."""
    if message.photo:
        photo = message.photo[-1]
        return [_file("photo", photo.file_id, "", "image/jpeg", photo.file_size)]
    # An animation is told as a document too.
    if (film := message.animation or message.video) is not None:
        return [_file("video", film.file_id, film.file_name, film.mime_type, film.file_size)]
    if (note := message.video_note) is not None:
        return [_file("video", note.file_id, "", "video/mp4", note.file_size)]
    if (voice := message.voice) is not None:
        return [_file("voice", voice.file_id, "", voice.mime_type or "audio/ogg", voice.file_size)]
    if (audio := message.audio) is not None:
        return [_file("audio", audio.file_id, audio.file_name, audio.mime_type, audio.file_size)]
    if (sticker := message.sticker) is not None:
        mime = "video/webm" if sticker.is_video else "image/webp"
        if sticker.is_animated:
            mime = "application/x-tgsticker"
        return [_file("sticker", sticker.file_id, "", mime, sticker.file_size)]
    if (file := message.document) is not None:
        return [_file("document", file.file_id, file.file_name, file.mime_type, file.file_size)]
    return []


def _file(
    kind: AttachmentKind, file_id: str, name: str | None, mime: str | None, size: int | None
) -> Attachment:
    return Attachment(kind, clean(name or ""), clean(mime or ""), size or 0, source=file_id)


def _location(message: TelegramMessage) -> Location | None:
    if message.venue is not None:
        place = message.venue.location
        title = ", ".join(part for part in (message.venue.title, message.venue.address) if part)
        return Location(place.latitude, place.longitude, clean(title))
    if message.location is not None:
        return Location(message.location.latitude, message.location.longitude)
    return None


def _contact(message: TelegramMessage) -> Contact | None:
    """A contact is the sender's own only where Telegram says whose account it is, and it is theirs."""
    told = message.contact
    if told is None:
        return None
    sender = message.from_user
    own = sender is not None and sender.id == told.user_id
    phone = clean(told.phone_number)
    # Telegram tells an account's number in international form, some clients without the plus.
    if own and phone.isdigit():
        phone = "+" + phone
    name = " ".join(part for part in (told.first_name, told.last_name) if part)
    return Contact(phone, clean(name), own)
