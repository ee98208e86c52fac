"""Reminders of a question: set when it is asked, counted anew from the customer's last message, gone when it is left."""

from bot.dialog.flow import Waiting
from bot.dialog.questions import waiting_step
from bot.dialog.work import REMIND, Place, Work, reminded_visit
from bot.model.effect import CancelTimer, SetTimer
from bot.model.event import TimerFired


def settle(work: Work) -> None:
    """At the end of a turn: the timers of the question that waits now, and no others."""
    before, place = work.reminded, work.top
    now = 0 if place is None or work.handover is not None else reminded_visit(place)
    if before and before != now:
        work.effects.append(CancelTimer(REMIND))
    step = waiting_step(place) if now and (now != before or work.spoke) else None
    if step is not None:
        for number, remind in enumerate(step.remind):
            work.effects.append(SetTimer(f"{REMIND}{number}", work.now + remind.after, now))


def fire(work: Work, event: TimerFired) -> None:
    """Remind, or end what was left waiting."""
    place = work.top
    step = waiting_step(place)
    number = event.name.removeprefix(REMIND)
    is_due = (
        place is not None and step is not None and place.visit == event.visit and number.isdigit()
    )
    if place is None or step is None or not is_due or int(number) >= len(step.remind):
        work.decide("late", event.name)
        return
    _remind(work, place, step, int(number))


def _remind(work: Work, place: Place, step: Waiting, number: int) -> None:
    remind = step.remind[number]
    work.decide("remind", str(number))
    if remind.say is not None:
        work.say(work.phrase(remind.say, place))
    if remind.end is not None:
        work.clear(remind.end)
