"""`set`: names and what they become; `clear` forgets, the kept value too."""

from collections.abc import Iterable

from bot.dialog.flow import Set
from bot.dialog.work import Place, Work


def walk(work: Work, place: Place, step: Set) -> bool:
    """Set and forget."""
    for name, expression in step.values:
        place.slots[name] = expression.value(place.values)
    clear(work, place, step.clear)
    place.step = step.next or ""
    return False


def clear(work: Work, place: Place, names: Iterable[str]) -> None:
    """Forget answers, so that they are asked again."""
    for name in names:
        place.slots.pop(name, None)
        place.unmark(name)
        if name in place.plan.keeps and name in work.customer.attributes:
            work.remember(name, None, personal=False)
