"""Brakes for floods: how much one person may write, and how many strangers, before only the menu answers. Pure counting;
the clock comes in. What it knows is of minutes and may be lost."""

from typing import Generic, Literal, TypeVar

from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.event import ButtonPressed, Event, MessageReceived

Brake = Literal["", "burst", "strangers"]
"""Why somebody gets no more than the menu, see `bot.dialog.moment`."""

T = TypeVar("T")
MINUTE = 60_000
STRANGE = 10 * MINUTE
"""So long after their first word somebody is a stranger, and so long after a flood of them the brakes stay on."""


class _Kept(Generic[T]):
    """Values by customer, forgotten after one to two times `span` ms: two halves, of which the older is let go whole."""

    def __init__(self, span: int) -> None:
        self._span = span
        self._turned = 0
        self._new: dict[int, T] = {}
        self._old: dict[int, T] = {}

    def get(self, key: int, now: int) -> T | None:
        """What is known and not too old."""
        if now - self._turned >= self._span:
            self._old = self._new if now - self._turned < 2 * self._span else {}
            self._new = {}
            self._turned = now
        found = self._new.get(key)
        return found if found is not None else self._old.get(key)

    def put(self, key: int, value: T) -> None:
        """Know it from now on."""
        self._new[key] = value


class Brakes:
    """Counts who writes. `until`: strangers get no more than the menu until then (ms)."""

    def __init__(self) -> None:
        self.until = 0
        self._wrote: _Kept[list[int]] = _Kept(MINUTE)
        self._strangers: _Kept[int] = _Kept(STRANGE)
        self._came: list[int] = []

    def met(
        self, number: int, conversation: Conversation, event: Event, now: int, business: Business
    ) -> Brake:
        """What this event of somebody is to be answered with. `number` rises from event to event of a conversation: one
        that is asked about again is not counted again. A limit of 0 is none."""
        kind = type(event)
        if kind is MessageReceived or kind is ButtonPressed:
            most = business.burst
            if most and self._counted(number, conversation.customer.id, now, most):
                return "burst"
            if not conversation.dialog.greeted and business.strangers:
                self._met_stranger(conversation, now, business.strangers)
        if now < self.until and self._strangers.get(conversation.customer.id, now) is not None:
            return "strangers"
        return ""

    def _counted(self, number: int, customer: int, now: int, most: int) -> bool:
        """Whether this is more than `most` from one person within a minute."""
        # The first is the number that was counted last; behind it stand the times, no more than are needed.
        wrote = self._wrote.get(customer, now)
        if wrote is None:
            self._wrote.put(customer, [number, now])
            return False
        if number > wrote[0]:
            wrote[0] = number
            wrote.append(now)
            if len(wrote) > most + 2:
                del wrote[1 : len(wrote) - most - 1]
            self._wrote.put(customer, wrote)
        return len(wrote) - 1 > most and wrote[-1] - wrote[1] < MINUTE

    def _met_stranger(self, conversation: Conversation, now: int, most: int) -> None:
        customer = conversation.customer.id
        if self._strangers.get(customer, now) is not None or conversation.ticket is not None:
            return
        self._strangers.put(customer, now)
        self._came.append(now)
        del self._came[: max(0, len(self._came) - most - 1)]
        if len(self._came) > most and now - self._came[0] < MINUTE:
            self.until = now + STRANGE
