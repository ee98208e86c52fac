"""One event answered: the desk, if a ticket holds the conversation or an operator spoke; else the dialog."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from bot import desk, glimpse
from bot.dialog import engine
from bot.dialog.braked import only_menu
from bot.dialog.moment import Moment
from bot.dialog.outcome import Handover, Outcome
from bot.model.conversation import PUBLIC, Conversation
from bot.model.effect import Effect, OpenTicket, Send
from bot.model.event import (
    AttachmentFetched,
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    DeliveryFailed,
    Event,
    MessageDelivered,
    MessageReceived,
    OperatorActed,
    OperatorEdited,
    OperatorReplied,
    ReactionChanged,
    TimerFired,
)
from bot.model.message import Attachment, Message, say
from bot.model.text import join
from bot.model.turn import Decision, Turn

LAST_LINES = 6
"""How much of the talk operators see on the card of a handover."""
FILES_LINES = 100
"""How far back the line of a file is looked for, so that operators get it with its caption, and only once."""
SET_ASIDE = "set aside"
"""The rule of a turn that could not be taken."""


def take_turn(conversation: Conversation, event: Event, moment: Moment) -> Turn:
    """Answer one event. Pure: what it needs of the world is in `moment`. Raises `MatchWanted`."""
    public = conversation.address.startswith(PUBLIC)
    other = _OTHERS.get(type(event))
    if conversation.channel == desk.CHANNEL:
        turn = _room(conversation, event, moment)
    elif other is not None:
        turn = other(conversation, event, moment)
    else:
        turn = _customer(conversation, event, moment, public=public)
    if public:
        turn = _without_the_bot(turn)
    return _gathered(turn) if moment.abilities.gather else turn


def _customer(conversation: Conversation, event: Event, moment: Moment, *, public: bool) -> Turn:
    """The customer wrote, pressed, or did something else that the dialog may have an answer to."""
    if conversation.customer.banned:
        return Turn(conversation, (), (Decision("banned"),))
    if type(event) is MessageReceived and event.aside:
        return _without_the_bot(_aside(conversation, event, moment))
    if conversation.dialog.pending is not None or type(event) is ButtonPressed:
        rated = desk.hear_rating(
            conversation,
            event,
            business=moment.business,
            now=moment.now,
            ticket=glimpse.rated_ticket(conversation, event, moment),
        )
        if rated.handled:
            return Turn(rated.conversation, rated.effects, rated.trace)
        conversation = rated.conversation
    if conversation.ticket is not None and conversation.held:
        return _held(conversation, event, moment)
    if public:
        return _for_people(conversation, event, moment)
    if moment.brake and (type(event) is MessageReceived or moment.brake == "burst"):
        return only_menu(conversation, moment)
    outcome = engine.hear(conversation, event, moment)
    # Of nearly all that is said the desk hears nothing.
    if outcome.handover is None and not outcome.filed:
        return outcome
    said = event.message if type(event) is MessageReceived else None
    return _dialog(conversation, outcome, moment, said)


def _for_people(conversation: Conversation, event: Event, moment: Moment) -> Turn:
    """Something was said in public, where no ticket is open: the dialog would ask for a phone number before everybody."""
    if not isinstance(event, MessageReceived):
        return Turn(conversation)
    if moment.brake:
        return Turn(conversation, (), (Decision("braked"),))
    opened = desk.open_ticket(
        conversation,
        desk.Opening(reason=event.message.subject),
        business=moment.business,
        now=moment.now,
        numbers=moment.numbers,
        reachable=moment.reachable(),
    )
    told = desk.relayed(opened.conversation, event.message)
    return Turn(
        opened.conversation, (*opened.effects, *told), (Decision("handover"), *opened.trace)
    )


def _aside(conversation: Conversation, event: MessageReceived, moment: Moment) -> Turn:
    """What the bot must not answer: a machine wrote it, or nobody could read it."""
    if conversation.held:
        return _held(conversation, event, moment)
    if event.aside == "people":
        return _for_people(conversation, event, moment)
    return Turn(conversation, (), (Decision("aside"),))


def _gathered(turn: Turn) -> Turn:
    """All that the bot says to the customer, as one message where the first of it stood."""
    said = [one for one in turn.effects if isinstance(one, Send) and _is_plain_word(one)]
    if len(said) < 2:
        return turn
    messages = [one.message for one in said]
    whole = msgspec.structs.replace(
        messages[0],
        text=join([one.text for one in messages], "\n\n"),
        buttons=tuple(row for one in messages for row in one.buttons),
        attachments=tuple(file for one in messages for file in one.attachments),
    )
    first = msgspec.structs.replace(said[0], message=whole)
    others = {id(one) for one in said[1:]}
    kept = (first if one is said[0] else one for one in turn.effects if id(one) not in others)
    return msgspec.structs.replace(turn, effects=tuple(kept))


def _is_plain_word(said: Send) -> bool:
    message = said.message
    addressed = said.to is not None or said.key or said.typing or said.author != "bot"
    return not (addressed or message.location or message.contact)


def _without_the_bot(turn: Turn) -> Turn:
    """In public, and where it must not answer, the bot keeps even its notices to itself."""
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
    if conversation.channel == desk.CHANNEL:
        told = Send(say(reason), to=desk.GENERAL)
        return Turn(conversation, (told,), (Decision(SET_ASIDE),))
    message = event.message if isinstance(event, MessageReceived) else None
    if conversation.held:
        return Turn(conversation, desk.relayed(conversation, message), (Decision(SET_ASIDE),))
    opening = desk.Opening(reason=reason, last_lines=(message.text,) if message is not None else ())
    opened = desk.open_ticket(
        conversation, opening, business=moment.business, now=moment.now, numbers=moment.numbers
    )
    seen = desk.show_media(opened.conversation, (), (), lines=0, said=message)
    return Turn(opened.conversation, (*opened.effects, *seen), (Decision(SET_ASIDE), *opened.trace))


def _room(conversation: Conversation, event: Event, moment: Moment) -> Turn:
    """The desk's own conversation: no customer is at its other end."""
    who = event.operator if isinstance(event, OperatorReplied | OperatorActed) else ""
    room, known = glimpse.seats(moment)
    heard = desk.hear_room(
        conversation,
        event,
        business=moment.business,
        now=moment.now,
        role=desk.role_of(known.get(who), who, moment.business),
        room=room,
        braked_until=moment.braked_until,
    )
    return Turn(heard.conversation, heard.effects, heard.trace)


