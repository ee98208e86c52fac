"""`goto`: a step of this flow, its start, or the menu."""

from bot.dialog.flow import MENU, START, Goto
from bot.dialog.work import Place, Work


def walk(work: Work, place: Place, step: Goto) -> bool:
    """Jump."""
    jump(work, place, step.target)
    return False


def jump(work: Work, place: Place, target: str) -> None:
    """Set the flow to a target, or leave it for the menu."""
    plan = place.plan
    if target in plan.steps:
        place.step = target
    elif target == START:
        place.step = plan.flow.first
    elif target == MENU and work.script.menu:
        work.leave_for(work.script.menu)
    else:
        place.step = ""
