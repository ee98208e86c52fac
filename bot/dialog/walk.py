"""Walking: from step to step until one waits, people are called, or nothing is left."""

from typing import Any

from bot.dialog import faq_browser, update
from bot.dialog.flow import FAQ
from bot.dialog.people import call_people
from bot.dialog.plan import NO_PLAN
from bot.dialog.steps import WALKS
from bot.dialog.work import Place, Work

MOST_STEPS, MOST_REPEATS = 100, 10


def walk(work: Work) -> None:
    """Go on from where the flow on top stands."""
    stack, walked = work.stack, work.walked
    while stack and work.handover is None:
        place = stack[-1]
        found = place.plan.walks.get(place.step)
        if found is None:
            if _without_a_step(work, place):
                return
            continue
        step, line = found
        walked.append(line.step)
        if len(walked) > MOST_REPEATS and _is_stuck(work):
            work.decide("stuck")
            work.clear("stuck")
            call_people(work, "stuck")
            return
        if step.guard is not None and not step.guard.true(place.values):
            place.step = step.next or ""
            continue
        work.trace.append(line)
        if WALKS[type(step)](work, place, step):
            return


def start_flow(work: Work, flow_id: str, values: dict[str, Any] | None = None) -> None:
    """Begin a flow in place of those that run, and walk it."""
    work.leave_for(flow_id, values)
    walk(work)


def _without_a_step(work: Work, place: Place) -> bool:
    """Go on where there is no step to walk: in the FAQ by topic, behind a flow's last step, or where the script lost
    the step or the flow. Whether the walk stops."""
    if place.plan is NO_PLAN:
        return (faq_browser.walk if place.flow == FAQ else update.gone)(work, place)
    return update.gone(work, place) if place.step else work.leave("")


def _is_stuck(work: Work) -> bool:
    """Whether the step walked last came too often since the customer's last word, or this turn has too many steps."""
    walked = work.walked
    before = 0 if work.spoke else sum(work.conversation.dialog.walked.values())
    return walked.count(walked[-1]) > MOST_REPEATS or len(walked) - before > MOST_STEPS