def _operator(
    conversation: Conversation,
    event: OperatorReplied | OperatorEdited | OperatorActed,
    moment: Moment,
) -> Turn:
    seats, known = glimpse.seats(moment)
    number = event.ticket if isinstance(event, OperatorActed) else 0
    heard = desk.hear_operator(
        conversation,
        event,
        business=moment.business,
        now=moment.now,
        numbers=moment.numbers,
        role=desk.role_of(known.get(event.operator), event.operator, moment.business),
        room=glimpse.beside(conversation, moment, seats),
        ticket=glimpse.other_ticket(conversation, number, moment),
    )
    return _from_desk(heard, moment)


def _timer(conversation: Conversation, event: TimerFired, moment: Moment) -> Turn:
    """A reminder, unless the timer is the desk's."""
    if event.name.startswith(desk.TIMER):
        number = event.name.rpartition(":")[2]
        named = int(number) if number.isdecimal() and len(number) < 18 else 0
        fired = desk.hear_timer(
            conversation,
            event,
            business=moment.business,
            now=moment.now,
            ticket=glimpse.other_ticket(conversation, named, moment),
            room=glimpse.seats(moment)[0],
        )
        return _from_desk(fired, moment)
    if conversation.held or conversation.customer.banned:
        return Turn(conversation, (), (Decision("held"),))
    return _dialog(conversation, engine.hear(conversation, event, moment), moment)


def _from_desk(heard: desk.DeskOutcome, moment: Moment) -> Turn:
    """The desk's outcome; when the conversation was given back, the dialog goes on where it was."""
    if not heard.resume:
        return Turn(heard.conversation, heard.effects, heard.trace)
    went_on = _dialog(heard.conversation, engine.resume(heard.conversation, moment), moment)
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
        reachable=moment.reachable(),
    )
    kept = engine.keep(heard.conversation, event, moment)
    return Turn(kept, heard.effects, heard.trace)


