"""Timers whose name starts with `desk:`. A late one, for what is over, does nothing."""

from bot.desk import limits
from bot.desk.acts import give_back, wake
from bot.desk.notices import say_unreachable
from bot.desk.outcome import DeskOutcome
from bot.desk.people import NO_ROOM, Room
from bot.desk.scene import Scene
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.event import TimerFired
from bot.model.ticket import Ticket

TIMER = "desk:"
"""How the name of every timer of the desk's begins."""

UNREACHABLE = "desk:unreachable"
"""A timer of this name tells the customer, once, that the operators cannot be reached."""


def hear_timer(
    conversation: Conversation,
    event: TimerFired,
    *,
    business: Business,
    now: int,
    ticket: Ticket | None = None,
    room: Room = NO_ROOM,
) -> DeskOutcome:
    """`desk:<what>:<ticket>` came due. `ticket` is the one it names, where it is not the conversation's own."""
    scene = Scene(conversation, business, now, ticket=ticket)
    if event.name == UNREACHABLE:
        if conversation.held:
            say_unreachable(scene)
        return scene.outcome()
    _, name, number = (*event.name.split(":"), "", "")[:3]
    if scene.ticket is None or str(scene.ticket.number) != number:
        return scene.outcome()
    match name:
        case "first_reply" | "first_reply_soon" | "next_reply" | "next_reply_soon":
            limits.reply_wanted(scene, name, event.visit)
        case "requeue":
            limits.requeue_silent(scene, room)
        case "snooze":
            _wake_up(scene)
        case "idle_return":
            _idle(scene, room)
        case _:
            scene.decide("desk:unknown_timer", event.name)
    return scene.outcome()


def _wake_up(scene: Scene) -> None:
    ticket = scene.ticket
    assert ticket is not None
    if ticket.state == "snoozed" and ticket.snoozed_until <= scene.now:
        wake(scene)
        scene.alarm("desk_woke", to=ticket.owner)


def _idle(scene: Scene, room: Room) -> None:
    """Silence on both sides: back to the bot. A customer whose line nobody has seen goes back to the queue instead."""
    ticket = scene.ticket
    assert ticket is not None
    limit = scene.business.idle_return
    if not (limit and scene.conversation.held and ticket.owner):
        return
    seen = max(ticket.last_operator_at, ticket.taken_at)
    last = max(seen, ticket.last_customer_at, ticket.snoozed_until)
    if scene.now - last < limit:
        scene.timer("idle_return", last + limit)
    elif _unseen(ticket):
        limits.requeue(scene, room)
    else:
        give_back(scene)
        scene.tell("desk_returned_idle")


def _unseen(ticket: Ticket) -> bool:
    """Whether the customer wrote after the owner last answered or, without an answer yet, took it."""
    if ticket.last_operator_at > ticket.taken_at or ticket.first_reply_at:
        return ticket.waiting_since > 0 and ticket.last_customer_at >= ticket.taken_at
    return ticket.last_customer_at > ticket.taken_at
