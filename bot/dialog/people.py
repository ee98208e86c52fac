"""Calling people: the handover that every way to them ends in."""

from typing import Any

from bot.dialog import enclosed
from bot.dialog.filters import show
from bot.dialog.outcome import Handover
from bot.dialog.trace import REASONS
from bot.dialog.work import Place, Work
from bot.model.text import Text

BESIDE = "?beside"
"""Where a flow keeps what was said beside an answer, with the answer that it was said to; no slot can be named so."""


def call_people(
    work: Work,
    reason: str,
    *,
    queue: str = "",
    priority: int = 0,
    say: Text | None = None,
    offline: Text | None = None,
    note: str = "",
) -> None:
    """Hand the conversation over. `reason` is a key of `REASONS` or words of the script's own."""
    work.pending = None
    work.misses = 0
    place = work.top
    title = ""
    if place is not None:
        if place.asked and not place.call and not work.waiting_for_time(place):
            # Unasked, so that the question comes again when people give the conversation back.
            place.asked_at = 0
        place.misses = 0
        title = place.plan.flow.title
    work.handover = Handover(
        work.business.queue_for(queue, work.conversation.channel).id,
        REASONS[work.business.language].get(reason, reason),
        priority,
        say,
        offline,
        note,
        fields(work),
        title,
        personal_values(work),
        enclosed.hand_over(work.stack),
    )
    work.decide("handover", work.handover.reason)


def fields(work: Work) -> dict[str, str]:
    """What the customer answered so far, as people read it."""
    found: dict[str, str] = {}
    for place in work.stack:
        found.update(_answers(place))
    return found


def personal_values(work: Work) -> tuple[str, ...]:
    """The personal ones among the answers, in every form in which they are shown."""
    found: dict[str, None] = {}
    for place in work.stack:
        plan = place.plan
        for name in plan.personal:
            value = place.slots.get(name)
            if value is not None and name in plan.flow.slots:
                found[plan.flow.slots[name].type.show(value)] = None
                found[show(value)] = None
                found[_beside(place, name, value)] = None
    found.pop("", None)
    return tuple(found)


def _answers(place: Place) -> dict[str, str]:
    plan = place.plan
    slots = plan.flow.slots
    found = {}
    for name, value in place.slots.items():
        if value is None or not (name in slots or name in plan.answers):
            continue
        shown = slots[name].type.show(value) if name in slots else show(value)
        words = _beside(place, name, value)
        found[name] = f"{shown} ({words})" if words else shown
    return found


def _beside(place: Place, name: str, value: Any) -> str:
    answer, words = place.slots.get(BESIDE, {}).get(name, (None, ""))
    return str(words) if answer == value else ""
