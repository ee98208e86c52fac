"""Answers to questions of our own: cancel? switch? a person? did you mean? may we keep your data?"""

from bot.dialog import afterwards, answers, consent
from bot.dialog.current import again, with_way_on
from bot.dialog.flow import Ask
from bot.dialog.interrupts import cancel_now, operator_now
from bot.dialog.layout import lay_out
from bot.dialog.misses import miss
from bot.dialog.options import Offered, named, nearly
from bot.dialog.people import call_people
from bot.dialog.plan import FLOW_ID
from bot.dialog.presses import our
from bot.dialog.questions import waiting_step
from bot.dialog.slots import yes_or_no
from bot.dialog.slots.base import Bad
from bot.dialog.take import parse, take
from bot.dialog.walk import start_flow, walk
from bot.dialog.wishes import wants_person
from bot.dialog.work import Work
from bot.faq import Candidate, Match, normalise
from bot.model.dialog import Pending
from bot.model.effect import Meant
from bot.model.message import Button, Message
from bot.model.text import Text

_SUGGESTED = 3
_LABELS = {"consent": ("consent_yes", "consent_no"), "helped": ("helped_yes", "helped_no")}


def answer(work: Work, pending: Pending) -> bool:
    """Take the text as an answer to our question. If it is none, the question is dropped (consent alone stays), and so
    is one of the desk's: it has heard the text before."""
    if pending.kind in ("mark", "mark_reason"):
        work.pending = None
        return False
    if pending.kind == "suggest":
        chosen = _chosen(work, pending)
        if chosen is not None:
            _suggested(work, pending, chosen)
            return True
    else:
        said = _yes_or_no(work, pending)
        if said is not None:
            decided(work, pending, agreed=said)
            return True
    if pending.kind != "consent":
        work.pending = None
    return False


def picked(work: Work, pending: Pending, index: int) -> None:
    """A button under our question was pressed."""
    if pending.kind == "suggest":
        _suggested(work, pending, index)
    else:
        decided(work, pending, agreed=index == 0)


def _yes_or_no(work: Work, pending: Pending) -> bool | None:
    words = work.words
    for agreed, key in zip((True, False), _LABELS.get(pending.kind, ("yes", "no")), strict=True):
        if words and words == normalise(work.own(key).plain):
            return agreed
    if not work.moment.abilities.buttons and words in ("1", "2"):
        return words == "1"
    said = yes_or_no(work.text)
    return True if said is None and _insists(work, pending) else said


def _insists(work: Work, pending: Pending) -> bool:
    """«Отменить заявку?» - «да, отмена», or the word once more."""
    known, yes = work.business.words, normalise(work.own("yes").plain)
    words = work.words.removeprefix(yes + " ")
    if pending.kind == "cancel":
        return words in known.cancel
    return pending.kind == "interrupt" and wants_person(words, known.operator)


def decided(work: Work, pending: Pending, *, agreed: bool) -> None:
    """A yes or a no."""
    if pending.kind == "consent":
        _consented(work, agreed=agreed)
        return
    if pending.kind == "helped":
        afterwards.told(work, pending, helped=agreed)
        return
    work.decide("agreed" if agreed else "declined", pending.kind)
    work.pending = None
    if not agreed:
        _go_on(work, pending)
    elif pending.kind == "cancel":
        cancel_now(work)
    elif pending.kind == "interrupt":
        operator_now(work)
    elif answers.can_start(work, pending.choices[0]):
        start_flow(work, pending.choices[0])
    else:
        again(work, work.own("stale_button"))


def _go_on(work: Work, pending: Pending) -> None:
    """Who declines goes on, and the message is taken as the answer it was, where any text is an answer."""
    place = work.top
    step = waiting_step(place)
    text = pending.text
    if (
        place is not None
        and isinstance(step, Ask)
        and not step.type.strict
        and text
        and text[0] != "/"
    ):
        work.read(text)
        value = parse(work, step, Message(Text(work.text)))
        if isinstance(value, Bad):
            miss(work, place, step, value)
        else:
            work.decide("text")
            take(work, place, step, value)
    else:
        again(work, work.own("accepted") if step is None else None)


def _consented(work: Work, *, agreed: bool) -> None:
    consent.note(work, agreed=agreed)
    work.pending = None
    place = work.top
    if place is not None:
        place.asked_at = 0
    wanted = work.business.consent
    if agreed:
        walk(work)
    elif wanted is not None and wanted.on_refuse in work.script.flows:
        start_flow(work, wanted.on_refuse)
    else:
        call_people(work, "refused")


# did you mean?


def suggest(work: Work, match: Match) -> bool:
    """Offer what the text may have meant. False if nothing of it can be offered here."""
    near = [each for each in match.candidates if answers.is_possible(work, each.id)][:_SUGGESTED]
    if not near:
        return False
    visit = work.wait_for("suggest", *(each.id for each in near))
    work.decide("suggest", near[0].id, near[0].score)
    labels = [*(_label(work, each) for each in near), work.own("none_of_these").plain]
    buttons = [Button(label, our("suggest", visit, i)) for i, label in enumerate(labels)]
    work.send(lay_out(work.own("did_you_mean"), work.moment.abilities, buttons, columns=1))
    return True


def _label(work: Work, candidate: Candidate) -> str:
    if candidate.id.startswith(FLOW_ID):
        flow = work.script.flows.get(candidate.id[len(FLOW_ID) :])
        return flow.title or flow.id if flow is not None else candidate.question
    return candidate.question


def _chosen(work: Work, pending: Pending) -> int | None:
    labels = [_label(work, _as_candidate(work, id)) for id in pending.choices]
    labels.append(work.own("none_of_these").plain)
    options = [Offered(str(index), label, None) for index, label in enumerate(labels)]
    found = named(work.text, work.words, options) or nearly(work.words, options)
    return None if found is None else int(found.key)


def _as_candidate(work: Work, id: str) -> Candidate:
    entry = work.script.faq.get(id)
    question = entry.questions[0] if entry is not None and entry.questions else id
    return Candidate(id, question, 0.0)


def _suggested(work: Work, pending: Pending, index: int) -> None:
    work.pending = None
    if index >= len(pending.choices):
        work.decide("none_of_these")
        call_people(work, "none_of_these", note=pending.text)
        return
    id = pending.choices[index]
    work.decide("suggested", id)
    work.misses = 0
    entry = work.script.faq.get(id)
    if entry is not None:
        answers.give(work, entry)
        work.effects.append(Meant(pending.text, id))
        work.read(pending.text)
        afterwards.remember(work, id, 1.0)
    elif id.startswith(FLOW_ID) and answers.can_start(work, id[len(FLOW_ID) :]):
        start_flow(work, id[len(FLOW_ID) :])
    else:
        with_way_on(work, work.own("stale_button"))
