"""`say`: send; several texts are variants, taken in turn."""

from msgspec.structs import replace

from bot.dialog.flow import Media, Say
from bot.dialog.layout import lay_out
from bot.dialog.questions import step_buttons
from bot.dialog.work import Place, Work
from bot.model.message import Attachment, Message


def walk(work: Work, place: Place, step: Say) -> bool:
    """Say it and go on."""
    phrase = step.texts[_turn(work, place, step)] if len(step.texts) > 1 else step.texts[0]
    text = work.phrase(phrase, place)
    if step.buttons:
        # These buttons belong to whatever is asked next: they are stale when that is.
        buttons = step_buttons(work, place, step.id, step.buttons, work.visit + 1)
        laid = lay_out(text, work.moment.abilities, (), buttons)
        message = Message(laid.text, laid.buttons, attachments(step.media))
    else:
        message = Message(text, (), attachments(step.media)) if step.media else Message(text)
    if message.text.plain or message.attachments or message.buttons:
        work.send(message)
    place.step = step.next or ""
    return False


def _turn(work: Work, place: Place, step: Say) -> int:
    name = f"{place.flow}/{step.id}"
    turns = work.dialog.turns
    spoken = turns.get(name, 0)
    work.dialog = replace(work.dialog, turns={**turns, name: spoken + 1})
    return spoken % len(step.texts)


def attachments(media: tuple[Media, ...]) -> tuple[Attachment, ...]:
    """Files of the project's folder as they travel with a message."""
    if not media:
        return ()
    return tuple(
        Attachment(one.kind, one.name, one.mime, one.size, one.digest, one.path) for one in media
    )
