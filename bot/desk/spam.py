"""Brakes for floods: how much one person may write, and how many strangers, before only the menu answers. Pure counting;
the clock comes in. What it knows is of minutes and may be lost."""

from typing import Literal, TypeVar

from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.event import ButtonPressed, Event, MessageReceived

Brake = Literal["", "burst", "strangers"]
"""Why somebody gets no more than the menu, see `bot.dialog.moment`."""

T = TypeVar("T")
_WORDS = frozenset({MessageReceived, ButtonPressed})
"""What people do themselves."""
MINUTE = 60_000
STRANGE = 10 * MINUTE
"""So long after their first word somebody is a stranger, and so long after a flood of them the brakes stay on."""


class _Kept(dict[int, T | None]):
    """Values by customer, None for whoever is not known: two halves, of which the older is let go whole. `turn` it when
    it is `due` and somebody is put in, so that it holds those of one to two times `span` ms."""

    def __init__(self, span: int) -> None:
        self._span = span
        self._old: dict[int, T | None] = {}
        self.due = 0

    def turn(self, now: int) -> None:
        """Let go of what is old."""
        self._old = self.copy()
        self.clear()
        self.due = now + self._span

    def __missing__(self, key: int) -> T | None:
        return self._old.get(key)


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
        if type(event) in _WORDS:
            most = business.burst
            if most:
                customer = conversation.customer.id
                # The first is the number that was counted last; behind it stand the times, no more than are needed.
                wrote = self._wrote.get(customer) or self._recalled(customer, now)
                if number > wrote[0]:
                    wrote[0] = number
                    wrote.append(now)
                if len(wrote) > most + 1 and _is_burst(wrote, most):
                    return "burst"
            if not conversation.dialog.greeted and business.strangers:
                self._met_stranger(conversation, now, business.strangers)
        if now < self.until and self._strangers[conversation.customer.id] is not None:
            return "strangers"
        return ""

    def _recalled(self, customer: int, now: int) -> list[int]:
        """What is known of somebody who wrote nothing for a while."""
        if now >= self._wrote.due:
            self._wrote.turn(now)
        wrote = self._wrote[customer] or [0]
        self._wrote[customer] = wrote
        return wrote

    def _met_stranger(self, conversation: Conversation, now: int, most: int) -> None:
        if now >= self._strangers.due:
            if now >= self._strangers.due + STRANGE:
                self._strangers.clear()
            self._strangers.turn(now)
        customer = conversation.customer.id
        if self._strangers[customer] is not None or conversation.ticket is not None:
            return
        self._strangers[customer] = now
        came = self._came
        came.append(now)
        if len(came) > most:
            del came[: len(came) - most - 1]
            if now - came[0] < MINUTE:
                self.until = now + STRANGE


def _is_burst(wrote: list[int], most: int) -> bool:
    """Whether more than `most` were written within a minute; more than those need not be known."""
    del wrote[1 : len(wrote) - most - 1]
    return wrote[-1] - wrote[1] < MINUTE
