"""A message on its way to the group, as the calls that it takes. Pure.

Limits: https://core.telegram.org/bots/api - a text 4096, a caption 1024, an album 2 to 10, a photo 10 MB, a file 50 MB.
"""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from adapters.telegram_desk.formatting import entities_of, mention
from adapters.telegram_desk.words import say
from bot.model.message import Attachment, AttachmentKind, Button, Contact, Location, Message
from bot.model.text import Span, Text, join, split, utf16_length

TEXT_LENGTH, CAPTION_LENGTH, BUTTON_LENGTH = 4096, 1024, 64
PHOTO_SIZE, FILE_SIZE = 10_000_000, 50_000_000
ALBUM = 10

Rows = tuple[tuple[Button, ...], ...]


class Step(msgspec.Struct, frozen=True):
    """One call of the Bot API. `files` are still to be opened: one, or several for an album."""

    kind: Literal["text", "file", "album", "location", "contact"]
    text: Text = Text()
    rows: Rows = ()
    files: tuple[Attachment, ...] = ()
    location: Location | None = None
    contact: Contact | None = None

    @property
    def cost(self) -> int:
        """How many messages it is, by which the group's minute is counted."""
        return len(self.files) or 1


def steps(message: Message, header: Text, language: str, *, whole: bool = False) -> list[Step]:
    """What to call, in order. `header` goes before the words; `whole` cuts a long text instead of splitting it.

    Buttons stand under the last step that can carry them: an album cannot.
    """
    text, files = _sendable(message, language)
    text = join([header, text])
    if message.location is not None and message.location.title:
        text = join([text, Text(message.location.title)])
    found = _with_files(text, files)
    if text and not files:
        parts = [shortened(text)] if whole else split(text, TEXT_LENGTH)
        found = [Step("text", part) for part in parts]
    if message.location is not None:
        found.append(Step("location", location=message.location))
    if message.contact is not None:
        found.append(Step("contact", contact=message.contact))
    return _with_buttons(found, message.buttons)


def one_by_one(album: Step) -> list[Step]:
    """The files of an album as steps of their own, the words under the first."""
    words = [album.text, *(Text() for _ in album.files[1:])]
    return [
        Step("file", text, files=(file,)) for text, file in zip(words, album.files, strict=True)
    ]


def shortened(text: Text) -> Text:
    """At most one message: what a card loses at its end is in the history."""
    if utf16_length(text.plain) <= TEXT_LENGTH:
        return text
    first = split(text, TEXT_LENGTH - 2)[0]
    return Text(first.plain + "…", first.spans)


def described(attachment: Attachment, language: str, reason: str) -> Text:
    """A line in place of a file that cannot be shown."""
    name = f" «{attachment.name}»" if attachment.name else ""
    return Text(f"({say(language, attachment.kind)}{name}: {reason})")


def addressed(text: Text, operator: str, name: str) -> Text:
    """The text with a mention of whoever is meant: where their name stands, or before the text."""
    if not (operator.isdecimal() and name):
        return text
    at = text.plain.find(name)
    if at < 0:
        text = join([Text(f"{name}:"), text], " ")
        at = 0
    span = Span("link", at, at + len(name), mention(operator))
    if any(one.start < span.end and span.start < one.end for one in text.spans):
        return text
    spans = sorted((*text.spans, span), key=lambda one: (one.start, -one.end))
    return Text(text.plain, tuple(spans))


def text_arguments(text: Text, *, caption: bool = False) -> dict[str, Any]:
    """Words with their formatting, as arguments of a call."""
    names = ("caption", "caption_entities") if caption else ("text", "entities")
    return {names[0]: text.plain, names[1]: entities_of(text)} if text else {}


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Buttons; those that only a customer's side can have (share a phone) are left out."""
    made = [
        [
            InlineKeyboardButton(one.text[:BUTTON_LENGTH], callback_data=one.payload)
            if one.payload
            else InlineKeyboardButton(one.text[:BUTTON_LENGTH], url=one.url)
            for one in row
            if one.payload or one.url
        ]
        for row in rows
    ]
    made = [row for row in made if row]
    return InlineKeyboardMarkup(made) if made else None


def sent_as(attachment: Attachment) -> AttachmentKind:
    """The kind that Telegram takes it as: a photo that is too big goes as a file."""
    if attachment.kind == "photo" and attachment.size > PHOTO_SIZE:
        return "document"
    return attachment.kind


def _sendable(message: Message, language: str) -> tuple[Text, list[Attachment]]:
    """The words, with a line for each file that cannot go, and the files that can."""
    lines, files = [message.text], []
    for one in message.attachments:
        if one.problem or not one.digest:
            lines.append(described(one, language, one.problem or say(language, "file_gone")))
        elif one.size > FILE_SIZE:
            lines.append(described(one, language, say(language, "too_big_out")))
        else:
            files.append(one)
    return join(lines), files


def _with_files(text: Text, files: Sequence[Attachment]) -> list[Step]:
    """Files, albums of them where they go together, the words as the caption of the first if they fit."""
    if not files:
        return []
    groups: list[list[Attachment]] = []
    for one in files:
        last = groups[-1] if groups else None
        if last is None or len(last) == ALBUM or _shelf(last[0]) != _shelf(one) or not _shelf(one):
            groups.append([one])
        else:
            last.append(one)
    first_takes = sent_as(groups[0][0]) != "sticker"
    as_caption = first_takes and utf16_length(text.plain) <= CAPTION_LENGTH
    found = (
        [] if as_caption or not text else [Step("text", part) for part in split(text, TEXT_LENGTH)]
    )
    for place, group in enumerate(groups):
        words = text if as_caption and place == 0 else Text()
        found.append(Step("album" if len(group) > 1 else "file", words, files=tuple(group)))
    return found


def _shelf(attachment: Attachment) -> str:
    """What may be in one album: photos with videos, files with files, music with music; "" for none."""
    kind = sent_as(attachment)
    return {"photo": "seen", "video": "seen", "document": "files", "audio": "music"}.get(kind, "")


def _with_buttons(found: list[Step], rows: Rows) -> list[Step]:
    if not rows:
        return found
    at = next(
        (place for place in range(len(found) - 1, -1, -1) if found[place].kind != "album"), None
    )
    if at is None:
        album = found[-1] if found else None
        words = album.text if album is not None and album.text else Text("↑")
        if album is not None:
            found[-1] = msgspec.structs.replace(album, text=Text())
        return [*found, Step("text", words, rows)]
    found[at] = msgspec.structs.replace(found[at], rows=rows)
    return found
