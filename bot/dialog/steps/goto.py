"""`goto`: a step of this flow, its start, or the menu."""

from bot.dialog.flow import MENU, START, Goto
from bot.dialog.work import Place, Work


def walk(work: Work, place: Place, step: Goto) -> bool:
    """Jump."""
    flow = place.plan.flow if place.plan is not None else None
    if flow is not None and step.target in flow.steps:
        place.step = step.target
    elif step.target == START and flow is not None:
        place.step = flow.first
    elif step.target == MENU and work.script.menu:
        work.leave_for(work.script.menu)
    else:
        place.step = ""
    return False
