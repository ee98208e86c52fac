"""Flows that start on an event. The first message ever is one: flows that start on `first_contact` run when the message itself says nothing sure.

A sure question is answered first and then greeted; a command or a phrase of another flow is followed at once.
"""

from bot.dialog.answers import can_start
from bot.dialog.walk import start_flow, walk
from bot.dialog.work import Work
from bot.model.event import Happened

EVENT = "first_contact"


def greet(work: Work) -> bool:
    """Run the greeting, if there is one and it has not been yet. True if it ran."""
    if work.greeted or work.stack:
        return False
    flow_id = _starts_on(work, EVENT)
    if not flow_id:
        return False
    work.decide(EVENT)
    start_flow(work, flow_id)
    return True


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
    return next((id for id in work.script.events.get(event, ()) if can_start(work, id)), "")
