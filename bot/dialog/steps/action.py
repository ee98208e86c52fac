"""`action`: the verbs that touch only our own database end inside the turn; the owner's Python is an outside call."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bot.dialog import enclosed
from bot.dialog.filters import as_number, show
from bot.dialog.flow import Action
from bot.dialog.people import fields, personal_values
from bot.dialog.steps.outside import call
from bot.dialog.work import Place, Work
from bot.model.effect import OpenTicket, Tag
from bot.model.text import masked
from bot.model.ticket import Ticket

_OF_A_TICKET = frozenset({"queue", "note", "priority"})
_PRIORITIES = {"low": -1, "normal": 0, "high": 1, "urgent": 2}


def walk(work: Work, place: Place, step: Action) -> bool:
    """Do it, or ask for it to be done."""
    verb = VERBS.get(step.verb)
    if verb is None:
        values = {name: value.value(place.values) for name, value in step.values}
        request = {"action": step.verb, "with": values}
        call(work, place, step, "python", request, timeout=step.timeout, retries=0)
        return True
    result = verb(work, place, step)
    if step.save:
        place.slots[step.save] = result
    place.step = step.next or ""
    return False


def _arguments(place: Place, step: Action) -> dict[str, Any]:
    return {name: value.value(place.values) for name, value in step.values}


def _ticket_create(work: Work, place: Place, step: Action) -> Any:
    """Files a ticket that holds nothing. `queue`, `title`, `note`, `priority`; other names become its fields."""
    title = place.plan.flow.title
    given: dict[str, Any] = {}
    extra = fields(work)
    for name, template in step.values:
        if name == "title":
            title = masked(work.render(template, place))
        elif name in _OF_A_TICKET:
            given[name] = template.value(place.values)
        elif (value := template.value(place.values)) is not None:
            extra[name] = show(value)
    ticket = Ticket(
        number=next(work.moment.numbers),
        conversation=work.conversation.id,
        queue=work.business.queue_for(str(given.get("queue") or ""), work.conversation.channel).id,
        holds=False,
        priority=_priority(given["priority"]) if "priority" in given else 0,
        title=title,
        note=str(given.get("note") or ""),
        fields=extra,
        opened_at=work.now,
        personal=personal_values(work),
    )
    work.effects.append(OpenTicket(ticket, enclosed.hand_over(work.stack)))
    work.filed = True
    return {"number": ticket.number, "queue": ticket.queue, "title": ticket.title}


def _priority(given: Any) -> int:
    named = _PRIORITIES.get(str(given))
    if named is not None:
        return named
    number = as_number(given)
    return 0 if number is None else max(-9, min(9, round(number)))


def _tag_add(work: Work, place: Place, step: Action) -> Any:
    return _tag(work, place, step, remove=False)


def _tag_remove(work: Work, place: Place, step: Action) -> Any:
    return _tag(work, place, step, remove=True)


def _tag(work: Work, place: Place, step: Action, *, remove: bool) -> Any:
    names = [str(value).strip() for value in _arguments(place, step).values() if value]
    tags = list(work.customer.tags)
    for name in filter(None, names):
        if remove == (name in tags):
            (tags.remove if remove else tags.append)(name)
            work.effects.append(Tag(name, remove))
    work.customer = msgspec.structs.replace(work.customer, tags=tuple(tags))
    return tags


def _customer_set(work: Work, place: Place, step: Action) -> Any:
    personal = work.personal(place)
    given = _arguments(place, step)
    for name, template in step.values:
        value = given[name]
        empty = value is None or value == ""
        work.remember(
            name, None if empty else value, personal=not template.sources.isdisjoint(personal)
        )
    return given


VERBS: Mapping[str, Callable[[Work, Place, Action], Any]] = {
    "ticket.create": _ticket_create,
    "tag.add": _tag_add,
    "tag.remove": _tag_remove,
    "customer.set": _customer_set,
}
"""The built-in verbs."""
