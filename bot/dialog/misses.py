"""What was not understood: say it again, offer a person, and at the Nth time in a row give up and call one."""

from bot.dialog import consent, faq_browser
from bot.dialog.current import with_way_on
from bot.dialog.flow import Choose, Waiting
from bot.dialog.people import call_people
from bot.dialog.presses import PERSON
from bot.dialog.questions import below, speak
from bot.dialog.slots.base import Bad
from bot.dialog.texts import TEXTS
from bot.dialog.walk import walk
from bot.dialog.work import Place, Work
from bot.model.message import Button
from bot.model.text import Text


def miss(work: Work, place: Place, step: Waiting, bad: Bad | None = None) -> None:
    """The answer to a question was not understood."""
    place.misses += 1
    rule = "limits" if bad is not None and bad.limits else "miss"
    work.decide(rule, work.text)
    if place.misses >= step.tries:
        _fail(work, place, step)
        return
    offer = _offer(work) if place.misses == step.tries - 1 else None
    extra = _person(work) if offer is not None else ()
    if step.retry:
        phrase = step.retry[min(place.misses, len(step.retry)) - 1]
        text = work.phrase(phrase, place)
        speak(work, place, step, below(text, offer), extra)
    else:
        text = below(_reason(work, step, bad), work.phrase(step.question, place), offer)
        speak(work, place, step, text, extra)


def _reason(work: Work, step: Waiting, bad: Bad | None) -> Text:
    if isinstance(step, Choose):
        done = work.own("done").plain
        return work.own("choose_several", done=done) if step.multiple else work.own("choose_one")
    key = f"bad_{bad.reason}" if bad is not None else "retry"
    known = key in TEXTS[work.business.language] or key in work.business.texts
    return work.own(key if known else "retry")


def _fail(work: Work, place: Place, step: Waiting) -> None:
    work.decide("failed")
    place.misses = 0
    if step.on_fail is None:
        call_people(work, "failed", note=work.text)
        return
    place.step = step.on_fail
    place.asked_at = 0
    walk(work)


def _offer(work: Work) -> Text:
    words = work.business.words.operator
    return work.own(
        "offer_person", word=min(words, key=lambda word: (-len(word), word), default="")
    )


def _person(work: Work) -> tuple[Button, ...]:
    return (Button(work.own("call_person").plain, PERSON),)


def consent_miss(work: Work, place: Place) -> None:
    """Neither yes nor no to the consent question."""
    if _counted(work, place):
        consent.put(work, work.own("consent_retry"))


def browser_miss(work: Work, place: Place) -> None:
    """Nothing that the FAQ by topic offers."""
    if _counted(work, place):
        offer = _offer(work) if place.misses == work.business.tries - 1 else None
        extra = _person(work) if offer is not None else ()
        faq_browser.put(work, place, below(work.own("choose_one"), offer), extra)


def _counted(work: Work, place: Place) -> bool:
    """Count a miss at a question of our own; whether it may be asked again."""
    place.misses += 1
    work.decide("miss", work.text)
    if place.misses < work.business.tries:
        return True
    work.decide("failed")
    call_people(work, "failed", note=work.text)
    return False


def not_understood(work: Work, misses: int) -> None:
    """A message outside any flow, not understood for the time number `misses` in a row."""
    work.decide("miss", work.text)
    tries = work.business.tries
    if misses >= tries:
        work.decide("failed")
        call_people(work, "not_understood", note=work.text)
        return
    offer = _offer(work) if misses == tries - 1 else None
    with_way_on(work, below(work.own("not_understood"), offer), person=offer is not None)
