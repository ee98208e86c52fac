"""Outside calls: a step asks for one, its flow waits, and `ActionFinished` brings the end."""

from collections.abc import Mapping
from typing import Any

from bot.dialog.flow import Action, Http, Step
from bot.dialog.people import call_people
from bot.dialog.work import Place, Work
from bot.model.effect import CallAction
from bot.model.event import ActionFinished


def call(
    work: Work,
    place: Place,
    step: Action | Http,
    kind: str,
    request: dict[str, Any],
    *,
    timeout: int,
    retries: int,
) -> None:
    """Ask for the call; the frame waits for it."""
    place.step = step.id
    place.shape = step.shape
    place.visit = work.next_visit()
    place.asked_at = work.now
    place.misses = 0
    place.call = f"{work.conversation.id}-{place.visit}"
    work.effects.append(CallAction(place.call, kind, request, timeout, retries))


def waiting_for(work: Work, call_id: str) -> Place | None:
    """The flow that waits for this call."""
    return next((place for place in work.stack if place.call == call_id), None)


def finish(work: Work, place: Place, event: ActionFinished, *, quiet: bool = False) -> None:
    """Save what the call gave, or go the way of a failure. The flow is not walked yet. `quiet`: people have the
    conversation, so a step that failed is only tried again when they give it back."""
    step = place.plan.steps.get(place.step)
    place.call = ""
    place.asked_at = 0
    if not isinstance(step, Action | Http):
        return
    if step.save:
        place.slots[step.save] = result_of(step, event.result)
    if event.ok:
        work.decide("finished")
        place.step = step.next or ""
        return
    work.decide("call_failed", event.problem)
    if step.on_error is not None:
        place.step = step.on_error
    elif work.top is place and not quiet:
        call_people(work, "call_failed", note=event.problem)


def result_of(step: Step, result: Any) -> Any:
    """What is saved: for `http` the names of the JSON answer beside `status` and the whole `json`."""
    if isinstance(step, Action) or not isinstance(result, Mapping):
        return result
    answer = result.get("json")
    return {**answer, **result} if isinstance(answer, Mapping) else dict(result)
