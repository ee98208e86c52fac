"""A ticket's card: who waits, for what, since when, and what can be done. Pure."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.desk.promise import short_time
from bot.desk.room import button
from bot.desk.texts import phrase
from bot.model.abilities import EMAIL, KINDS
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.event import Author
from bot.model.message import Button, Message
from bot.model.text import Span, Text, cut, masked
from bot.model.ticket import Ticket

NAME_LENGTH = 128
_OWNER_LENGTH = 30
_LINES_LENGTH = 300
_ICONS = {"waiting": "●", "taken": "◐", "snoozed": "◌", "closed": "○"}


_BY: Mapping[Author, str] = MappingProxyType(
    {
        "customer": "desk_by_customer",
        "bot": "desk_by_bot",
        "operator": "desk_by_operator",
        "note": "desk_by_note",
    }
)


def render(
    conversation: Conversation,
    ticket: Ticket,
    business: Business,
    now: int,
    *,
    viewer: bool = False,
) -> Message:
    """The card. For a viewer personal values are masked and there are no buttons. `subject` is the topic's name."""
    lines = _lines(conversation, ticket, business, now)
    hidden = (*personal_values(conversation.customer, ticket), _own_address(conversation))
    text = marked_personal("\n".join(lines), hidden)
    text = Text(text.plain, (Span("bold", 0, len(lines[0])), *text.spans))
    if viewer:
        return Message(text=Text(masked(text)), subject=name(conversation, ticket, business))
    rows = buttons(conversation.customer, ticket, business)
    return Message(text=text, buttons=rows, subject=name(conversation, ticket, business))


def name(conversation: Conversation, ticket: Ticket, business: Business) -> str:
    """The topic's name: icon, customer, number, how it stands; at most 128 characters."""
    who = conversation.customer.name or conversation.customer.username or conversation.channel
    who = masked(marked_personal(who, ticket.personal))
    owner = cut(" ".join(ticket.owner_name.split()), _OWNER_LENGTH)
    stands = phrase(business, f"desk_name_{ticket.state}", owner=owner)
    end = f" · №{ticket.number} {stands}".rstrip()
    room = max(0, NAME_LENGTH - len(end) - 2)
    return f"{_ICONS[ticket.state]} {' '.join(who.split())[:room]}{end}"[:NAME_LENGTH]


def state(ticket: Ticket, business: Business, now: int) -> str:
    """How the ticket stands, in words."""
    hours = business.queue(ticket.queue).hours or business.hours
    if ticket.state == "taken":
        return phrase(business, "desk_state_taken", operator=ticket.owner_name)
    if ticket.state == "snoozed":
        time = short_time(hours, ticket.snoozed_until, now)
        return phrase(business, "desk_state_snoozed", time=time)
    if ticket.state == "closed":
        time = short_time(hours, ticket.closed_at, now)
        if ticket.returned:
            return phrase(business, "desk_state_returned", time=time)
        reason = f": {ticket.close_reason}" if ticket.close_reason else ""
        return phrase(business, "desk_state_closed", time=time, reason=reason)
    return phrase(business, "desk_state_waiting")


def buttons(
    customer: Customer, ticket: Ticket, business: Business
) -> tuple[tuple[Button, ...], ...]:
    """What can be done with the ticket as it stands."""

    def one(verb: str, act: str = "") -> Button:
        label = phrase(business, f"desk_button_{verb}")
        return button(label, ticket.number, act or verb)

    ban = one("unban") if customer.banned else one("ban")
    if ticket.state == "closed":
        return ((one("reopen"), one("history")), (ban,))
    first = one("take") if not ticket.owner else one("close", "reasons")
    second = one("close", "reasons") if not ticket.owner else one("over")
    return (
        (first, second),
        (*((one("return"),) if ticket.holds else ()), one("snooze", "snoozes")),
        (one("tags"), one("replies"), one("history"), ban),
    )


