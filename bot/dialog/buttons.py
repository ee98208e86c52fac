"""Rule 2: a button was pressed. One of an older question says so, and the current question comes again."""

from bot.dialog import answers, faq_browser, interrupts, misses, offers, options, update
from bot.dialog.current import again, is_browsing
from bot.dialog.flow import FAQ, Ask, Choose, Say, StepButton, Waiting
from bot.dialog.presses import (
    DONE,
    FAQ_ANSWER,
    MENU,
    OUR_QUESTION,
    PERSON,
    SKIP,
    Pressed,
    mark,
    parse_payload,
    place_mark,
)
from bot.dialog.presses import beside as beside_key
from bot.dialog.questions import answers_of, waiting_step
from bot.dialog.rules import decide, follow
from bot.dialog.slots.base import Bad
from bot.dialog.take import choose, done, go_on, parse, skip, take
from bot.dialog.walk import walk
from bot.dialog.work import Place, Work
from bot.model.event import ButtonPressed
from bot.model.message import Message
from bot.model.text import Text


def press(work: Work, event: ButtonPressed) -> None:
    """Answer a press."""
    timeless = _TIMELESS.get(event.payload)
    if timeless is not None:
        work.decide("button", event.label)
        timeless(work)
        return
    pressed = parse_payload(event.payload)
    if pressed is None and event.label:
        # A button of another program, or of a keyboard that only types: its label is what was said.
        decide(work, Message(Text(event.label)))
    elif pressed is None or not _is_current(work, pressed):
        stale(work, event)


def stale(work: Work, event: ButtonPressed) -> None:
    """Say that the button is old; then the current question, or the menu."""
    place = work.top
    step = waiting_step(place)
    if place is not None and step is not None and step.shape != place.shape:
        update.ask_anew(work, place, step)
        return
    work.decide("stale_button", event.label)
    text = work.own("stale_button")
    if not work.stack and work.pending is None and work.script.menu:
        work.say(text)
        interrupts.menu(work)
    else:
        again(work, text)


def _menu(work: Work) -> None:
    if not interrupts.menu(work):
        again(work)


def _is_current(work: Work, pressed: Pressed) -> bool:
    """Do what the button says, if it belongs to what waits now or may be pressed at any time."""
    pending = work.pending
    if pending is not None and pressed.place == place_mark(OUR_QUESTION, pending.kind):
        return _ours(work, pressed)
    place = work.top
    if place is not None and pressed.visit == place.visit and place.asked:
        if is_browsing(place):
            return _in_browser(work, place, pressed)
        step = waiting_step(place)
        at = pressed.place == place_mark(place.flow, place.step)
        if step is not None and at and step.shape == place.shape:
            return _at_question(work, place, step, pressed)
    if pressed.visit == 0:
        return _under_answer(work, pressed)
    return _beside_text(work, pressed)


def _ours(work: Work, pressed: Pressed) -> bool:
    pending = work.pending
    if pending is None or pressed.visit != pending.visit:
        return False
    for index in range(len(pending.choices) + 2):
        if pressed.key == mark(str(index)):
            offers.picked(work, pending, index)
            return True
    return False


def _at_question(work: Work, place: Place, step: Waiting, pressed: Pressed) -> bool:
    if work.pending is not None and work.pending.kind == "consent":
        return False
    work.pending = None
    if isinstance(step, Choose):
        if pressed.key == mark(DONE) and step.multiple:
            if not done(work, place, step):
                misses.miss(work, place, step)
            return True
        for each in options.offered(work, place, step):
            if pressed.key == mark(each.key):
                choose(work, place, step, each)
                return True
    elif isinstance(step, Ask) and _at_ask(work, place, step, pressed):
        return True
    button = _which(step.buttons, pressed)
    if button is None:
        return False
    if not follow(work, place, button):
        _type(work, work.phrase(button.text, place))
    return True


def _at_ask(work: Work, place: Place, step: Ask, pressed: Pressed) -> bool:
    if step.optional is not None and pressed.key == mark(SKIP):
        skip(work, place, step)
        return True
    for key, _ in answers_of(work, step):
        if pressed.key == mark(key):
            value = parse(work, step, Message(Text(key)))
            if not isinstance(value, Bad):
                work.decide("option", key)
                take(work, place, step, value)
                return True
    return False


def _type(work: Work, text: Text) -> None:
    """A button that types its own text: the answer as if it had been written."""
    decide(work, Message(text))


def _which(buttons: tuple[StepButton, ...], pressed: Pressed) -> StepButton | None:
    found = (b for i, b in enumerate(buttons) if pressed.key == mark(beside_key(i)))
    return next(found, None)


def _in_browser(work: Work, place: Place, pressed: Pressed) -> bool:
    if pressed.place != place_mark(FAQ, place.step):
        return False
    for each in faq_browser.offered(work, place):
        if pressed.key == mark(each.key):
            if not faq_browser.pick(work, place, each):
                walk(work)
            return True
    return False


def _under_answer(work: Work, pressed: Pressed) -> bool:
    """A button under an answer of the FAQ: it may be pressed at any time."""
    for entry in work.script.faq.values():
        if entry.buttons and pressed.place == place_mark(FAQ_ANSWER, entry.id):
            button = _which(entry.buttons, pressed)
            if button is not None:
                work.decide("button", f"{entry.id}: {button.call or ''}")
                return _lead(work, button)
    return False


def _lead(work: Work, button: StepButton) -> bool:
    """Where a button that belongs to no question leads."""
    flow_id = button.call
    if flow_id is None:
        _type(work, work.phrase(button.text))
        return True
    if flow_id == FAQ and flow_id not in work.script.flows:
        work.pending = None
        interrupts.browse(work)
        return True
    if not answers.can_start(work, flow_id):
        return False
    interrupts.go_to(work, flow_id)
    return True


def _beside_text(work: Work, pressed: Pressed) -> bool:
    """A button of a `say`: it holds until the next question but one is asked; one that calls a flow holds on."""
    for flow in work.script.flows.values():
        for step in flow.steps.values():
            if (
                isinstance(step, Say)
                and step.buttons
                and pressed.place == place_mark(flow.id, step.id)
            ):
                button = _which(step.buttons, pressed)
                return button is not None and _say_button(work, flow.id, button, pressed)
    return False


def _say_button(work: Work, flow_id: str, button: StepButton, pressed: Pressed) -> bool:
    if button.target is None:
        if button.call is None and pressed.visit < work.visit:
            return False
        work.decide("button", button.call or "")
        return _lead(work, button)
    place = work.top
    if place is None or place.flow != flow_id or pressed.visit != place.visit or not place.asked:
        return False
    work.decide("button", button.target)
    go_on(work, place, target=button.target)
    return True


_TIMELESS = {PERSON: interrupts.operator_now, MENU: _menu}
