"""`ask`: ask for a slot and wait. What is known is not asked again, unless `always`."""

from bot.dialog import consent
from bot.dialog.flow import Ask
from bot.dialog.questions import arrive, speak
from bot.dialog.work import Place, Work


def walk(work: Work, place: Place, step: Ask) -> bool:
    """Ask, or go on if the answer is known."""
    if not step.always and is_known(place, step):
        place.step = step.next or ""
        return False
    if work.business.consent is not None and consent.is_wanted(work, place, step):
        consent.ask(work, place, step)
        return True
    arrive(work, place, step)
    speak(work, place, step, work.phrase(step.question, place))
    return True


def is_known(place: Place, step: Ask) -> bool:
    """Whether the slot is filled, or was passed over."""
    return place.slots.get(step.save) is not None or step.save in place.frame.skipped
