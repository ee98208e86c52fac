"""The dialog: one event in, the new state, effects, and why. Pure.

`hear` answers whatever no ticket holds back, `keep` notes what comes meanwhile where one does, `resume` goes on when
people give the conversation back, `start` begins a flow. All but `keep` may raise `bot.errors.MatchWanted`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.dialog import buttons, first_contact, reminders, rules, update
from bot.dialog.current import again, with_way_on
from bot.dialog.flow import Wait
from bot.dialog.interrupts import is_filled
from bot.dialog.moment import Moment
from bot.dialog.outcome import Outcome
from bot.dialog.questions import waiting_step
from bot.dialog.steps import outside, wait
from bot.dialog.walk import start_flow, walk
from bot.dialog.work import REMIND, WAIT, Place, Work
from bot.model.conversation import Conversation
from bot.model.dialog import Pending
from bot.model.event import (
    ActionFinished,
    ButtonPressed,
    Event,
    Happened,
    MessageEdited,
    MessageReceived,
    TimerFired,
)

IDLE = 30 * 60_000
"""A question in whose flow nothing was answered keeps the end of a wait below it back for so long, in ms."""


def hear(conversation: Conversation, event: Event, moment: Moment) -> Outcome:
    """Answer one event. `Outcome.heard` is False for one that is none of the dialog's business."""
    if isinstance(event, _SPOKEN):
        work = Work(conversation, moment, True)
        if not (work.stack and _is_overtaken(work, work.stack[-1])):
            if isinstance(event, MessageReceived):
                rules.decide(work, event.message)
            else:
                buttons.press(work, event)
        work.greeted = True
        if not work.spoken:
            _accept(work)
        return _outcome(work)
    answer = _ANSWERS.get(type(event))
    if answer is None:
        return Outcome(conversation, heard=False)
    work = Work(conversation, moment, False)
    answer(work, event)
    return _outcome(work)


def keep(conversation: Conversation, event: Event, moment: Moment) -> Conversation:
    """People have the conversation: nothing is said or walked, but the end of an outside call is kept for later."""
    if not isinstance(event, ActionFinished):
        return conversation
    work = Work(conversation, moment, False)
    place = outside.waiting_for(work, event.call)
    if place is None:
        return conversation
    outside.finish(work, place, event, quiet=True)
    return work.freeze().conversation


def resume(conversation: Conversation, moment: Moment) -> Outcome:
    """People gave the conversation back: the flow goes on, or its question is asked again."""
    work = Work(conversation, moment, False)
    work.decide("resume")
    work.pending = None
    place = work.top
    if place is not None and not _still_waits(work, place):
        walk(work)
    return _outcome(work)


def start(
    conversation: Conversation,
    flow_id: str,
    moment: Moment,
    values: Mapping[str, Any] | None = None,
) -> Outcome:
    """Begin a flow, with slots filled in, in place of what runs."""
    work = Work(conversation, moment, False)
    if flow_id in work.script.flows:
        start_flow(work, flow_id, dict(values or {}))
    return _outcome(work)


def _outcome(work: Work) -> Outcome:
    if work.prepared.reminds:
        reminders.settle(work)
    return work.freeze()


def _still_waits(work: Work, place: Place) -> bool:
    if place.call:
        return True
    step = place.plan.steps.get(place.step)
    if isinstance(step, Wait) and place.asked:
        return wait.again(work, place, step)
    place.asked_at = 0
    return False


# what the customer does


def _is_overtaken(work: Work, place: Place) -> bool:
    """Whether what the customer answers is no longer there: then the flow goes on from where it can."""
    if not place.asked_at:
        # Nobody gave the flow back: people closed the ticket, so it is over.
        work.decide("dropped")
        work.clear("dropped")
        return False
    if work.pending is not None and _is_consent_withdrawn(work, work.pending):
        work.pending = None
        place.asked_at = 0
    else:
        step = place.plan.steps.get(place.step)
        if step is not None and step.shape == place.shape:
            return False
        if not update.catch_up(work, place, step):
            return False
    walk(work)
    return True


def _is_consent_withdrawn(work: Work, pending: Pending) -> bool:
    """Consent is asked for, but the configuration asks for it no longer."""
    return pending.kind == "consent" and work.business.consent is None


def _accept(work: Work) -> None:
    """A step that says nothing ended the turn: the customer is never left without a word."""
    place = work.top
    if work.handover is None and (place is None or not place.call):
        with_way_on(work, work.own("accepted"))


def _edited(work: Work, event: MessageEdited) -> None:
    """Nothing is run again; but who corrects an answer in the middle of a form must not believe that it was."""
    work.decide("edited")
    waits = work.pending is None and waiting_step(work.top) is not None
    if waits and event.message.text.plain.strip() and is_filled(work):
        again(work, work.own("edited"))


# what happens by itself


def _timer(work: Work, event: TimerFired) -> None:
    if event.name.startswith(REMIND):
        reminders.fire(work, event)
        return
    if not event.name.startswith(WAIT):
        work.heard = False
        return
    place = next((each for each in work.stack if each.visit == event.visit), None)
    if place is None or not work.waiting_for_time(place):
        work.decide("late", event.name)
        return
    step = place.plan.steps[place.step]
    assert isinstance(step, Wait)
    work.decide("time")
    if work.top is not place and _is_left_alone(work):
        work.clear("")
    wait.over(place, step)
    if work.top is place:
        walk(work)


def _is_left_alone(work: Work) -> bool:
    """Whether the question on top, a menu say, has waited for long and nothing was answered in its flow."""
    place = work.top
    asked = waiting_step(place) is not None
    return place is not None and asked and work.now - place.asked_at >= IDLE and not is_filled(work)


def _finished(work: Work, event: ActionFinished) -> None:
    place = outside.waiting_for(work, event.call)
    if place is None:
        work.decide("late", event.call)
        return
    outside.finish(work, place, event)
    if work.top is place and work.handover is None:
        walk(work)


def _happened(work: Work, event: Happened) -> None:
    if event.name == first_contact.EVENT:
        if not work.greeted:
            first_contact.greet(work)
        work.greeted = True
        return
    first_contact.begin(work, event)


_SPOKEN = (MessageReceived, ButtonPressed)
_ANSWERS: Mapping[type, Callable[[Work, Any], None]] = {
    MessageEdited: _edited,
    TimerFired: _timer,
    ActionFinished: _finished,
    Happened: _happened,
}
