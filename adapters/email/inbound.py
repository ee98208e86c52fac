"""A letter that was read, as events. Pure."""

import msgspec

from adapters.email.letter import Bounce, Letter
from adapters.email.settings import Settings
from adapters.email.threads import (
    QUOTE,
    REFERENCES,
    UNPROVEN,
    Marks,
    Thread,
    is_answer,
    plain_subject,
    token_in,
)
from adapters.email.words import phrase
from bot.channel import Said
from bot.model.event import Aside, DeliveryFailed, Incoming, MessageReceived, Sender
from bot.model.message import Attachment, Message
from bot.model.text import Text

WHOLE = -1
"""Stands for the whole letter where a part's index is meant."""
_MEGA = 1_000_000
_NO_SUCH_BOX = ("5.1.", "5.2.1", "5.4.4")


class Source(msgspec.Struct, frozen=True, array_like=True):
    """Where the content of a file is to be had again: a letter under a numbering, and the part of it."""

    validity: int
    uid: int
    letter: str
    part: int


class Place(msgspec.Struct, frozen=True):
    """Where a letter lies and how big it is; `arrived` is the server's time in ms."""

    validity: int
    uid: int
    size: int = 0
    arrived: int = 0


def addresses(letter: Letter) -> tuple[str, ...]:
    """The conversations that a letter may belong to, the likeliest last. An unproven sender has one of its own."""
    if not letter.sender:
        return (UNPROVEN,)
    unproven = UNPROVEN + letter.sender
    return (unproven, letter.sender) if letter.proven else (unproven,)


def by_token(letter: Letter, marks: Marks) -> str:
    """The conversation whose token the subject carries, among those that the sender may enter; else the likeliest."""
    forms = addresses(letter)
    token = token_in(letter.subject)
    return next((one for one in forms if token and marks.token(one) == token), forms[-1])


def received(
    letter: Letter, place: Place, address: str, settings: Settings, aside: Aside = ""
) -> Incoming:
    """A letter as a message of the customer; `aside` where the bot must not answer it."""
    message = Message(
        text=Text(_words(letter, place, settings)),
        attachments=attachments(letter, place, settings),
        subject=letter.subject,
    )
    return Incoming(
        external_id=letter.id,
        event=MessageReceived(message, aside),
        address=address,
        sender=Sender(name=letter.sender_name or letter.sender) if letter.sender else None,
        at=place.arrived,
        message_id=letter.message_id,
    )


def aside_of(letter: Letter) -> Aside:
    """Why the bot must not answer a letter; empty where it may."""
    if letter.machine in {"auto_reply", "bounce"}:
        return "history"
    unreadable = letter.problem not in {"", "size"} or not letter.sender
    return "people" if unreadable or letter.machine == "automatic" else ""


def _words(letter: Letter, place: Place, settings: Settings) -> str:
    told = ""
    if letter.problem:
        told = phrase(
            settings.language,
            letter.problem,
            limit=settings.letter.size // _MEGA,
            folder=settings.imap.folder,
            uid=place.uid,
        )
    words = letter.text
    if not words and not letter.parts and not is_answer(letter.subject):
        words = plain_subject(letter.subject)
    return "\n\n".join(one for one in (words, told) if one)


def attachments(letter: Letter, place: Place, settings: Settings) -> tuple[Attachment, ...]:
    """The files of a letter, and the letter itself where people may want to see more than was read of it."""
    problem = ""
    if letter.problem == "size":
        problem = phrase(settings.language, "too_big", limit=settings.letter.size // _MEGA)
    files = [
        Attachment(
            part.kind,
            part.name,
            part.mime,
            part.size,
            source=_source(letter, place, part.index),
            problem=problem,
        )
        for part in letter.parts
    ]
    if letter.problem != "gone" and (letter.cut or letter.problem):
        name = phrase(settings.language, "whole")
        source = _source(letter, place, WHOLE)
        files.append(
            Attachment(
                "document",
                name,
                "message/rfc822",
                place.size,
                source=source,
                problem=problem,
                whole=True,
            )
        )
    return tuple(files)


def _source(letter: Letter, place: Place, part: int) -> str:
    return msgspec.json.encode(Source(place.validity, place.uid, letter.id, part)).decode()


def read_source(source: str) -> Source:
    """Where a file is to be had. Raises `msgspec.DecodeError`."""
    return msgspec.json.decode(source, type=Source)


def bounced(bounce: Bounce, said: Said, letter: Letter) -> Incoming:
    """A letter of ours that came back, filed where it was said."""
    reason = " ".join(one for one in (bounce.status, bounce.reason) if one) or bounce.action
    return Incoming(
        external_id=letter.id,
        event=DeliveryFailed(said.message, reason[:300], bounce.status.startswith(_NO_SUCH_BOX)),
        conversation=said.conversation,
    )


def thread_of(letter: Letter, place: Place) -> Thread:
    """What an answer needs of the letter that it answers."""
    references = tuple(one for one in letter.references if one != letter.message_id)
    return Thread(
        id=letter.message_id,
        references=references[-REFERENCES:],
        subject=plain_subject(letter.subject)[:300],
        name=letter.sender_name,
        at=place.arrived,
        zone=letter.zone,
        quote=letter.text[:QUOTE],
    )
