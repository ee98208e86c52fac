"""One turn of the desk while it is being made: what is known, and what was decided so far."""

from typing import Any

import msgspec

from bot.desk import card, room
from bot.desk.outcome import DeskOutcome
from bot.desk.promise import short_time
from bot.desk.texts import phrase
from bot.model.abilities import KINDS, Abilities
from bot.model.business import Business, Queue
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.effect import (
    Audit,
    ChangeTicket,
    CloseTicket,
    Edit,
    Effect,
    OpenTicket,
    React,
    Send,
    SetTimer,
)
from bot.model.hours import Hours
from bot.model.message import Address, Button, Message, say
from bot.model.text import Text
from bot.model.ticket import Ticket
from bot.model.turn import Decision

Rows = tuple[Button, ...]


class Scene:
    """Gathers a turn's effects. `ticket` is the one that the turn is about; its change is told once, at the end."""

    def __init__(
        self,
        conversation: Conversation,
        business: Business,
        now: int,
        *,
        ticket: Ticket | None = None,
    ) -> None:
        self.conversation = conversation
        self.business = business
        self.now = now
        self.ticket = self._before = ticket or conversation.ticket
        self.effects: list[Effect] = []
        self.trace: list[Decision] = []
        self.resume = False
        self._card = False

    # what is known

    @property
    def customer(self) -> Customer:
        """The person at the other end."""
        return self.conversation.customer

    @property
    def queue(self) -> Queue:
        """The ticket's queue."""
        return self.business.queue(self.ticket.queue if self.ticket else "")

    @property
    def hours(self) -> Hours:
        """The hours of the ticket's queue."""
        return self.queue.hours or self.business.hours

    @property
    def desk(self) -> Address:
        """Where this conversation's operators read; the desk's own conversation is where all of them do."""
        if self.conversation.channel == room.CHANNEL:
            return room.GENERAL
        return room.address(self.conversation.id)

    @property
    def abilities(self) -> Abilities:
        """What the customer's channel can do."""
        return KINDS.get(self.conversation.kind) or Abilities(self.conversation.kind)

    def phrase(self, key: str, **values: object) -> str:
        """One of our phrases; `number`, `owner` and `queue` are known."""
        ticket = self.ticket
        if ticket is not None:
            values = {"number": ticket.number, "owner": ticket.owner_name, **values}
            values.setdefault("queue", self.queue.title)
        return phrase(self.business, key, **values)

    def time(self, at: int) -> str:
        """A time for operators."""
        return short_time(self.hours, at, self.now)

    # what is decided

    def open(self, ticket: Ticket) -> Ticket:
        """A new ticket stands here now; what became of the one before is told first."""
        self.effects += self._ticket_effects()
        self.ticket, self._before = ticket, None
        return ticket

    def change(self, **fields: Any) -> Ticket:
        """The ticket is different now."""
        assert self.ticket is not None
        self.ticket = msgspec.structs.replace(self.ticket, **fields)
        return self.ticket

    def know(self, customer: Customer) -> None:
        """The customer is different now."""
        self.conversation = msgspec.structs.replace(self.conversation, customer=customer)

    def once(self, notice: str) -> bool:
        """Whether this was not noticed yet for this ticket; now it is."""
        assert self.ticket is not None
        if notice in self.ticket.noticed:
            return False
        self.change(noticed=(*self.ticket.noticed, notice))
        return True

    def say(self, message: Message) -> None:
        """To the customer, by the bot."""
        self.effects.append(Send(message))

    def tell(self, key: str, *rows: Rows, to: str = "", **values: object) -> None:
        """To the operators; `to` is the one who is meant."""
        self.tell_message(say(self.phrase(key, **values), *rows), to)

    def tell_message(self, message: Message, to: str = "") -> None:
        """A message of its own to the operators."""
        self.effects.append(Send(message, to=self.desk, operator=to, priority=room.ANSWER))

    def alarm(self, key: str, *, everybody: bool = False, to: str = "", **values: object) -> None:
        """To the operators, before all else: `everybody` is told where all of them read."""
        where = room.GENERAL if everybody else self.desk
        message = say(self.phrase(key, **values).rstrip())
        self.effects.append(Send(message, to=where, operator=to, priority=room.ALARM))

    def relay(self, message: Message, key: str = "") -> None:
        """What the customer said, to the operators."""
        self.effects += relayed(self.conversation, message, key)

    def relay_words(self, key: str, **values: object) -> None:
        """What the customer did, to the operators, in words."""
        self.relay(Message(text=Text(self.phrase(key, **values))))

    def react(self, emoji: str, external_id: str) -> None:
        """Our reaction on a message at the operators' side."""
        self.effects.append(
            React(emoji, external_id=external_id, to=self.desk, priority=room.ANSWER)
        )

    def note(self, message: Message, operator: str, key: str = "") -> None:
        """A line of history that operators alone can read."""
        line = msgspec.structs.replace(message, buttons=(), reply_to=None)
        self.effects.append(
            Send(
                line,
                to=self.desk,
                author="note",
                operator=operator,
                key=key,
                priority=room.ANSWER,
            )
        )

    def timer(self, name: str, due: int | None, visit: int = 0) -> None:
        """Set the ticket's timer `desk:<name>:<ticket>`; no time, no timer."""
        assert self.ticket is not None
        if due is not None:
            self.effects.append(SetTimer(f"desk:{name}:{self.ticket.number}", due, visit))

    def audit(self, operator: str, verb: str, detail: str = "") -> None:
        """An operator's act, for the record."""
        number = self.ticket.number if self.ticket else 0
        self.effects.append(Audit(operator, verb, number, detail))

    def show_card(self) -> None:
        """A new card, the first line of an episode."""
        assert self.ticket is not None
        key = room.card_key(self.ticket.number)
        message = card.render(self.conversation, self.ticket, self.business, self.now)
        self.effects.append(Send(message, to=self.desk, key=key, priority=room.LINE))

    def refresh_card(self) -> None:
        """The card shows what is true now, however often this is asked for in a turn."""
        self._card = True

    def decide(self, rule: str, detail: str = "") -> None:
        """A line of the trace."""
        self.trace.append(Decision(rule, detail=detail))

    def outcome(self, *, handled: bool = True) -> DeskOutcome:
        """The turn."""
        conversation = without_closing_question(self._with_ticket())
        effects = [*self._ticket_effects(), *self.effects]
        if self._card and self.ticket is not None:
            message = card.render(conversation, self.ticket, self.business, self.now)
            key = room.card_key(self.ticket.number)
            effects.append(Edit(message, key=key, to=self.desk, priority=room.CARD))
        trace = tuple(self.trace)
        return DeskOutcome(conversation, tuple(effects), trace, self.resume, handled)

    def _ticket_effects(self) -> list[Effect]:
        ticket, before = self.ticket, self._before
        if ticket is None or ticket == before:
            return []
        if before is None:
            return [OpenTicket(ticket)]
        if ticket.state == "closed" and before.state != "closed":
            return [CloseTicket(ticket)]
        return [ChangeTicket(ticket)]

    def _with_ticket(self) -> Conversation:
        """The conversation keeps the ticket that holds it, and an open one rather than a closed one."""
        present, ticket = self.conversation.ticket, self.ticket
        if ticket is present or ticket is None:
            return self.conversation
        if present is not None and _stays(present, ticket):
            return self.conversation
        return msgspec.structs.replace(self.conversation, ticket=self.ticket)


def relayed(
    conversation: Conversation, message: Message | None, key: str = ""
) -> tuple[Effect, ...]:
    """A customer's message to the operators and nothing else; alone, it is for when all else has failed. What it
    answers it answers there too."""
    if message is None:
        return ()
    line = msgspec.structs.replace(message, buttons=())
    to = room.address(conversation.id)
    return (Send(line, to=to, author="customer", key=key, priority=room.LINE),)


def without_closing_question(conversation: Conversation) -> Conversation:
    """While people have the conversation, the question about the last time is over."""
    pending = conversation.dialog.pending
    if pending is None or not pending.kind.startswith("mark") or not conversation.held:
        return conversation
    dialog = msgspec.structs.replace(conversation.dialog, pending=None)
    return msgspec.structs.replace(conversation, dialog=dialog)


def _stays(present: Ticket, ticket: Ticket) -> bool:
    """Whether the conversation's ticket does not make room for another one."""
    if present.number == ticket.number or present.state == "closed":
        return False
    return present.holds or ticket.state == "closed"
