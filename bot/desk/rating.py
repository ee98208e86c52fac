"""The closing question: one, with five buttons, once a ticket; a low mark asks why and leaves a note."""

import msgspec

from bot.desk.outcome import DeskOutcome
from bot.desk.room import mark_payload, parse_mark
from bot.desk.scene import Scene
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.dialog import Pending
from bot.model.event import ButtonPressed, Event, MessageReceived
from bot.model.message import Button, Message, say
from bot.model.text import Text
from bot.model.ticket import Ticket

ASKED = "mark"
LOW = 3
"""This mark and those below it ask why."""
_MARKS = range(1, 6)
_DIGITS = frozenset(str(mark) for mark in _MARKS)


def ask_for_mark(scene: Scene) -> None:
    """Ask how it was, if a person had taken the conversation and the question was not asked yet."""
    ticket = scene.ticket
    assert ticket is not None
    talked = ticket.holds and ticket.taken_at and not scene.customer.banned
    if not (scene.business.rate and talked and scene.once(ASKED)):
        return
    row = tuple(Button(str(mark), mark_payload(ticket.number, mark)) for mark in _MARKS)
    if scene.abilities.buttons:
        scene.say(say(scene.phrase("desk_rate"), row))
    else:
        scene.say(say(" ".join((scene.phrase("desk_rate"), scene.phrase("desk_rate_digit")))))
    pending = Pending("mark", choices=(str(ticket.number),))
    dialog = msgspec.structs.replace(scene.conversation.dialog, pending=pending)
    scene.conversation = msgspec.structs.replace(scene.conversation, dialog=dialog)


def hear_rating(
    conversation: Conversation,
    event: Event,
    *,
    business: Business,
    now: int,
    ticket: Ticket | None = None,
) -> DeskOutcome:
    """A press on the question's buttons (`desk:mark:…`), or the message after the question while the dialog's `pending`
    is `mark` or `mark_reason`. Not handled: it was no answer; the dialog hears it, with the conversation given back."""
    if isinstance(event, ButtonPressed):
        pressed = parse_mark(event.payload)
        if pressed is None:
            return DeskOutcome(conversation, handled=False)
        scene = Scene(conversation, business, now, ticket=ticket)
        _rate(scene, *pressed)
        return scene.outcome()
    pending = conversation.dialog.pending
    asked = pending is not None and pending.kind.startswith("mark")
    if not asked or conversation.held or not isinstance(event, MessageReceived):
        return DeskOutcome(conversation, handled=False)
    scene = Scene(conversation, business, now, ticket=ticket)
    return scene.outcome(handled=_answered(scene, event.message))


def _answered(scene: Scene, message: Message) -> bool:
    """Whether the message answers the open question, which is over either way."""
    pending = scene.conversation.dialog.pending
    assert pending is not None
    _settle(scene)
    words = message.text.plain.strip()
    if pending.kind == "mark_reason":
        if words.startswith("/"):
            return False
        _note_why(scene, message)
    elif (digit := _digit(scene, words)) and pending.choices:
        _rate(scene, int(pending.choices[0]), int(digit))
    else:
        return False
    return True


def _digit(scene: Scene, words: str) -> str:
    """The mark that a message is; of a letter, which has a signature too, its first line. Empty if it is none."""
    if not scene.abilities.buttons and words:
        words = words.splitlines()[0].strip(" .!")
    return words if words in _DIGITS else ""


def _rate(scene: Scene, number: int, mark: int) -> None:
    """Write the mark down, the first one a ticket. While a ticket holds the conversation the bot says nothing."""
    ticket = scene.ticket
    _settle(scene)
    if ticket is None or ticket.number != number or ticket.mark:
        _answer(scene, "desk_rated_before")
        return
    scene.change(mark=mark)
    scene.refresh_card()
    scene.tell("desk_rated_card", mark=mark)
    scene.decide("desk:rated")
    if mark > LOW:
        _answer(scene, "desk_rated")
    elif not scene.conversation.held:
        _answer(scene, "desk_rate_why")
        _settle(scene, Pending("mark_reason", choices=(str(number),)))


def _note_why(scene: Scene, message: Message) -> None:
    ticket = scene.ticket
    mark = ticket.mark if ticket else 0
    words = scene.phrase("desk_rated_low", mark=mark, text=message.text.plain)
    scene.note(msgspec.structs.replace(message, text=Text(words)), "")
    _answer(scene, "desk_rate_noted")
    scene.decide("desk:rated_why")


def _answer(scene: Scene, key: str) -> None:
    if not scene.conversation.held:
        scene.say(say(scene.phrase(key)))


def _settle(scene: Scene, pending: Pending | None = None) -> None:
    """The question is answered, or another one stands in its place; questions of others stay."""
    dialog = scene.conversation.dialog
    if pending is None and (dialog.pending is None or not dialog.pending.kind.startswith("mark")):
        return
    dialog = msgspec.structs.replace(dialog, pending=pending)
    scene.conversation = msgspec.structs.replace(scene.conversation, dialog=dialog)
