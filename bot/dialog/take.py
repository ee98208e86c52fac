"""Taking an answer: parse it, keep it, go on behind the question."""

from collections.abc import Mapping
from typing import Any

from bot.dialog import interrupts
from bot.dialog.flow import Ask, Choose, Waiting
from bot.dialog.options import Offered, offered
from bot.dialog.people import BESIDE
from bot.dialog.questions import framed, picks, picks_name, put_again
from bot.dialog.slots.base import Asking, Bad
from bot.dialog.slots.when import DateType
from bot.dialog.steps.goto import jump
from bot.dialog.steps.set import clear
from bot.dialog.walk import walk
from bot.dialog.work import Place, Work
from bot.model.message import Message
from bot.model.text import Text


def parse(work: Work, step: Ask, message: Message) -> Any | Bad:
    """The message as a value of the slot."""
    business = work.business
    return step.type.parse(message, Asking(work.now, business.timezone, business.language))


def note_beside(work: Work, place: Place, step: Ask, message: Message, value: Any) -> None:
    """Who is asked for a day and says a time with it is not asked again, and people read what was said."""
    if isinstance(step.type, DateType):
        words = step.type.beside(message, Asking(work.now, work.business.timezone))
        if words:
            known = place.slots.get(BESIDE, {})
            place.slots[BESIDE] = {**known, step.save: [value, words]}


def take(work: Work, place: Place, step: Waiting, value: Any) -> None:
    """The question is answered."""
    if step.save:
        fill(work, place, step.save, value)
    go_on(work, place, step.next)


def go_on(
    work: Work, place: Place, following: str | None = None, *, target: str | None = None
) -> None:
    """Walk on from a step to a target or, without one, to the `following` step; the message was used."""
    place.misses = 0
    place.asked_at = 0
    work.misses = 0
    work.pending = None
    if target:
        jump(work, place, target)
    else:
        place.step = following or ""
    walk(work)


def fill(work: Work, place: Place, name: str, value: Any) -> None:
    """Put a value into a slot, and keep it for the customer if the slot says so."""
    place.slots[name] = value
    frame = place.frame
    if name in frame.skipped or name in frame.kept:
        place.unmark(name)
    slot = place.plan.keeps.get(name)
    if slot is not None and work.customer.attributes.get(name) != value:
        work.remember(name, value, personal=slot.personal)


def skip(work: Work, place: Place, step: Ask) -> None:
    """Pass an optional question over; it counts as known until `clear`."""
    work.decide("skip")
    place.slots.pop(step.save, None)
    place.pass_over(step.save)
    go_on(work, place, step.next)


def choose(work: Work, place: Place, step: Choose, choice: Offered, rule: str = "option") -> None:
    """Take an option."""
    work.decide(rule, choice.key.lstrip("\0"))
    option = choice.option
    if option is not None:
        if option.url is not None:
            url = option.url.on(work.conversation.kind).plain(place.values)
            put_again(work, place, step, Text(f"{choice.label}: {url}"))
            return
        if option.cancel:
            if not interrupts.cancel(work):
                interrupts.cancel_now(work)
            return
    if step.multiple:
        _toggle(work, place, step, choice)
        return
    if step.save:
        fill(work, place, step.save, _value(step, choice))
    if option is None:
        go_on(work, place, step.next)
        return
    if option.clear:
        clear(work, place, option.clear)
    go_on(work, place, step.next, target=option.target)


def _value(step: Choose, choice: Offered) -> Any:
    if choice.option is not None:
        return choice.key
    row, title = choice.row, step.row_title
    return {title: row[title], **row} if isinstance(row, Mapping) and title in row else row


# several at once


def _toggle(work: Work, place: Place, step: Choose, choice: Offered) -> None:
    picked = picks(place, step)
    changed = [key for key in picked if key != choice.key]
    place.slots[picks_name(step)] = changed if choice.key in picked else [*picked, choice.key]
    place.misses = 0
    place.asked_at = work.now
    message = framed(work, place, step, work.phrase(step.question, place))
    # An edit far above is no answer to who has typed: only a press sees it.
    if work.moment.abilities.edit and not work.text:
        work.edit(message, f"choose:{place.visit}")
    else:
        work.send(message, f"choose:{place.visit}")


def done(work: Work, place: Place, step: Choose) -> bool:
    """Finish a choice of several. False if nothing is picked yet."""
    picked = picks(place, step)
    if not picked:
        return False
    choose_all(
        work, place, step, [each for each in offered(work, place, step) if each.key in picked]
    )
    return True


def choose_all(work: Work, place: Place, step: Choose, choices: list[Offered]) -> None:
    """Take several options at once."""
    work.decide("option", ", ".join(choice.key.lstrip("\0") for choice in choices))
    place.slots.pop(picks_name(step), None)
    if step.save:
        fill(work, place, step.save, [_value(step, choice) for choice in choices])
    go_on(work, place, step.next)