def _dialog(
    before: Conversation, outcome: Outcome, moment: Moment, said: Message | None = None
) -> Turn:
    """The dialog's outcome, with what it wants of the desk: cards of tickets it filed, a handover, and what the customer
    sent for them, `said` just now or before. Under the brakes nobody is called: a ticket that is filed waits in the
    list, without a card."""
    called = outcome.handover
    if called is not None and moment.brake:
        return only_menu(before, moment)
    turn: Turn = outcome
    files: list[Attachment] = []
    for effect in outcome.effects:
        if type(effect) is OpenTicket and not moment.brake:
            filed = desk.filed(
                turn.conversation, effect.ticket, business=moment.business, now=moment.now
            )
            turn = _with(turn, filed)
            files += effect.files
    if called is not None:
        opened = desk.open_ticket(
            turn.conversation,
            _opening(called, turn, moment),
            business=moment.business,
            now=moment.now,
            numbers=moment.numbers,
            place=_place(moment, queue=called.queue, priority=called.priority),
            reachable=moment.reachable(),
        )
        turn = _with(turn, opened)
        files += called.files
    if called is None and not files:
        return turn
    return _with_media(turn, files, moment, said, called=called is not None)


def _with_media(
    turn: Turn, files: list[Attachment], moment: Moment, said: Message | None, *, called: bool
) -> Turn:
    """Behind the card the operators get what it can only name: of a filed ticket its files, of a handover also what
    stands in the lines that it shows, and what the bot called them for."""
    here = turn.conversation
    if not called and said is not None and not set(said.attachments).intersection(files):
        said = None
    told = desk.show_media(
        here,
        moment.view.media(here.id, FILES_LINES),
        files,
        lines=LAST_LINES if called else 0,
        said=said,
    )
    return Turn(here, (*turn.effects, *told), turn.trace)


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
        last_lines=tuple(desk.line(moment.business, author, said) for author, said in before),
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


def _contact(
    conversation: Conversation,
    event: CustomerBlocked | CustomerUnblocked | AttachmentFetched,
    moment: Moment,
) -> Turn:
    """Whether the customer can be reached at all; operators are told where a ticket is open."""
    told = desk.hear_customer(conversation, event, business=moment.business, now=moment.now)
    unreachable = {CustomerBlocked: True, CustomerUnblocked: False}.get(type(event))
    return _reached(told, event, unreachable=unreachable)


def _delivery(
    conversation: Conversation, event: DeliveryFailed | MessageDelivered, moment: Moment
) -> Turn:
    """How a message of ours fared: operators see it on their own lines."""
    failed = isinstance(event, DeliveryFailed)
    told = desk.hear_delivery(
        conversation,
        event,
        business=moment.business,
        now=moment.now,
        said=moment.view.said(event.message) if failed else None,
    )
    lost = isinstance(event, DeliveryFailed) and event.unreachable
    return _reached(told, event, unreachable=True if lost else None)


def _reached(told: desk.DeskOutcome, event: Event, *, unreachable: bool | None) -> Turn:
    after = told.conversation
    if unreachable is not None and unreachable != after.unreachable:
        after = msgspec.structs.replace(after, unreachable=unreachable)
    return Turn(after, told.effects, (Decision(type(event).__name__), *told.trace))


def _reaction(conversation: Conversation, event: ReactionChanged, moment: Moment) -> Turn:
    """The customer's reaction: on the operators' side of that message where it is known, else in words."""
    if conversation.customer.banned:
        return Turn(conversation, (), (Decision("banned"),))
    copy = moment.view.copy(conversation, event.external_id)
    if not copy:
        return _held(conversation, event, moment) if conversation.held else Turn(conversation)
    told = desk.hear_reaction(conversation, event, copy, business=moment.business, now=moment.now)
    return Turn(told.conversation, told.effects, told.trace)


_OTHERS: Mapping[type, Callable[[Conversation, Any, Moment], Turn]] = {
    OperatorReplied: _operator,
    OperatorEdited: _operator,
    OperatorActed: _operator,
    CustomerBlocked: _contact,
    CustomerUnblocked: _contact,
    AttachmentFetched: _contact,
    DeliveryFailed: _delivery,
    MessageDelivered: _delivery,
    ReactionChanged: _reaction,
    TimerFired: _timer,
}
