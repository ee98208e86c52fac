"""`call`: another flow, and back. A called flow has slots of its own."""

from bot.dialog.flow import Call
from bot.dialog.work import Place, Work


def walk(work: Work, place: Place, step: Call) -> bool:
    """Put the called flow on top; this one goes on behind the call when it ends."""
    values = {name: value.value(place.values) for name, value in step.values}
    place.step = step.next or ""
    place.asked_at = 0
    work.push(step.flow, values, step.save)
    return False
