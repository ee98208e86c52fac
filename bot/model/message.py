"""What is said: text, buttons, attachments, a location, a contact."""

from typing import Literal

import msgspec

from bot.model.text import Text

AttachmentKind = Literal["photo", "video", "voice", "audio", "document", "sticker"]
Share = Literal["phone", "location"]


class Address(msgspec.Struct, frozen=True, gc=False):
    """Where a message goes: a configured channel's name, and an id in that channel's own form."""

    channel: str
    id: str


class Button(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One button. Exactly one of `payload`, `url` and `share` is set.

    `payload` comes back in `ButtonPressed`; it is at most 64 bytes of ASCII (Telegram's callback data).
    """

    text: str
    payload: str = ""
    url: str = ""
    share: Share | None = None


class Attachment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A file. `digest` (SHA-256, hex) names its content once it is fetched; `source` is the channel's own reference.

    `size` is in bytes, 0 while unknown. `problem` says to a person why the content could not be had.
    `whole`: the whole letter that a message was cut from, for people; it answers no question.
    """

    kind: AttachmentKind
    name: str = ""
    mime: str = ""
    size: int = 0
    digest: str = ""
    source: str = ""
    problem: str = ""
    whole: bool = False


class Location(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A point in degrees, WGS 84."""

    latitude: float
    longitude: float
    title: str = ""


class Contact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A shared contact; `own` only where the messenger itself says that it is the sender's."""

    phone: str
    name: str = ""
    own: bool = False


class Message(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something said by anybody. `buttons` are rows; `reply_to` is the id of our message that is answered;
    `signed` the name of the operator who says it."""

    text: Text = Text()
    buttons: tuple[tuple[Button, ...], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    location: Location | None = None
    contact: Contact | None = None
    reply_to: int | None = None
    subject: str = ""
    signed: str = ""


def say(plain: str, *rows: tuple[Button, ...]) -> Message:
    """A message of plain text, with rows of buttons."""
    return Message(text=Text(plain), buttons=rows)
