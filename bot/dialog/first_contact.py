"""Flows that start on an event. The first message ever is one, `first_contact`.

A greeting that only speaks comes first, and the message is decided behind it. One that asks something runs when the
message says nothing sure, or is a bare `/start`; a sure question is answered first, and a command or a phrase of
another flow is followed at once.
"""

from msgspec.structs import replace

from bot.dialog.answers import can_start
from bot.dialog.walk import start_flow, walk
from bot.dialog.work import Work
from bot.model.event import Happened

EVENT = "first_contact"


def welcome(work: Work) -> None:
    """At the first message: a greeting that only speaks comes before whatever the message leads to."""
    head, _, argument = work.text.partition(" ")
    if head == "/start" and argument:
        work.dialog = replace(work.dialog, start_argument=argument.strip())
    flow_id = "" if work.stack else _starts_on(work, EVENT)
    plan = work.prepared.plans.get(flow_id)
    if plan is not None and plan.only_speaks:
        _greet(work, flow_id)


def greet(work: Work) -> bool:
    """The message says nothing sure, or only opens the talk: run the greeting. True if it ran, now or in `welcome`."""
    if work.greeted:
        return not work.conversation.dialog.greeted
    flow_id = "" if work.stack else _starts_on(work, EVENT)
    if flow_id:
        _greet(work, flow_id)
    return bool(flow_id)


def _greet(work: Work, flow_id: str) -> None:
    work.greeted = True
    work.decide(EVENT)
    start_flow(work, flow_id)


def begin(work: Work, event: Happened) -> None:
    """Begin the flow that starts on an event: on top of one that runs, whose question comes again when it ends.

    What the event brings fills the names that the flow uses.
    """
    flow_id = _starts_on(work, event.name)
    if not flow_id:
        work.heard = False
        return
    if work.top is not None and not work.top.asked:
        work.clear("dropped")
    work.decide("event", event.name)
    names = work.script.flows[flow_id].names
    work.pending = None
    work.push(flow_id, {name: value for name, value in event.data.items() if name in names})
    walk(work)


def _starts_on(work: Work, event: str) -> str:
    for flow_id in work.script.events.get(event, ()):
        if can_start(work, flow_id):
            return flow_id
    return ""
