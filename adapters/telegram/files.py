"""Attachments as the calls that upload them. Pure: the paths come in, the bytes are read when the call is made."""

import mimetypes
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from aiogram.methods import (
    SendAudio,
    SendDocument,
    SendMediaGroup,
    SendPhoto,
    SendSticker,
    SendVideo,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    FSInputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
)

from adapters.telegram.words import Language, phrase
from bot.model.message import Attachment

PHOTO_LIMIT, FILE_LIMIT = 10_000_000, 50_000_000
"""What a bot may upload, in bytes (core.telegram.org/bots/api#sending-files)."""
ALBUM = 10
PathOf = Callable[[str], Path]
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|\u2028\u2029]')
_VOICES = frozenset({"audio/ogg", "audio/opus", "audio/mpeg", "audio/mp4", "audio/x-m4a"})
_STICKERS = frozenset({"image/webp", "video/webm", "application/x-tgsticker"})
_EXTENSIONS = {
    "audio/ogg": ".ogg",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/x-tgsticker": ".tgs",
}
_METHODS: dict[str, tuple[type[TelegramMethod[Any]], str]] = {
    "photo": (SendPhoto, "photo"),
    "video": (SendVideo, "video"),
    "voice": (SendVoice, "voice"),
    "audio": (SendAudio, "audio"),
    "document": (SendDocument, "document"),
    "sticker": (SendSticker, "sticker"),
}
_MEDIA: dict[str, Any] = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "audio": InputMediaAudio,
    "document": InputMediaDocument,
}


def problem_of(attachment: Attachment, language: Language) -> str:
    """Why a file cannot be sent, as a line for whoever reads the message; empty if it can."""
    reason = attachment.problem
    if not reason and not attachment.digest:
        reason = phrase(language, "file_lost")
    if not reason and attachment.size > FILE_LIMIT:
        reason = phrase(language, "too_big_to_send", megabytes=FILE_LIMIT // 1_000_000)
    return not_sent(attachment, reason, language) if reason else ""


def not_sent(attachment: Attachment, reason: str, language: Language) -> str:
    """The line that stands in a file's place."""
    name = attachment.name or phrase(language, "a_file")
    return phrase(language, "not_sent", name=name, reason=reason)


def kind_of(attachment: Attachment) -> str:
    """What to send it as: Telegram takes as a photo, a voice or a sticker only what is one."""
    kind, mime = attachment.kind, attachment.mime
    if kind == "photo" and (attachment.size > PHOTO_LIMIT or mime == "image/svg+xml"):
        return "document"
    if (kind == "voice" and mime not in _VOICES) or (kind == "sticker" and mime not in _STICKERS):
        return "document"
    return kind


def groups(attachments: Sequence[Attachment]) -> Iterator[tuple[str, list[Attachment]]]:
    """Neighbours that may stand in one album, at most ten: photos with videos, documents and audio each among
    themselves. With each the kind of company it is; voices and stickers stand alone."""
    for company, together in groupby(attachments, _company):
        files = list(together)
        size = ALBUM if company != "alone" else 1
        for at in range(0, len(files), size):
            yield company, files[at : at + size]


def _company(attachment: Attachment) -> str:
    kind = kind_of(attachment)
    if kind in ("photo", "video"):
        return "pictures"
    return kind if kind in ("document", "audio") else "alone"


def upload(
    attachment: Attachment, path_of: PathOf, kind: str, **fields: Any
) -> TelegramMethod[Any]:
    """One file as one call."""
    method, field = _METHODS[kind]
    return method(**{field: _content(attachment, path_of)}, **fields)


def album(files: Sequence[Attachment], path_of: PathOf, **fields: Any) -> SendMediaGroup:
    """Several files as one call; a caption stands under the first."""
    caption = {name: fields.pop(name) for name in ("caption", "caption_entities") if name in fields}
    media = [
        _MEDIA[kind_of(one)](media=_content(one, path_of), **(caption if number == 0 else {}))
        for number, one in enumerate(files)
    ]
    return SendMediaGroup(media=media, **fields)


def _content(attachment: Attachment, path_of: PathOf) -> FSInputFile:
    return FSInputFile(path_of(attachment.digest), filename=file_name(attachment))


def file_name(attachment: Attachment) -> str:
    """A name that is safe inside a request's header, with an extension where one is known."""
    name = _UNSAFE.sub("_", attachment.name).strip(" .")[-120:]
    if "." in name:
        return name
    mime = attachment.mime.partition(";")[0]
    extension = _EXTENSIONS.get(mime) or mimetypes.guess_extension(mime) or ""
    return f"{name or attachment.kind}{extension}"
