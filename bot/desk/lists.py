"""Open tickets as a list: for the pinned message of the operators' room, for a page, for the terminal. Pure."""

from collections.abc import Iterable

from bot.desk.card import state
from bot.desk.promise import short_time
from bot.desk.texts import phrase
from bot.model.business import Business
from bot.model.hours import Hours
from bot.model.message import Message, say
from bot.model.text import cut
from bot.model.ticket import Ticket

SHOWN = 30
_ABOUT = 80
"""So many letters of a title are shown: the whole list is one message."""
_OPENINGS = 50
"""So many shifts ahead the next morning is looked for."""
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


def open_tickets(
    tickets: Iterable[Ticket], business: Business, now: int, *, braked_until: int = 0
) -> Message:
    """The list, a line a ticket; titles hold no personal values. `braked_until`: until then strangers get no more
    than the menu (0: all are heard), which the list says."""
    known = [one for one in in_order(tickets) if one.state != "closed"]
    lines = [phrase(business, "desk_list_title" if known else "desk_list_empty", count=len(known))]
    if braked_until > now:
        time = short_time(business.hours, braked_until, now)
        lines.append(phrase(business, "desk_list_braked", time=time))
    lines += [f"{_named(one, business)} - {state(one, business, now)}" for one in known[:SHOWN]]
    if len(known) > SHOWN:
        lines.append(phrase(business, "desk_list_more", count=len(known) - SHOWN))
    return say("\n".join(lines))


def digest(tickets: Iterable[Ticket], business: Business, now: int) -> Message | None:
    """What waits in the morning and since when, those of an owner too whose customer wrote last; None if nothing."""
    known = in_order(tickets)
    waiting = [one for one in known if one.state == "waiting" or _has_written(one)]
    if not waiting:
        return None
    lines = [phrase(business, "desk_digest", count=len(waiting))]
    for one in waiting[:SHOWN]:
        time = short_time(business.hours, one.waiting_since or one.opened_at, now)
        key = "desk_digest_owned" if one.owner else "desk_digest_line"
        about = _named(one, business)
        lines.append(phrase(business, key, about=about, time=time, owner=one.owner_name))
    if len(waiting) > SHOWN:
        lines.append(phrase(business, "desk_list_more", count=len(waiting) - SHOWN))
    return say("\n".join(lines))


def next_morning(hours: Hours, now: int) -> int | None:
    """When people come next on a day on which nobody was here yet; None where they never leave, or never come."""
    at = now
    for _ in range(_OPENINGS):
        closed = hours.closes(at) if hours.is_open(at) else at
        opens = hours.next_open(closed) if closed is not None else None
        if opens is None:
            return None
        midnight = hours.local(opens).replace(hour=0, minute=0, second=0, microsecond=0)
        if not hours.working_between(round(midnight.timestamp() * 1000), opens):
            return opens
        at = opens
    return None


def _has_written(ticket: Ticket) -> bool:
    return ticket.state == "taken" and ticket.waiting_since > 0


def _named(ticket: Ticket, business: Business) -> str:
    about = ticket.title or ticket.reason or business.queue(ticket.queue).title
    return f"№{ticket.number} {cut(' '.join(about.split()), _ABOUT)}"
