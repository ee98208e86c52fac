"""The script changed while people were inside: what becomes of who waits at a step that is another now."""

from bot.dialog.current import with_way_on
from bot.dialog.flow import FAQ, Ask, Step, Waiting
from bot.dialog.plan import NO_PLAN
from bot.dialog.questions import arrive, below, speak
from bot.dialog.steps.ask import is_known
from bot.dialog.work import Place, Work


def catch_up(work: Work, place: Place, step: Step | None) -> bool:
    """The step on top is gone from the script, or it is another one now. True if the flow is to be walked again from where
    it now stands: then the event was an answer to a question that is gone."""
    if place.plan is NO_PLAN and place.flow == FAQ:
        return False
    if place.plan.flow.on_update == "restart":
        _restart(work, place)
        return True
    if step is not None:
        return False
    # The walk finds that the step is gone, and says so.
    place.asked_at, place.call = 0, ""
    work.pending = None
    return True


def ask_anew(work: Work, place: Place, step: Waiting) -> None:
    """The new question, the slots kept."""
    work.decide("changed")
    arrive(work, place, step)
    question = work.phrase(step.question, place)
    speak(work, place, step, below(work.own("changed"), question))


def gone(work: Work, place: Place) -> bool:
    """The step is not there any more: say so, and go to the first question that is not answered, or to the menu.
    Whether the walk stops."""
    work.decide("step_gone")
    text = work.own("step_gone")
    question = _first_unanswered(place)
    if question:
        work.say(text)
        place.step = question
        return False
    work.clear("step_gone")
    if not work.script.menu:
        with_way_on(work, text)
        return True
    work.say(text)
    work.leave_for(work.script.menu)
    return False


def _first_unanswered(place: Place) -> str:
    steps = place.plan.steps.values()
    return next((s.id for s in steps if isinstance(s, Ask) and not is_known(place, s)), "")


def _restart(work: Work, place: Place) -> None:
    work.decide("changed")
    work.say(work.own("changed"))
    work.stack.pop()
    work.pending = None
    work.push(
        place.flow,
        {name: place.slots[name] for name in place.frame.kept if name in place.slots},
        place.frame.result,
    )
