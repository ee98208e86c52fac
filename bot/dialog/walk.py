"""Walking: from step to step until one waits, people are called, or nothing is left."""

from typing import Any

from bot.dialog import faq_browser, update
from bot.dialog.flow import FAQ
from bot.dialog.people import call_people
from bot.dialog.plan import Plan
from bot.dialog.steps import WALKS
from bot.dialog.work import Place, Work

MOST_STEPS, MOST_REPEATS = 100, 10


def walk(work: Work) -> None:
    """Go on from where the flow on top stands."""
    while work.stack and work.handover is None:
        place = work.stack[-1]
        if place.plan is None:
            if (faq_browser.walk if place.flow == FAQ else update.gone)(work, place):
                return
        elif not place.step:
            work.leave("")
            if _goes_on_waiting(work):
                return
        elif _stops(work, place, place.plan):
            return


def start_flow(work: Work, flow_id: str, values: dict[str, Any] | None = None) -> None:
    """Begin a flow in place of those that run, and walk it."""
    work.leave_for(flow_id, values)
    walk(work)


def _stops(work: Work, place: Place, plan: Plan) -> bool:
    step = plan.steps.get(place.step)
    if step is None:
        return update.gone(work, place)
    line, walked = plan.walked[place.step], work.walked
    walked[line.step] = times = walked.get(line.step, 0) + 1
    work.steps += 1
    if times > MOST_REPEATS or work.steps > MOST_STEPS:
        work.decide("stuck")
        work.clear("stuck")
        call_people(work, "stuck")
        return True
    if step.guard is not None and not step.guard.true(place.values):
        place.step = step.next or ""
        return False
    work.trace.append(line)
    depth = len(work.stack)
    if WALKS[type(step)](work, place, step):
        return True
    return len(work.stack) < depth and _goes_on_waiting(work)


def _goes_on_waiting(work: Work) -> bool:
    """Whether the flow below was waiting for something else when another one came on top of it."""
    place = work.top
    return place is not None and (bool(place.call) or work.waiting_for_time(place))
