"""A letter that was read: what the child process tells the program of it."""

from typing import Literal

import msgspec

from bot.model.message import AttachmentKind

Machine = Literal["", "own", "bounce", "auto_reply", "automatic"]
Problem = Literal["", "parts", "depth", "broken", "time", "size", "gone"]


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file in a letter; `index` counts the leaves of its tree, in their order. `tiny`: a beacon, not a picture."""

    index: int
    kind: AttachmentKind
    name: str
    mime: str
    size: int
    tiny: bool = False


class Bounce(msgspec.Struct, frozen=True, omit_defaults=True):
    """A report about a letter of ours: its Message-IDs as they may be, whom it went to, and what became of it."""

    ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    action: str = ""
    status: str = ""
    reason: str = ""


class Letter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One letter. `id` tells it from every other. `sender` is the address in From, in lower case, empty where there is none or more than one.

    `text` is what the customer wrote, without what was quoted and signed; `cut` tells that something was left out.
    `machine` says what kind of machine wrote it, `proven` that a trusted server vouches for the sender; `zone` is
    the sender's own, in minutes east of Greenwich; `problem` says why the letter could not be read whole.
    """

    id: str = ""
    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    cut: bool = False
    parts: tuple[Part, ...] = ()
    machine: Machine = ""
    bounce: Bounce | None = None
    proven: bool = False
    zone: int = 0
    problem: Problem = ""


class Reading(msgspec.Struct, frozen=True):
    """What is asked of the child: the letter, or with `part` the content of one of its files."""

    raw: bytes
    own: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    parts: int = 300
    depth: int = 30
    header: int = 32_768
    part: int = -1
