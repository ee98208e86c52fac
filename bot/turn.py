"""One event answered: the desk, if a ticket holds the conversation or an operator spoke; else the dialog."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from bot import desk
from bot.dialog import engine
from bot.dialog.moment import Moment
from bot.dialog.outcome import Handover, Outcome
from bot.model.conversation import Conversation
from bot.model.effect import Effect, OpenTicket, Send
from bot.model.event import (
    AttachmentFetched,
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    DeliveryFailed,
    Event,
    MessageReceived,
    OperatorActed,
    OperatorEdited,
    OperatorReplied,
    TimerFired,
)
from bot.model.turn import Decision, Turn

LAST_LINES = 6
"""How much of the talk operators see on the card of a handover."""
SET_ASIDE = "set aside"
"""The rule of a turn that could not be taken."""


def take_turn(conversation: Conversation, event: Event, moment: Moment) -> Turn:
    """Answer one event. Pure: what it needs of the world is in `moment`. Raises `MatchWanted`."""
    turn = _taken(conversation, event, moment)
    return _without_the_bot(turn) if conversation.public else turn


def _taken(conversation: Conversation, event: Event, moment: Moment) -> Turn:
    kind = type(event)
    if kind is not MessageReceived and kind is not ButtonPressed:
        answer = _OTHERS.get(kind)
        if answer is not None:
            return answer(conversation, event, moment)
    if conversation.customer.banned:
        return Turn(conversation, (), (Decision("banned"),))
    if kind is ButtonPressed or conversation.dialog.pending is not None:
        rated = desk.hear_rating(conversation, event, business=moment.business, now=moment.now)
        if rated.handled:
            return Turn(rated.conversation, rated.effects, rated.trace)
        conversation = rated.conversation
    if conversation.held:
        return _held(conversation, event, moment)
    if conversation.public:
        return _for_people(conversation, event, moment)
    return _dialog(engine.hear(conversation, event, moment), moment)


def _for_people(conversation: Conversation, event: Event, moment: Moment) -> Turn:
    """Something was said in public, where no ticket is open: the dialog would ask for a phone number before everybody."""
    if not isinstance(event, MessageReceived):
        return Turn(conversation)
    opened = desk.open_ticket(
        conversation,
        desk.Opening(reason=event.message.subject),
        business=moment.business,
        now=moment.now,
        numbers=moment.numbers,
    )
    told = desk.relayed(opened.conversation, event.message)
    return Turn(opened.conversation, (*opened.effects, *told), (Decision("handover"), *opened.trace))


def _without_the_bot(turn: Turn) -> Turn:
    """In public the bot keeps even its notices to itself."""
    kept = tuple(
        effect
        for effect in turn.effects
        if not (isinstance(effect, Send) and effect.to is None and effect.author == "bot")
    )
    return msgspec.structs.replace(turn, effects=kept)


def set_aside(conversation: Conversation, event: Event, moment: Moment) -> Turn:
    """The answer to an event that could not be answered: a person has to see it. Not the dialog's code but only the
    desk's runs here, on the state that was before."""
    reason = desk.phrase(moment.business, "desk_set_aside")
    message = event.message if isinstance(event, MessageReceived) else None
    if conversation.held:
        return Turn(conversation, desk.relayed(conversation, message), (Decision(SET_ASIDE),))
    opening = desk.Opening(reason=reason, last_lines=(message.text,) if message is not None else ())
    opened = desk.open_ticket(
        conversation, opening, business=moment.business, now=moment.now, numbers=moment.numbers
    )
    return Turn(opened.conversation, opened.effects, (Decision(SET_ASIDE), *opened.trace))


def _operator(
    conversation: Conversation,
    event: OperatorReplied | OperatorEdited | OperatorActed,
    moment: Moment,
) -> Turn:
    heard = desk.hear_operator(
        conversation, event, business=moment.business, now=moment.now, numbers=moment.numbers
    )
    return _from_desk(heard, moment)


def _timer(conversation: Conversation, event: TimerFired, moment: Moment) -> Turn:
    """A reminder, unless the timer is the desk's."""
    if event.name.startswith(desk.TIMER):
        fired = desk.hear_timer(conversation, event, business=moment.business, now=moment.now)
        return _from_desk(fired, moment)
    if conversation.held or conversation.customer.banned:
        return Turn(conversation, (), (Decision("held"),))
    return _dialog(engine.hear(conversation, event, moment), moment)


