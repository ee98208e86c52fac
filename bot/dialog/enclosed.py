"""Files that customers send on the way through a flow: those of file slots, and the photo beside "the screen is broken"
where words were asked for. People get them with the flow's ticket."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from bot.dialog.flow import Ask, Waiting
from bot.dialog.slots.file import FileType
from bot.model.message import Attachment, Message

if TYPE_CHECKING:
    from bot.dialog.work import Place

NAME = "?files"
"""Where a flow keeps what nobody asked for; no slot can be named so."""
MOST = 10
"""So many files are kept there, the newest."""


def enclose(place: "Place", step: Waiting, message: Message) -> None:
    """Keep what came with an answer and is no value itself. A sticker is none of it, nor is the whole of a letter."""
    kind = step.type if isinstance(step, Ask) else None
    found = [
        msgspec.to_builtins(file)
        for file in message.attachments
        if not (file.whole or file.kind == "sticker")
        and not (isinstance(kind, FileType) and kind.check(file) is None)
    ]
    _add(place, found)


def pass_on(place: "Place", caller: "Place") -> None:
    """A called flow ended: the one that called it has what was sent there, but for what was known before."""
    _add(caller, [*_of_slots(place, but=place.frame.kept), *place.slots.get(NAME, ())])


def hand_over(places: Iterable["Place"]) -> tuple[Attachment, ...]:
    """What people get with a ticket, each file once. What nobody asked for is theirs from then on."""
    found: dict[str, Any] = {}
    for place in places:
        for file in (*_of_slots(place), *place.slots.pop(NAME, ())):
            found.setdefault(file.get("source") or file.get("digest") or str(file), file)
    return tuple(msgspec.convert(file, Attachment) for file in found.values())


def _add(place: "Place", files: list[Any]) -> None:
    if files:
        kept = list(place.slots.get(NAME, ()))
        for file in files:
            # The logo under a letter comes with each answer by mail.
            known = file.get("name") and file.get("size")
            if not known or _look(file) not in map(_look, kept):
                kept.append(file)
        place.slots[NAME] = kept[-MOST:]


def _look(file: dict[str, Any]) -> tuple[Any, ...]:
    return file["kind"], file.get("name"), file.get("size")


def _of_slots(place: "Place", but: tuple[str, ...] = ()) -> list[Any]:
    slots = place.plan.flow.slots
    return [
        {key: field for key, field in file.items() if key != "more"}
        for name, value in place.slots.items()
        if isinstance(value, dict)
        and name not in but
        and name in slots
        and isinstance(slots[name].type, FileType)
        for file in (value, *value.get("more", ()))
    ]
