"""What operators write and press, about any conversation: held or not, they may speak first."""

from collections.abc import Callable, Iterator

import msgspec

from bot.desk import acts, asides, card, limits, replies
from bot.desk.act import Act
from bot.desk.commands import (
    VERBS,
    Command,
    Note,
    Reply,
    Unknown,
    recorded,
    typed,
    wanted_role,
)
from bot.desk.general import ELSEWHERE, acting, refuse, remember
from bot.desk.outcome import DeskOutcome
from bot.desk.past import show_history, topic_lost
from bot.desk.people import NO_ROOM, Room, may
from bot.desk.roll import OWNER_GONE
from bot.desk.scene import Scene
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.event import OperatorActed, OperatorEdited, OperatorReplied
from bot.model.message import Message
from bot.model.person import Person, Role
from bot.model.ticket import Ticket

OperatorEvent = OperatorReplied | OperatorEdited | OperatorActed
TOPIC_LOST = "topic_lost"
"""The verb of a face, no operator: where this conversation is read had to be made anew."""
REACT = "react"
"""The verb of an operator's reaction: the messenger's id of the message, and the emoji (none: taken away)."""
_LINE_VERBS = frozenset({"send", "answer", "over_send", "reopen_send", "retry"})


def hear_operator(
    conversation: Conversation,
    event: OperatorEvent,
    *,
    business: Business,
    now: int,
    numbers: Iterator[int],
    role: Role | None = "operator",
    room: Room = NO_ROOM,
    ticket: Ticket | None = None,
) -> DeskOutcome:
    """Answer an operator. `ticket` is the one that a button names, where it is not the conversation's own. `role`
    None: whoever acts has no seat here, and may do nothing."""
    named = event.ticket if isinstance(event, OperatorActed) else 0
    other = ticket if ticket is not None and ticket.number == named else None
    scene = Scene(conversation, business, now, ticket=other)
    if isinstance(event, OperatorActed) and not event.operator:
        _nobody_acts(scene, event, room)
        return scene.outcome()
    if role is None:
        if not (isinstance(event, OperatorActed) and event.verb == REACT):
            refuse(scene, event.operator, room)
        return scene.outcome()
    if isinstance(event, OperatorEdited):
        known = room.people.get(event.operator) or Person(event.operator, event.operator)
        by = msgspec.structs.replace(known, role=role)
        if not _viewer(scene, by):
            replies.change_line(scene, by, event.external_id, event.message, room)
        return scene.outcome()
    by = acting(event, role, room)
    remember(scene, by, room)
    if isinstance(event, OperatorReplied):
        return _line(scene, by, event, numbers, room)
    return _pressed(scene, by, event, numbers, room)


def _nobody_acts(scene: Scene, event: OperatorActed, room: Room) -> None:
    """What the face and the desk tell each other, in nobody's name: no button and no command is that."""
    named = scene.ticket is not None and scene.ticket.number == event.ticket
    if event.verb == TOPIC_LOST:
        topic_lost(scene, room)
    elif event.verb == OWNER_GONE and named:
        limits.owner_gone(scene, room, event.argument)


def _viewer(scene: Scene, by: Person) -> bool:
    if may(by.role, "operator"):
        return False
    scene.tell("desk_viewer_line", to=by.id)
    return True


def _line(
    scene: Scene, by: Person, event: OperatorReplied, numbers: Iterator[int], room: Room
) -> DeskOutcome:
    message = event.message
    match typed(message.text):
        case Command(verb, argument):
            act = Act(scene, by, argument, numbers, room, event.external_id)
            return _do(act, verb)
        case _ if _viewer(scene, by):
            pass
        case Unknown(name):
            scene.tell("desk_unknown_command", to=by.id, name=name)
        case Note(text):
            note = msgspec.structs.replace(message, text=text)
            replies.keep_note(scene, by, note, event.external_id)
        case Reply():
            replies.offer(scene, by, message, event.external_id, numbers)
    return scene.outcome()


def _pressed(
    scene: Scene, by: Person, event: OperatorActed, numbers: Iterator[int], room: Room
) -> DeskOutcome:
    """A button is checked against the ticket as it is now; one of a ticket that is gone says so and refreshes the card."""
    if event.ticket and (scene.ticket is None or scene.ticket.number != event.ticket):
        scene.tell("desk_old_press", to=by.id, number=event.ticket)
        scene.refresh_card()
        return scene.outcome()
    act = Act(scene, by, event.argument, numbers, room, pressed=bool(event.ticket))
    return _do(act, VERBS.get(event.verb, event.verb))