def line(business: Business, author: Author, said: Message) -> str:
    """A line of the talk as the card shows it; what is no text is named."""
    what: list[str] = [file.kind for file in said.attachments]
    what += ["location"] if said.location is not None else []
    what += ["contact"] if said.contact is not None else []
    named = (phrase(business, f"desk_what_{kind}") for kind in what)
    return phrase(business, _BY[author], text=" ".join((*named, *said.text.plain.split())))


def due_at(ticket: Ticket, business: Business) -> int | None:
    """Until when somebody must answer, None if there is no such limit or nobody waits."""
    queue = business.queue(ticket.queue)
    limit = queue.next_reply if ticket.first_reply_at else queue.first_reply
    if not limit or not ticket.waiting_since or ticket.state == "closed":
        return None
    return (queue.hours or business.hours).add_working(ticket.waiting_since, limit)


def personal_values(customer: Customer, ticket: Ticket | None) -> tuple[str, ...]:
    """What viewers must not see, wherever it stands."""
    kept = (
        str(customer.attributes[key]) for key in customer.personal if key in customer.attributes
    )
    return (*kept, *(ticket.personal if ticket else ()))


def _own_address(conversation: Conversation) -> str:
    """An address that is personal in itself: a mail's, but not a messenger's number."""
    return conversation.address if conversation.kind == EMAIL.kind else ""


def marked_personal(plain: str, values: Iterable[str]) -> Text:
    """The text with a personal span over each place where one of the values stands."""
    spans = []
    for value in {value for value in values if len(value) > 1}:
        at = plain.find(value)
        while at >= 0:
            spans.append((at, at + len(value)))
            at = plain.find(value, at + len(value))
    return Text(plain, tuple(Span("personal", start, end) for start, end in _joined(spans)))


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _lines(conversation: Conversation, ticket: Ticket, business: Business, now: int) -> list[str]:
    customer, queue = conversation.customer, business.queue(ticket.queue)
    hours = queue.hours or business.hours

    def words(key: str, **values: object) -> str:
        return phrase(business, f"desk_card_{key}", **values)

    title = ticket.title or ticket.reason or queue.title
    lines = [words("title", number=ticket.number, title=title), state(ticket, business, now)]
    username = f" @{customer.username}" if customer.username else ""
    lines.append(words("customer", name=f"{customer.name or '-'}{username}"))
    where = conversation.channel
    if conversation.kind == EMAIL.kind:
        where = f"{where} {conversation.address}"
    lines.append(words("channel", channel=where))
    here = f"{conversation.channel}:{conversation.address}"
    others = [place for place in customer.linked if place != here]
    if others:
        lines.append(words("linked", places=", ".join(others)))
    if customer.banned:
        lines.append(words("banned"))
    cannot = _cannot(conversation, business)
    if cannot:
        lines.append(words("cannot", what=cannot))
    if customer.tags:
        lines.append(words("tags", tags=", ".join(customer.tags)))
    if ticket.reason and ticket.reason != title:
        lines.append(words("reason", reason=ticket.reason))
    if len(business.queues) > 1:
        lines.append(words("queue", queue=queue.title))
    if ticket.priority:
        lines.append(words("priority", priority=ticket.priority))
    if ticket.waiting_since and ticket.state != "closed":
        lines.append(words("waiting", time=short_time(hours, ticket.waiting_since, now)))
    due = due_at(ticket, business)
    if due is not None:
        lines.append(words("due", time=short_time(hours, due, now)))
    if ticket.mark:
        lines.append(words("mark", mark=ticket.mark))
    kept = {key: str(value) for key, value in customer.attributes.items()}
    lines += [f"{key}: {value}" for key, value in {**kept, **ticket.fields}.items()]
    if ticket.note:
        lines.append(words("note", note=ticket.note))
    if ticket.lines:
        lines += [words("lines"), *(line[:_LINES_LENGTH] for line in ticket.lines)]
    return lines


def _cannot(conversation: Conversation, business: Business) -> str:
    """What an operator may try, and this customer's channel does not know."""
    able = KINDS.get(conversation.kind)
    if able is None:
        return ""
    missing = (("edit", able.edit), ("del", able.delete), ("react", able.reactions))
    return ", ".join(phrase(business, f"desk_cannot_{name}") for name, can in missing if not can)
