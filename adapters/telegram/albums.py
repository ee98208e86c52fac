"""Albums: Telegram brings each part as an update of its own. Gathered here, kept inside the channel's cursor. Pure.

The cursor is the next offset as a number; while parts of an album wait for the rest it is JSON that holds them as well.
It is saved in one transaction with the events, so a kill at any moment neither loses a part nor says one twice.
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from bot.model.event import Incoming, MessageReceived
from bot.model.message import Message
from bot.model.text import join

REMEMBERED = 100
"""So many parts of finished albums are remembered, to recognise them when they are brought again."""


class Part(msgspec.Struct, frozen=True, array_like=True):
    """One part of an album: the id of its update, and its event."""

    update: int
    incoming: Incoming


class Album(msgspec.Struct, frozen=True, array_like=True):
    """Parts that came so far. `name` is the chat and Telegram's id of the group."""

    name: str
    parts: tuple[Part, ...]


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the reading came: the next `offset`, `albums` that are not whole yet, and the updates of those that are
    (`merged`)."""

    offset: int = 0
    albums: tuple[Album, ...] = ()
    merged: tuple[int, ...] = ()


_decoder = msgspec.json.Decoder(Cursor)
_encoder = msgspec.json.Encoder()


def read_cursor(saved: str | None) -> Cursor:
    """The cursor that was saved; the beginning for none, and for one that is not ours."""
    if saved is None:
        return Cursor()
    try:
        return Cursor(int(saved)) if saved.lstrip("-").isdigit() else _decoder.decode(saved)
    except (ValueError, msgspec.DecodeError):
        return Cursor()


def write_cursor(cursor: Cursor) -> str:
    """The cursor as it is saved."""
    if not cursor.albums and not cursor.merged:
        return str(cursor.offset)
    return _encoder.encode(cursor).decode()


def gather(cursor: Cursor, name: str, part: Part) -> Cursor:
    """The cursor with one more part of an album; one that is known already changes nothing."""
    album = next((one for one in cursor.albums if one.name == name), Album(name, ()))
    if any(one.update == part.update for one in album.parts):
        return cursor
    others = tuple(one for one in cursor.albums if one.name != name)
    return replace(cursor, albums=(*others, Album(name, (*album.parts, part))))


def finish(cursor: Cursor, album: Album) -> tuple[Cursor, Incoming]:
    """The cursor without an album, and the album as one message."""
    merged = (*cursor.merged, *(part.update for part in album.parts))[-REMEMBERED:]
    albums = tuple(one for one in cursor.albums if one.name != album.name)
    return replace(cursor, albums=albums, merged=merged), merge(album.parts)


def merge(parts: Sequence[Part]) -> Incoming:
    """The parts as one message: files in their order, captions one under another."""
    ordered = sorted(parts, key=lambda part: int(part.incoming.message_id or 0))
    messages = [_message(part.incoming) for part in ordered]
    first = ordered[0].incoming
    whole = Message(
        text=join([message.text for message in messages]),
        attachments=tuple(file for message in messages for file in message.attachments),
        reply_to=next((one.reply_to for one in messages if one.reply_to is not None), None),
    )
    return replace(first, event=MessageReceived(whole))


def _message(incoming: Incoming) -> Message:
    assert isinstance(incoming.event, MessageReceived)
    return incoming.event.message
