"""`choose`: offer options and wait. It always asks."""

from bot.dialog import consent
from bot.dialog.flow import Choose
from bot.dialog.options import offered
from bot.dialog.people import call_people
from bot.dialog.questions import arrive, picks_name, speak
from bot.dialog.work import Place, Work


def walk(work: Work, place: Place, step: Choose) -> bool:
    """Ask; where nothing can be chosen, go the way of a failure rather than wait for nothing."""
    if step.id not in place.plan.same and not offered(work, place, step):
        work.say(work.own("nothing_to_choose"))
        if step.on_fail is None:
            call_people(work, "nothing_to_choose")
            return True
        place.step = step.on_fail
        return False
    if work.business.consent is not None and consent.is_wanted(work, place, step):
        consent.ask(work, place, step)
        return True
    if step.multiple:
        place.slots.pop(picks_name(step), None)
    arrive(work, place, step)
    speak(work, place, step, work.phrase(step.question, place))
    return True
