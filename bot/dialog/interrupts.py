"""What may come between a question and its answer: a command, another flow's phrase, cancel, a person, the menu."""

from msgspec.structs import replace

from bot.dialog import faq_browser, first_contact
from bot.dialog.answers import can_start
from bot.dialog.current import with_way_on
from bot.dialog.flow import FAQ, Interrupts, Waiting
from bot.dialog.layout import lay_out
from bot.dialog.people import call_people
from bot.dialog.plan import NO_PLAN
from bot.dialog.presses import our
from bot.dialog.walk import start_flow, walk
from bot.dialog.wishes import wants_person
from bot.dialog.work import Place, Work
from bot.model.dialog import PendingKind
from bot.model.message import Button
from bot.model.text import Text

_PLAIN = Interrupts()


def of(place: Place | None) -> Interrupts:
    """How the question that waits may be interrupted: by its own rules, else its flow's."""
    if place is None:
        return _PLAIN
    flow = place.plan.flow
    step = flow.steps.get(place.step)
    own = step.interrupts if isinstance(step, Waiting) else None
    return flow.interrupts if own is None else own


def command(work: Work) -> bool:
    """Rule 2: a command of some flow, with an argument behind it or not."""
    head, _, argument = work.text.partition(" ")
    name = head[1:].partition("@")[0].casefold()
    flow_id = work.script.commands.get(name, "")
    if not flow_id or not can_start(work, flow_id):
        return False
    if argument.strip():
        work.dialog = replace(work.dialog, start_argument=argument.strip())
    if _is_greeted_with(work, name, flow_id):
        return True
    work.decide("command", name)
    go_to(work, flow_id)
    return True


def _is_greeted_with(work: Work, name: str, flow_id: str) -> bool:
    """Whether the command only opened the talk, and the greeting was its answer."""
    if work.conversation.dialog.greeted:
        return False
    if work.greeted:
        return flow_id in work.script.events.get(first_contact.EVENT, ())
    return name == "start" and first_contact.greet(work)


def words(work: Work) -> bool:
    """Rule 4: the whole message is a word for cancel, operator or menu."""
    said, known = work.words, work.business.words
    if said in known.cancel:
        return cancel(work)
    if wants_person(said, known.operator):
        return operator(work)
    return said in known.menu and menu(work)


def is_filled(work: Work) -> bool:
    """Whether the customer has answered anything yet in what would be left."""
    for place in reversed(work.stack):
        if work.waiting_for_time(place):
            return False
        if any(
            name in place.plan.answers and value is not None and name not in place.frame.kept
            for name, value in place.slots.items()
        ):
            return True
    return False


def go_to(work: Work, flow_id: str) -> None:
    """Switch to a flow: at once if nothing is filled yet, else offer to."""
    place = work.top
    if place is None or not is_filled(work):
        start_flow(work, flow_id)
        return
    # The FAQ's browser may stand on top: the customer knows only the flow below it.
    left = next(
        (each.flow for each in reversed(work.stack) if each.plan is not NO_PLAN), place.flow
    )
    key = "restart_offer" if left == flow_id else "switch_offer"
    title, other = _title(work, left), _title(work, flow_id)
    offer(work, "switch", work.own(key, title=title, other=other), flow_id)


def _title(work: Work, flow_id: str) -> str:
    flow = work.script.flows.get(flow_id)
    return flow.title or flow.id if flow is not None else flow_id


def offer(work: Work, kind: PendingKind, text: Text, *choices: str) -> None:
    """Ask a yes or no of our own above the flow's question."""
    visit = work.wait_for(kind, *choices)
    work.decide("offer", kind)
    if work.top is not None:
        # The message was used, if not for an answer.
        work.top.misses = 0
    buttons = [
        Button(work.own(key).plain, our(kind, visit, index))
        for index, key in enumerate(("yes", "no"))
    ]
    work.send(lay_out(text, work.moment.abilities, buttons))


def cancel(work: Work) -> bool:
    """The customer wants to stop. False if the question does not let itself be cancelled."""
    place = work.top
    if place is None:
        work.decide("nothing_to_cancel")
        work.pending = None
        with_way_on(work, work.own("nothing_to_cancel"))
        return True
    how = of(place)
    if not how.cancel:
        return False
    work.decide("cancel")
    if how.cancel_confirm is None:
        cancel_now(work)
    else:
        offer(work, "cancel", work.phrase(how.cancel_confirm, place))
    return True


def cancel_now(work: Work) -> None:
    """End the whole stack."""
    place = work.top
    how = of(place)
    said = how.cancel_say
    text = work.own("cancelled") if said is None else work.phrase(said, place)
    work.clear("cancelled")
    with_way_on(work, text)


def operator(work: Work) -> bool:
    """The customer wants a person. False if the question does not let itself be interrupted."""
    how = of(work.top)
    if not how.operator:
        return False
    work.decide("operator")
    if how.operator_confirm is None:
        operator_now(work)
    else:
        offer(work, "interrupt", work.phrase(how.operator_confirm, work.top))
    return True


def operator_now(work: Work) -> None:
    """Hand over, with the flow's note; what was asked comes again when people give the conversation back."""
    note = of(work.top).operator_note
    text = work.phrase(note, work.top).plain if note is not None else ""
    call_people(work, "asked", note=text)


def menu(work: Work) -> bool:
    """The customer wants the menu: its flow, else, where nothing is asked, the FAQ by topic."""
    flow_id = work.script.menu
    if flow_id and can_start(work, flow_id):
        work.decide("menu")
        go_to(work, flow_id)
        return True
    if work.stack:
        return False
    work.decide("menu")
    work.pending = None
    if work.script.faq:
        browse(work)
    else:
        with_way_on(work, work.own("not_understood"), person=True)
    return True


def browse(work: Work) -> None:
    """Show the FAQ by topic, over whatever runs."""
    place = work.top
    if place is not None:
        place.asked_at = place.asked_at if place.call or work.waiting_for_time(place) else 0
    if not faq_browser.walk(work, work.push(FAQ, {})):
        walk(work)
