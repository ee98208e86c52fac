"""Putting a question: its words, its buttons, the arrival that it belongs to."""

from collections.abc import Sequence

from bot.dialog.flow import Ask, Choose, StepButton, Waiting
from bot.dialog.layout import lay_out
from bot.dialog.options import Offered, fixed, offered
from bot.dialog.presses import DONE, FAQ_ANSWER, SKIP, payload
from bot.dialog.presses import beside as key_of
from bot.dialog.slots.choice import ChoiceType, YesNoType
from bot.dialog.work import Place, Work
from bot.model.message import Button, Message
from bot.model.text import Text, join


def below(*texts: Text | None) -> Text:
    """Texts one below the other; those that are missing or empty leave no line."""
    return join([text for text in texts if text is not None and text.plain], "\n")


def waiting_step(place: Place | None) -> Waiting | None:
    """The question that waits for the customer at the top, None if none does."""
    if place is None or not place.asked_at or place.call:
        return None
    return place.plan.questions.get(place.step)


def arrive(work: Work, place: Place, step: Waiting) -> None:
    """The customer comes to this question, at which the flow stands."""
    place.shape = step.shape
    work.visit += 1
    place.visit = work.visit
    place.asked_at = work.now
    place.misses = 0


def put_again(work: Work, place: Place, step: Waiting, before: Text | None = None) -> None:
    """Say the question once more, with its hint if it has one."""
    text = work.phrase(step.question, place)
    hint = step.hint if isinstance(step, Ask) else None
    shown = work.phrase(hint, place) if hint is not None else None
    speak(work, place, step, below(before, text, shown))


def speak(
    work: Work, place: Place, step: Waiting, text: Text, extra: Sequence[Button] = ()
) -> None:
    """Say something with the question's buttons under it."""
    place.asked_at = work.now
    if type(step) is Choose:
        message = _choice(work, place, step, text, extra)
        work.send(message, f"choose:{place.visit}" if step.multiple else "")
        return
    if step.id in place.plan.bare and not extra:
        work.say(text)
    else:
        work.send(framed(work, place, step, text, extra))


def framed(
    work: Work, place: Place, step: Waiting, text: Text, extra: Sequence[Button] = ()
) -> Message:
    """A text with the question's buttons."""
    if type(step) is Choose:
        return _choice(work, place, step, text, extra)
    beside = [*step_buttons(work, place, step.id, step.buttons, place.visit), *extra]
    choices: list[Button] = []
    if isinstance(step, Ask):
        choices = [
            Button(label, payload(place.flow, step.id, place.visit, key))
            for key, label in answers_of(work, step)
        ]
        if step.optional is not None:
            label = work.phrase(step.optional, place).plain
            beside.append(Button(label, payload(place.flow, step.id, place.visit, SKIP)))
    if not choices and not beside:
        return Message(text)
    return lay_out(text, work.moment.abilities, choices, beside)


def answers_of(work: Work, step: Ask) -> Sequence[tuple[str, str]]:
    """The answers that a slot's type itself offers: (what may be typed for it, label)."""
    kind = step.type
    if isinstance(kind, ChoiceType):
        return [(key, others[0] if others else key) for key, others in kind.options.items()]
    if isinstance(kind, YesNoType) and not step.buttons:
        return [(label, label) for label in (work.own("yes").plain, work.own("no").plain)]
    return ()


def _choice(work: Work, place: Place, step: Choose, text: Text, extra: Sequence[Button]) -> Message:
    same = fixed(work, place, step) if not extra else None
    if same is not None and same.in_rows:
        return Message(text, same.rows(place.visit))
    picked = picks(place, step)
    buttons = [_option_button(work, place, each, picked) for each in offered(work, place, step)]
    beside = [*step_buttons(work, place, step.id, step.buttons, place.visit), *extra]
    if step.multiple:
        done = payload(place.flow, step.id, place.visit, DONE)
        beside.insert(0, Button(work.own("done").plain, done))
    return lay_out(text, work.moment.abilities, buttons, beside, step.columns)


def _option_button(work: Work, place: Place, each: Offered, picked: Sequence[str]) -> Button:
    if each.option is not None and each.option.url is not None:
        return Button(
            each.label, url=each.option.url.on(work.conversation.kind).plain(place.values)
        )
    label = each.label
    if each.key in picked:
        label = work.own("chosen_mark", label=label).plain
    return Button(label, payload(place.flow, place.step, place.visit, each.key))


def picks(place: Place, step: Choose) -> list[str]:
    """What was picked so far at `multiple`, by key."""
    return list(place.slots.get(picks_name(step), ())) if step.multiple else []


def picks_name(step: Choose) -> str:
    """Where picks are kept until they are done; no slot can be named so."""
    return f"?{step.id}"


def step_buttons(
    work: Work, place: Place | None, step_id: str, buttons: Sequence[StepButton], visit: int
) -> list[Button]:
    """Buttons beside a text, as they are shown here and now. Without a `place` they stand under an FAQ answer."""
    if not buttons:
        return []
    flow = FAQ_ANSWER if place is None else place.flow
    made = []
    for index, button in enumerate(buttons):
        if button.guard is None or place is None or button.guard.true(place.values):
            made.append(_shown(work, place, button, payload(flow, step_id, visit, key_of(index))))
    return made


def _shown(work: Work, place: Place | None, button: StepButton, pressed: str) -> Button:
    label = work.phrase(button.text, place).plain
    if button.share is not None:
        return Button(label, share=button.share)
    if button.url is not None:
        return Button(label, url=work.phrase(button.url, place).plain)
    return Button(label, pressed)