def _do(act: Act, verb: str) -> DeskOutcome:
    scene, by = act.scene, act.by
    if verb == REACT:
        replies.react(act)
        return scene.outcome()
    wanted = wanted_role(verb)
    if not may(by.role, wanted):
        scene.tell("desk_not_yours", to=by.id, role=scene.phrase(f"desk_role_{wanted}"))
        return scene.outcome()
    if verb in _LINE_VERBS:
        replies.settle_line(scene, by, verb, act.argument, act.numbers)
        return scene.outcome()
    run = _WITHOUT_TICKET.get(verb)
    if run is None:
        run = _WITH_TICKET.get(verb)
        if run is not None and scene.ticket is None:
            scene.tell("desk_no_ticket", to=by.id)
            return scene.outcome()
    if run is None:
        scene.tell("desk_unknown_press", to=by.id)
    else:
        run(act)
        scene.audit(by.id, verb, recorded(verb, act.argument))
    return scene.outcome()


def _take(act: Act) -> None:
    if act.pressed and acts.closed_already(act.scene, act.by):
        return
    acts.ensure_open(act.scene, act.numbers)
    acts.take(act.scene, act.by)


def _over(act: Act) -> None:
    if not acts.closed_already(act.scene, act.by):
        acts.take_over(act.scene, act.by)


def _reopen(act: Act) -> None:
    acts.ensure_open(act.scene, act.numbers)
    acts.take(act.scene, act.by)


def _close(act: Act) -> None:
    reasons = asides.choices(act.scene, "desk_close_reasons")
    acts.close(act.scene, act.by, asides.chosen(act.argument, reasons))


def _snooze(act: Act) -> None:
    times = asides.choices(act.scene, "desk_snooze_times")
    acts.snooze(act.scene, act.by, asides.chosen(act.argument, times))


def _note(act: Act) -> None:
    if not replies.held_to_note(act.scene, act.by, act.argument):
        if act.pressed:
            act.scene.tell("desk_line_gone", to=act.by.id)
        else:
            replies.keep_note(act.scene, act.by, asides.plain(act.argument))


def _reply(act: Act) -> None:
    name = asides.chosen(act.argument, act.room.replies)
    message = act.room.reply(name) if name else None
    if message is not None:
        _send(act, message)
    elif name:
        names = ", ".join(act.room.replies) or "-"
        act.scene.tell("desk_no_such_reply", to=act.by.id, name=name, replies=names)
    else:
        asides.list_replies(act.scene, act.by, act.room)


def _faq(act: Act) -> None:
    message = act.room.answer(act.argument)
    if message is None:
        act.scene.tell("desk_no_such_faq", to=act.by.id, name=act.argument)
    else:
        _send(act, message)


def _card(act: Act) -> None:
    """The card again; a viewer gets one of their own, with personal values masked."""
    scene, ticket = act.scene, act.scene.ticket
    assert ticket is not None
    if may(act.by.role, "operator"):
        scene.show_card()
        return
    shown = card.render(scene.conversation, ticket, scene.business, scene.now, viewer=True)
    scene.tell_message(msgspec.structs.replace(shown, subject=""), act.by.id)


def _send(act: Act, message: Message) -> None:
    replies.offer(act.scene, act.by, message, act.external_id, act.numbers)


_WITHOUT_TICKET: dict[str, Callable[[Act], None]] = {
    "take": _take,
    "reopen": _reopen,
    "note": _note,
    "reply": _reply,
    "replies": lambda act: asides.list_replies(act.scene, act.by, act.room),
    "faq": _faq,
    "tag": lambda act: asides.tag(act.scene, act.by, act.argument),
    "tags": lambda act: asides.show_tags(act.scene, act.by),
    "ban": lambda act: asides.ban(act.scene, act.by),
    "unban": lambda act: asides.unban(act.scene, act.by),
    "unlink": lambda act: asides.unlink(act.scene, act.by),
    **ELSEWHERE,
}
_WITH_TICKET: dict[str, Callable[[Act], None]] = {
    "over": _over,
    "close": _close,
    "reasons": lambda act: asides.list_reasons(act.scene, act.by),
    "return": lambda act: acts.return_to_bot(act.scene, act.by),
    "snooze": _snooze,
    "snoozes": lambda act: asides.list_snoozes(act.scene, act.by),
    "assign": lambda act: acts.assign(act.scene, act.by, act.argument, act.room),
    "queue": lambda act: acts.move(act.scene, act.by, act.argument),
    "history": show_history,
    "del": lambda act: replies.delete_line(act.scene, act.by, act.argument, act.room),
    "card": _card,
    "addfaq": lambda act: asides.keep_for_faq(act.scene, act.by),
}
