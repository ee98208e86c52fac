"""What effects make of a conversation: its customer and its ticket. Pure."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from bot.model.conversation import Conversation
from bot.model.customer import Consent, Customer
from bot.model.effect import (
    Ban,
    ChangeTicket,
    CloseTicket,
    Consented,
    Effect,
    OpenTicket,
    Remember,
    Tag,
)
from bot.model.ticket import Ticket

TicketEffect = OpenTicket | ChangeTicket | CloseTicket


def after(conversation: Conversation, effects: tuple[Effect, ...], now: int) -> Conversation:
    """The conversation with what these effects say of the customer and of its tickets."""
    for effect in effects:
        change = _CHANGES.get(type(effect))
        if change is not None:
            conversation = change(conversation, effect, now)
    return conversation


def with_ticket(conversation: Conversation, ticket: Ticket) -> Conversation:
    """The conversation after one of its tickets changed: it shows the one that holds it, else the one that held it
    and was closed last. A ticket that was only filed is never shown."""
    shown = conversation.ticket
    if shown is not None and shown.number == ticket.number:
        return replace(conversation, ticket=ticket)
    if not ticket.holds or (conversation.held and ticket.state == "closed"):
        return conversation
    return replace(conversation, ticket=ticket)


def _ticket(conversation: Conversation, effect: TicketEffect, _: int) -> Conversation:
    if effect.ticket.conversation != conversation.id:
        return conversation
    return with_ticket(conversation, effect.ticket)


def _remember(conversation: Conversation, effect: Remember, _: int) -> Conversation:
    customer = conversation.customer
    known = customer.attributes.get(effect.name)
    marked = effect.name in customer.personal
    if known is not None and known is effect.value and marked == effect.personal:
        return conversation  # the turn has put it there itself
    attributes = {name: value for name, value in customer.attributes.items() if name != effect.name}
    personal = tuple(name for name in customer.personal if name != effect.name)
    if effect.value is not None:
        attributes[effect.name] = effect.value
        if effect.personal:
            personal = (*personal, effect.name)
    return _with(conversation, replace(customer, attributes=attributes, personal=personal))


def _tag(conversation: Conversation, effect: Tag, _: int) -> Conversation:
    customer = conversation.customer
    tags = tuple(tag for tag in customer.tags if tag != effect.name)
    return _with(
        conversation, replace(customer, tags=tags if effect.remove else (*tags, effect.name))
    )


def _consented(conversation: Conversation, effect: Consented, now: int) -> Conversation:
    consent = Consent(effect.version, effect.agreed, now, conversation.channel)
    return _with(conversation, replace(conversation.customer, consent=consent))


def _ban(conversation: Conversation, effect: Ban, _: int) -> Conversation:
    return _with(conversation, replace(conversation.customer, banned=effect.banned))


def _with(conversation: Conversation, customer: Customer) -> Conversation:
    return replace(conversation, customer=customer)


_CHANGES: dict[type, Callable[[Conversation, Any, int], Conversation]] = {
    OpenTicket: _ticket,
    ChangeTicket: _ticket,
    CloseTicket: _ticket,
    Remember: _remember,
    Tag: _tag,
    Consented: _consented,
    Ban: _ban,
}
