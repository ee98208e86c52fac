"""What the desk is shown beside a conversation: who may act, what can be sent, other tickets. Pure: it asks the moment."""

from collections.abc import Mapping

import msgspec

from bot import desk
from bot.dialog import canned
from bot.dialog.moment import Moment
from bot.model.conversation import Conversation
from bot.model.event import ButtonPressed, Event
from bot.model.person import Person
from bot.model.ticket import Ticket


def seats(moment: Moment) -> tuple[desk.Room, Mapping[str, Person]]:
    """Who may act and what is to be found at the desk; and all who are known, by their ids."""
    view = moment.view
    known = {person.id: person for person in view.people()}
    room = desk.Room(
        people=desk.present(known.values(), moment.business),
        known=known,
        search=lambda words: view.find(words, desk.FOUND),
        tickets=view.tickets,
    )
    return room, known


def beside(conversation: Conversation, moment: Moment, room: desk.Room) -> desk.Room:
    """The room as it is for operators of this conversation: with what can be sent to its customer."""
    view, here = moment.view, conversation.id
    return msgspec.structs.replace(
        room,
        replies=tuple(moment.script.replies),
        reply=lambda name: canned.reply(conversation, moment, name),
        answer=lambda words: canned.answer(conversation, moment, words),
        lines=lambda count: view.lines(here, count, notes=True),
        meant=lambda id: view.meant(here, id),
        said_at=lambda id: view.said_at(view.meant(here, id)),
    )


def other_ticket(conversation: Conversation, number: int, moment: Moment) -> Ticket | None:
    """The ticket of that number where it is this conversation's, but not the one that it shows."""
    if not number or (conversation.ticket is not None and conversation.ticket.number == number):
        return None
    ticket = moment.view.ticket(number)
    return ticket if ticket is not None and ticket.conversation == conversation.id else None


def rated_ticket(conversation: Conversation, event: Event, moment: Moment) -> Ticket | None:
    """The older ticket whose closing question is answered by a press."""
    mark = desk.parse_mark(event.payload) if isinstance(event, ButtonPressed) else None
    return other_ticket(conversation, mark[0], moment) if mark is not None else None
