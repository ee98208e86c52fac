"""Reminders of a question: set when it is asked, counted anew from the customer's last message, gone when it is left."""

from bot.dialog.flow import Waiting
from bot.dialog.questions import waiting_step
from bot.dialog.work import REMIND, Place, Work
from bot.model.dialog import Frame
from bot.model.effect import CancelTimer, SetTimer
from bot.model.event import TimerFired


def settle(work: Work) -> None:
    """At the end of a turn: the timers of the question that waits now, and no others. There is nothing to settle in a
    script without reminders (`Prepared.reminds`)."""
    stack = work.conversation.dialog.stack
    before, place = _reminded(work, stack[-1] if stack else None), work.top
    now = _reminded(work, place) if work.handover is None else 0
    if before and before != now:
        work.effects.append(CancelTimer(REMIND))
    step = waiting_step(place) if now and (now != before or work.spoke) else None
    if step is not None:
        for number, remind in enumerate(step.remind):
            work.effects.append(SetTimer(f"{REMIND}{number}", work.now + remind.after, now))


def _reminded(work: Work, place: Place | Frame | None) -> int:
    """The visit whose reminders are set at a place, 0 if there are none."""
    plan = work.prepared.plans.get(place.flow) if place is not None else None
    if place is None or plan is None or place.step not in plan.reminding:
        return 0
    return place.visit if place.asked_at and not place.call else 0


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
