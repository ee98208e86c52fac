"""`if`: a branch."""

from bot.dialog.flow import If
from bot.dialog.work import Place, Work


def walk(_work: Work, place: Place, step: If) -> bool:
    """Take the block that the condition picks, or go past both."""
    block = step.then if step.condition.true(place.values) else step.otherwise
    place.step = block or step.next or ""
    return False
