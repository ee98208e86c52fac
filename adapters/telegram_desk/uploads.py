"""Carrying out one step: words, files from the disk, a place, a contact."""

import asyncio
from pathlib import Path
from typing import Any

import structlog
from msgspec.structs import replace
from telegram import (
    InputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    LinkPreviewOptions,
    Message,
)

from adapters.telegram_desk.api import Refused
from adapters.telegram_desk.budget import Meter
from adapters.telegram_desk.calling import Caller
from adapters.telegram_desk.outbound import Step, described, sent_as, text_arguments
from adapters.telegram_desk.words import say
from bot.channel import Door
from bot.model.message import Attachment
from bot.model.text import join

log = structlog.get_logger("telegram_desk")

_MEDIA: dict[str, type[Any]] = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "audio": InputMediaAudio,
    "document": InputMediaDocument,
}
_OURS = ("thread_gone", "topic_closed", "no_rights", "not_forum")
"""Refusals that are not about the file."""
_NAMES = {
    "photo": "photo.jpg",
    "video": "video.mp4",
    "voice": "voice.ogg",
    "audio": "audio.mp3",
    "sticker": "sticker.webp",
    "document": "file",
}


class NotAsAlbum(Exception):
    """Telegram does not take these files together, or not all of them are there."""


class Uploads:
    """A file that Telegram does not take goes as a document, and if not even so, as a line that says why."""

    def __init__(self, caller: Caller, language: str) -> None:
        self._caller = caller
        self._language = language
        self._door: Door | None = None

    def open(self, door: Door) -> None:
        """Where files lie."""
        self._door = door

    async def carry_out(
        self, step: Step, arguments: dict[str, Any], meter: Meter
    ) -> tuple[Message, ...]:
        """The messages that stand there now. Raises as `Api.call`, and `NotAsAlbum`."""
        match step.kind:
            case "text":
                return await self._words(step, arguments, meter)
            case "location":
                assert step.location is not None
                return await self._say(
                    "send_location",
                    arguments,
                    meter,
                    latitude=step.location.latitude,
                    longitude=step.location.longitude,
                )
            case "contact":
                assert step.contact is not None
                return await self._say(
                    "send_contact",
                    arguments,
                    meter,
                    phone_number=step.contact.phone,
                    first_name=step.contact.name or step.contact.phone,
                )
            case "album":
                return await self._album(step, arguments, meter)
            case "file":
                return await self._file(step, arguments, meter)

    async def _say(
        self, method: str, arguments: dict[str, Any], meter: Meter, **more: Any
    ) -> tuple[Message, ...]:
        given = {key: value for key, value in arguments.items() if value is not None}
        return (await self._caller.group_call(method, meter, 1, **given, **more),)

    async def _words(
        self, step: Step, arguments: dict[str, Any], meter: Meter
    ) -> tuple[Message, ...]:
        quiet = LinkPreviewOptions(is_disabled=True)
        words = text_arguments(step.text)
        return await self._say(
            "send_message", arguments, meter, **words, link_preview_options=quiet
        )

    async def _album(
        self, step: Step, arguments: dict[str, Any], meter: Meter
    ) -> tuple[Message, ...]:
        try:
            media = [
                _MEDIA[sent_as(one)](
                    InputFile(await self._content(one), _name(one), attach=True),
                    **(text_arguments(step.text, caption=True) if place == 0 else {}),
                )
                for place, one in enumerate(step.files)
            ]
            given = {
                key: arguments[key]
                for key in ("message_thread_id", "reply_parameters")
                if arguments.get(key) is not None
            }
            found = await self._caller.group_call(
                "send_media_group", meter, step.cost, **given, media=media
            )
            return tuple(found)
        except (Refused, OSError) as problem:
            if isinstance(problem, Refused) and problem.kind in _OURS:
                raise
            log.warning("album not taken, its files go one by one", reason=_reason(problem))
            raise NotAsAlbum from None

    async def _file(
        self, step: Step, arguments: dict[str, Any], meter: Meter
    ) -> tuple[Message, ...]:
        (file,) = step.files
        try:
            content = await self._content(file)
        except OSError:
            return await self._instead(step, "file_gone", arguments, meter)
        kind = sent_as(file)
        for sent in dict.fromkeys((kind, "document")):
            more: dict[str, Any] = {sent: InputFile(content, _name(file))}
            if sent != "sticker":
                more |= text_arguments(step.text, caption=True)
            try:
                return await self._say(f"send_{sent}", arguments, meter, **more)
            except Refused as problem:
                if problem.kind in _OURS:
                    raise
                log.warning("file not taken", sent_as=sent, reason=_reason(problem))
                if problem.kind == "too_big":
                    return await self._instead(step, "too_big_out", arguments, meter)
        return await self._instead(step, "not_accepted", arguments, meter)

    async def _instead(
        self, step: Step, reason: str, arguments: dict[str, Any], meter: Meter
    ) -> tuple[Message, ...]:
        (file,) = step.files
        line = described(file, self._language, say(self._language, reason))
        words = replace(step, kind="text", text=join([step.text, line]), files=())
        return await self._words(words, arguments, meter)

    async def _content(self, file: Attachment) -> bytes:
        assert self._door is not None
        path: Path = self._door.file(file.digest)
        return await asyncio.to_thread(path.read_bytes)


def _name(file: Attachment) -> str:
    return file.name or _NAMES[file.kind]


def _reason(problem: Exception) -> str:
    return str(problem) if isinstance(problem, Refused) else type(problem).__name__
