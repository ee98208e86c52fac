"""`handoff`: to the operators; the flow waits and goes on at `next` when they give the conversation back."""

from bot.dialog.flow import Handoff, Phrase
from bot.dialog.people import call_people
from bot.dialog.work import Place, Work
from bot.model.text import Text


def walk(work: Work, place: Place, step: Handoff) -> bool:
    """Hand over."""

    def shown(phrase: Phrase | None) -> Text | None:
        return None if phrase is None else work.phrase(phrase, place)

    reason, note = shown(step.reason), shown(step.note)
    say, offline = shown(step.say), shown(step.offline)
    place.step = step.next or ""
    place.asked_at = 0
    call_people(
        work,
        reason.plain if reason else "asked",
        queue=step.queue,
        priority=step.priority,
        say=say,
        offline=offline,
        note=note.plain if note else "",
    )
    return True
