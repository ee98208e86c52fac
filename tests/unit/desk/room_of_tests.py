"""A business, a customer and a desk to try things on, without a store and without a messenger."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bot import desk
from bot.desk import DeskOutcome, Opening
from bot.desk.people import NO_ROOM, Room
from bot.desk.room import parse_press
from bot.model.business import Business, Queue, Words
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.effect import Delete, Edit, Effect, React, Send, SetTimer
from bot.model.event import (
    ButtonPressed,
    DeliveryFailed,
    Event,
    MessageDelivered,
    MessageReceived,
    OperatorActed,
    OperatorEdited,
    OperatorReplied,
    TimerFired,
)
from bot.model.hours import ALWAYS, Hours, parse_hours
from bot.model.message import Button, Message, say
from bot.model.person import Role
from bot.model.ticket import Ticket

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
ZONE = "Europe/Moscow"
ANNA, BORIS, VERA = ("1", "Анна"), ("2", "Борис"), ("3", "Вера")
OFFICE = parse_hours({"mon-fri": "09:00-13:00, 14:00-19:00"}, timezone=ZONE)
WORDS = Words(frozenset(), frozenset(), frozenset())


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


NOON = at("2026-06-10T12:00")
"""A Wednesday."""


def make_business(**changes: Any) -> Business:
    fields: dict[str, Any] = {
        "name": "Мастерская",
        "language": "ru",
        "timezone": ZONE,
        "hours": msgspec.structs.replace(ALWAYS, timezone=ZONE),
        "queues": (Queue("ремонт", "Ремонт"), Queue("продажи", "Продажи")),
        "words": WORDS,
        "texts": {},
    }
    return Business(**{**fields, **changes})


class Talk:
    """One conversation and its desk. `said` is what the last event led to; `lines` all that ever went anywhere."""

    def __init__(
        self, *, now: int = NOON, kind: str = "telegram", room: Room = NO_ROOM, **changes: Any
    ) -> None:
        self.business = make_business(**changes)
        self.now = now
        self.room = room
        self.conversation = Conversation(7, kind, "55", kind, Customer(3, name="Мария"))
        self.numbers: Iterator[int] = count(12)
        self.effects: tuple[Effect, ...] = ()
        self.outcome = DeskOutcome(self.conversation)
        self.timers: dict[str, SetTimer] = {}
        self.sends: list[Send] = []
        self.tickets: dict[int, Ticket] = {}
        self._lines = count(1)

    # what happens

    def handover(self, *, place: int | None = None, reachable: bool = True, **fields: Any) -> None:
        self._take(
            desk.open_ticket(
                self.conversation,
                Opening(**fields),
                business=self.business,
                now=self.now,
                numbers=self.numbers,
                place=place,
                reachable=reachable,
            )
        )

    def file(self, **fields: Any) -> None:
        """A flow files a ticket that holds nothing."""
        ticket = Ticket(next(self.numbers), 7, "ремонт", holds=False, opened_at=self.now, **fields)
        self._take(desk.filed(self.conversation, ticket, business=self.business, now=self.now))

    def customer(self, event: str | Event, **more: Any) -> None:
        heard = MessageReceived(say(event)) if isinstance(event, str) else event
        hear: Any = desk.hear_customer
        if isinstance(heard, DeliveryFailed | MessageDelivered):
            hear = desk.hear_delivery
        self._take(hear(self.conversation, heard, business=self.business, now=self.now, **more))

    def operator(
        self,
        words: str | Message,
        by: tuple[str, str] = ANNA,
        role: Role | None = "operator",
        id: str = "",
    ) -> str:
        """An operator writes a line; its id."""
        message = say(words) if isinstance(words, str) else words
        line = id or f"m{next(self._lines)}"
        self._operator(OperatorReplied(by[0], message, by[1], line), role)
        return line

    def edit(
        self, line: str, words: str, by: tuple[str, str] = ANNA, role: Role = "operator"
    ) -> None:
        self._operator(OperatorEdited(by[0], line, say(words)), role)

    def act(
        self,
        verb: str,
        argument: str = "",
        by: tuple[str, str] = ANNA,
        role: Role | None = "operator",
        ticket: int = 0,
    ) -> None:
        self._operator(OperatorActed(by[0], verb, argument, ticket, operator_name=by[1]), role)

    def press(self, label: str, by: tuple[str, str] = ANNA, role: Role = "operator") -> None:
        """An operator presses the newest button with that label."""
        self.press_payload(self.button(label).payload, by, role)

    def press_payload(
        self, payload: str, by: tuple[str, str] = ANNA, role: Role = "operator"
    ) -> None:
        pressed = parse_press(payload)
        assert pressed is not None, payload
        ticket, verb, argument = pressed
        self.act(verb, argument, by, role, ticket)

    def rate(self, event: str | Event) -> None:
        heard = MessageReceived(say(event)) if isinstance(event, str) else event
        self._take(desk.hear_rating(self.conversation, heard, business=self.business, now=self.now))

    def mark(self, label: str) -> None:
        """The customer presses a button of the closing question."""
        buttons = [button for send in self.sends for button in _buttons(send)]
        payload = [one.payload for one in buttons if one.text == label][-1]
        self.rate(ButtonPressed(payload, label))

    def fire(self, name: str, *, visit: int | None = None) -> None:
        """A timer comes due, at the earliest when it was set for."""
        set_for = self.timers[name]
        self.now = max(self.now, set_for.due)
        fired = TimerFired(name, set_for.visit if visit is None else visit)
        self._take(
            desk.hear_timer(
                self.conversation, fired, business=self.business, now=self.now, room=self.room
            )
        )

    def wait(self, ms: int) -> None:
        self.now += ms

    def _operator(
        self, event: OperatorReplied | OperatorEdited | OperatorActed, role: Role | None
    ) -> None:
        self._take(
            desk.hear_operator(
                self.conversation,
                event,
                business=self.business,
                now=self.now,
                numbers=self.numbers,
                role=role,
                room=self.room,
            )
        )

    def _take(self, outcome: DeskOutcome) -> None:
        self.outcome, self.effects = outcome, outcome.effects
        self.conversation = outcome.conversation
        for effect in outcome.effects:
            if isinstance(effect, SetTimer):
                self.timers[effect.name] = effect
            if isinstance(effect, Send):
                self.sends.append(effect)

    # what can be seen

    @property
    def ticket(self) -> Ticket:
        assert self.conversation.ticket is not None
        return self.conversation.ticket

    def state(self) -> str:
        return self.ticket.state

    def tags(self) -> list[str]:
        return [*self.conversation.customer.tags]

    @property
    def to_customer(self) -> list[str]:
        """What the last event said to the customer, edits included."""
        return [
            one.message.text.plain
            for one in self.effects
            if isinstance(one, Send | Edit) and one.to is None
        ]

    @property
    def to_desk(self) -> list[str]:
        """What the last event said to operators, cards left out."""
        return [
            one.message.text.plain
            for one in self.effects
            if isinstance(one, Send | Edit)
            and one.to is not None
            and not one.key.startswith("card:")
        ]

    @property
    def cards(self) -> list[str]:
        return [
            one.message.text.plain
            for one in self.effects
            if isinstance(one, Send | Edit) and one.key.startswith("card:")
        ]

    def labels(self) -> list[str]:
        """Buttons of what the last event said to the operators, the card's left out."""
        return [
            button.text
            for one in self.effects
            if isinstance(one, Send) and one.to is not None and not one.key.startswith("card:")
            for button in _buttons(one)
        ]

    def button(self, label: str) -> Button:
        found = [
            button
            for one in self.effects
            if isinstance(one, Send | Edit)
            for button in _buttons(one)
            if button.text == label
        ]
        assert found, f"no button {label}"
        return found[-1]

    @property
    def reactions(self) -> list[tuple[str, str]]:
        """What the last event put on messages at the operators' side: (message, emoji)."""
        return [(one.external_id, one.emoji) for one in self.of(React) if one.to is not None]

    def of(self, kind: type[Any]) -> list[Any]:
        """The last event's effects of one kind."""
        return [one for one in self.effects if isinstance(one, kind)]

    @property
    def deleted(self) -> list[Delete]:
        return [one for one in self.effects if isinstance(one, Delete)]


def _buttons(effect: Send | Edit) -> list[Button]:
    return [button for row in effect.message.buttons for button in row]


def hours(**days: str) -> Hours:
    return parse_hours(days, timezone=ZONE)