def _from_desk(heard: desk.DeskOutcome, moment: Moment) -> Turn:
    """The desk's outcome; when the conversation was given back, the dialog goes on where it was."""
    if not heard.resume:
        return Turn(heard.conversation, heard.effects, heard.trace)
    went_on = _dialog(engine.resume(heard.conversation, moment), moment)
    return _joined(heard.effects, heard.trace, went_on)


def _held(conversation: Conversation, event: Event, moment: Moment) -> Turn:
    """A ticket holds the conversation: relay, and nothing else. What the flow itself waits for is kept for later."""
    ticket = conversation.ticket
    heard = desk.hear_customer(
        conversation,
        event,
        business=moment.business,
        now=moment.now,
        place=_place(moment, number=ticket.number if ticket is not None else 0),
    )
    kept = engine.keep(heard.conversation, event, moment)
    return Turn(kept, heard.effects, heard.trace)


def _dialog(outcome: Outcome, moment: Moment) -> Turn:
    """The dialog's outcome, with what it wants of the desk: cards of tickets it filed, a handover."""
    turn = Turn(outcome.conversation, outcome.effects, outcome.trace)
    for effect in outcome.effects:
        if type(effect) is OpenTicket:
            filed = desk.filed(
                turn.conversation, effect.ticket, business=moment.business, now=moment.now
            )
            turn = _with(turn, filed)
    if outcome.handover is not None:
        opened = desk.open_ticket(
            turn.conversation,
            _opening(outcome.handover, turn, moment),
            business=moment.business,
            now=moment.now,
            numbers=moment.numbers,
            place=_place(moment, queue=outcome.handover.queue, priority=outcome.handover.priority),
        )
        turn = _with(turn, opened)
    return turn


def _opening(wanted: Handover, turn: Turn, moment: Moment) -> desk.Opening:
    before = moment.view.lines(turn.conversation.id, LAST_LINES)
    return desk.Opening(
        queue=wanted.queue,
        reason=wanted.reason,
        priority=wanted.priority,
        say=wanted.say,
        offline=wanted.offline,
        note=wanted.note,
        title=wanted.title,
        fields=wanted.fields,
        personal=wanted.personal,
        last_lines=tuple(desk.line(moment.business, author, text) for author, text in before),
    )


def _place(moment: Moment, number: int = 0, *, queue: str = "", priority: int = 0) -> int | None:
    """How many wait before a ticket, or before a new one, where customers are told so."""
    if not moment.business.place_in_queue:
        return None
    waiting = moment.view.waiting()
    if number:
        return desk.place_of(number, waiting)
    return sum(1 for one in waiting if one.queue == queue and one.priority >= priority)


def _with(turn: Turn, heard: desk.DeskOutcome) -> Turn:
    return Turn(heard.conversation, (*turn.effects, *heard.effects), (*turn.trace, *heard.trace))


def _joined(effects: Iterable[Effect], trace: Iterable[Decision], turn: Turn) -> Turn:
    return Turn(turn.conversation, (*effects, *turn.effects), (*trace, *turn.trace))


def _delivery(
    conversation: Conversation,
    event: CustomerBlocked | CustomerUnblocked | DeliveryFailed | AttachmentFetched,
    moment: Moment,
) -> Turn:
    """Whether the customer can be reached at all; operators are told where a ticket is open."""
    unreachable = conversation.unreachable
    match event:
        case CustomerBlocked():
            unreachable = True
        case CustomerUnblocked():
            unreachable = False
        case DeliveryFailed():
            unreachable = unreachable or event.unreachable
    told = desk.hear_customer(conversation, event, business=moment.business, now=moment.now)
    after = told.conversation
    if unreachable != after.unreachable:
        after = msgspec.structs.replace(after, unreachable=unreachable)
    return Turn(after, told.effects, (Decision(type(event).__name__), *told.trace))


_OTHERS: Mapping[type, Callable[[Conversation, Any, Moment], Turn]] = {
    OperatorReplied: _operator,
    OperatorEdited: _operator,
    OperatorActed: _operator,
    CustomerBlocked: _delivery,
    CustomerUnblocked: _delivery,
    DeliveryFailed: _delivery,
    AttachmentFetched: _delivery,
    TimerFired: _timer,
}
