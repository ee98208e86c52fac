"""Open tickets as a list: for the pinned message of the operators' room, for a page, for the terminal. Pure."""

from collections.abc import Iterable

from bot.desk.card import state
from bot.desk.texts import phrase
from bot.model.business import Business
from bot.model.message import Message, say
from bot.model.ticket import Ticket

SHOWN = 30
_ORDER = {"waiting": 0, "taken": 1, "snoozed": 2, "closed": 3}


def in_order(tickets: Iterable[Ticket]) -> list[Ticket]:
    """The queue's order: the important first, then whoever waits longest; taken and snoozed ones behind."""
    return sorted(
        tickets,
        key=lambda one: (_ORDER[one.state], -one.priority, one.waiting_since or one.opened_at),
    )


def place_of(number: int, tickets: Iterable[Ticket]) -> int | None:
    """How many wait before that ticket in its queue; None if it does not wait."""
    waiting = [one for one in in_order(tickets) if one.state == "waiting"]
    mine = next((one for one in waiting if one.number == number), None)
    if mine is None:
        return None
    line = [one.number for one in waiting if one.queue == mine.queue]
    return line.index(number)


def open_tickets(tickets: Iterable[Ticket], business: Business, now: int) -> Message:
    """The list, a line a ticket; titles hold no personal values."""
    known = [one for one in in_order(tickets) if one.state != "closed"]
    if not known:
        return say(phrase(business, "desk_list_empty"))
    lines = [phrase(business, "desk_list_title", count=len(known))]
    for one in known[:SHOWN]:
        about = one.title or one.reason or business.queue(one.queue).title
        lines.append(f"№{one.number} {about} - {state(one, business, now)}")
    if len(known) > SHOWN:
        lines.append(phrase(business, "desk_list_more", count=len(known) - SHOWN))
    return say("\n".join(lines))
