"""The order in which one message is decided, as the language's documentation promises it.

1. A ticket holds the conversation (decided before the dialog is asked). 2. A button press (`buttons`) or a command.
3. The current options. 4. A word for cancel, operator or menu. 5. A near spelling of an option, or the value of a
strict slot. 6. The FAQ. 7. Phrases of other flows. 8. Free text is taken; anything else is a miss.
"""

from functools import lru_cache
from typing import Any

from bot.dialog import (
    afterwards,
    answers,
    faq_browser,
    first_contact,
    interrupts,
    linking,
    misses,
    offers,
    options,
    update,
)
from bot.dialog.current import again, is_browsing, with_way_on
from bot.dialog.enclosed import enclose
from bot.dialog.flow import FAQ, Ask, Choose, StepButton, Wait, Waiting
from bot.dialog.plan import FLOW_ID
from bot.dialog.questions import answers_of, waiting_step
from bot.dialog.slots import yes_or_no
from bot.dialog.slots.base import Bad
from bot.dialog.steps.wait import over
from bot.dialog.take import choose, choose_all, done, go_on, note_beside, parse, skip, take
from bot.dialog.walk import start_flow, walk
from bot.dialog.work import Place, Work
from bot.faq import Match, looks_like_question, near
from bot.model.message import Message
from bot.model.text import Text


def decide(work: Work, message: Message) -> None:
    """Answer one message of the customer."""
    text = message.text.plain.strip()
    work.read(text)
    if message.contact is not None:
        linking.vouched(work, message)
    if not work.greeted:
        first_contact.welcome(work)
    if text and text[0] == "/" and (interrupts.command(work) or linking.command(work)):
        return
    pending = work.pending
    if pending is not None and offers.answer(work, pending):
        return
    place = work.stack[-1] if work.stack else None
    step = waiting_step(place)
    if place is None or step is None:
        _unasked(work, place)
    elif work.pending is not None:
        _at_consent(work, place)
    else:
        if message.attachments:
            enclose(place, step, message)
        if step.shape != place.shape:
            _at_changed(work, place, step)
        elif type(step) is Ask:
            _at_ask(work, place, step, message)
        elif type(step) is Choose:
            _at_choice(work, place, step)


def _unasked(work: Work, place: Place | None) -> None:
    """No step waits for the customer."""
    if place is not None and is_browsing(place):
        _in_browser(work, place)
    elif place is not None and place.call:
        _while_busy(work, place)
    else:
        _outside(work, place)


# at a question


def _at_changed(work: Work, place: Place, step: Waiting) -> None:
    """The question was another one when it was asked: what answered that is no answer to this."""
    if not (work.text and (interrupts.words(work) or _by_match(work, place, step))):
        update.ask_anew(work, place, step)


def _at_choice(work: Work, place: Place, step: Choose) -> None:
    """Rule 3 first: what is on offer."""
    found = options.exact(work, place, step) if work.text else None
    if found is not None:
        choose(work, place, step, found)
    elif not work.text or not (
        (step.multiple and _several(work, place, step))
        or interrupts.words(work)
        or _near_option(work, place, step)
        or _by_match(work, place, step)
    ):
        misses.miss(work, place, step)


def _at_ask(work: Work, place: Place, step: Ask, message: Message) -> None:
    bare = step.id in place.plan.bare
    if work.text and ((not bare and _beside(work, place, step)) or interrupts.words(work)):
        return
    strict = step.type.strict
    value: Any = None
    if strict:
        value = parse(work, step, message)
        if type(value) is not Bad:
            work.decide("value")
            note_beside(work, place, step, message, value)
            take(work, place, step, value)
            return
        if value.limits:
            misses.miss(work, place, step, value)
            return
        if work.text and _near_skip(work, place, step):
            return
    if work.text and _by_match(work, place, step):
        return
    if not strict:
        value = parse(work, step, message)
        if type(value) is not Bad:
            work.decide("text")
            take(work, place, step, value)
            return
    misses.miss(work, place, step, _told(value, message) if isinstance(value, Bad) else None)


def _told(bad: Bad, message: Message) -> Bad:
    """Who answers with a voice message or a photo alone hears that it came, and what is wanted."""
    kinds = {file.kind for file in message.attachments if not file.whole}
    if bad.reason != "no_text" or not kinds:
        return bad
    return Bad("only_voice" if "voice" in kinds else "only_file")


def _beside(work: Work, place: Place, step: Ask) -> bool:
    """Rule 3 at an `ask`: what stands on a button."""
    if step.optional is not None and work.words == options.normal(skip_label(work, place, step)):
        skip(work, place, step)
        return True
    return _answer_label(work, place, step) or _beside_label(work, place, step)


def _several(work: Work, place: Place, step: Choose) -> bool:
    """Rule 3 where several may be chosen."""
    if work.words == options.normal(work.own("done").plain):
        return done(work, place, step)
    found = options.several(work.text, options.offered(work, place, step))
    if found is None:
        return False
    choose_all(work, place, step, found)
    return True


def skip_label(work: Work, place: Place, step: Ask) -> str:
    """What stands on the button that passes the question over."""
    return work.phrase(step.optional, place).plain if step.optional else ""


def _answer_label(work: Work, place: Place, step: Ask) -> bool:
    """A label that the slot's type offers, or its number where labels are numbered."""
    labels = answers_of(work, step)
    offered = [options.Offered(key, label, None) for key, label in labels]
    found = options.named(work.text, work.words, offered) if offered else None
    if found is None:
        return False
    value = parse(work, step, Message(Text(found.key)))
    if isinstance(value, Bad):
        return False
    work.decide("option", found.key)
    take(work, place, step, value)
    return True


def _beside_label(work: Work, place: Place, step: Waiting) -> bool:
    """A label of a button beside the question that leads somewhere."""
    for button in step.buttons:
        if button.target is None and button.call is None:
            continue
        if button.guard is not None and not button.guard.true(place.values):
            continue
        if options.normal(work.phrase(button.text, place).plain) == work.words:
            return follow(work, place, button)
    return False


def follow(work: Work, place: Place, button: StepButton) -> bool:
    """Go where a button beside a question leads. False if it only types its own text."""
    if button.call is not None:
        work.decide("option", button.call)
        call(work, place, button.call)
        return True
    if button.target is None:
        return False
    work.decide("option", button.target)
    go_on(work, place, target=button.target)
    return True


def call(work: Work, place: Place, flow_id: str) -> None:
    """Run another flow on top and come back: what was asked comes again then."""
    work.pending = None
    work.misses = 0
    if flow_id == FAQ and flow_id not in work.script.flows:
        interrupts.browse(work)
        return
    place.asked_at = 0
    work.push(flow_id, {})
    walk(work)


def _near_option(work: Work, place: Place, step: Choose) -> bool:
    """Rule 5 at a `choose`."""
    found = options.nearly(work.words, options.offered(work, place, step))
    if found is None:
        return False
    choose(work, place, step, found, "near")
    return True


def _near_skip(work: Work, place: Place, step: Ask) -> bool:
    """A near spelling of the button that passes the question over; or «нет», «не знаю», which are no value of this type."""
    if step.optional is None:
        return False
    declined = yes_or_no(work.text) is False or work.words in _UNKNOWN
    if not declined and not near(skip_label(work, place, step), work.text):
        return False
    skip(work, place, step)
    return True


def _by_match(work: Work, place: Place, step: Waiting) -> bool:
    """Rules 6 and 7: the FAQ, then phrases of other flows."""
    free = type(step) is Ask and not step.type.strict
    asks = _is_question(work)
    flow_id = work.prepared.phrases.get(work.words)
    if asks or not free:
        match = work.matched()
        best = answers.sure(work, match)
        if best is None and asks:
            answers.missed(work, match)
        if best is not None and not best.id.startswith(FLOW_ID):
            if interrupts.of(place).faq == "off":
                return False
            _answer(work, best.id, best.score)
            place.misses = 0
            again(work)
            return True
        if best is not None and not free:
            flow_id = best.id[len(FLOW_ID) :]
    if not flow_id or flow_id == place.flow or not answers.can_start(work, flow_id):
        return False
    work.decide("phrase", flow_id)
    interrupts.go_to(work, flow_id)
    return True


_UNKNOWN = frozenset({"не знаю", "не помню", "без разницы", "все равно", "неважно", "не важно"})
_begins_question = lru_cache(maxsize=4096)(looks_like_question)
"""Whether a single word begins questions: first words are few, and each is looked at once."""


def _is_question(work: Work) -> bool:
    if "?" in work.text or "？" in work.text:
        return looks_like_question(work.text)
    return _begins_question(work.words.partition(" ")[0])


def _answer(work: Work, entry_id: str, score: float) -> None:
    work.decide("faq", entry_id, score)
    work.misses = 0
    answers.give(work, work.script.faq[entry_id])


# at our own question, in the browser, while another system is asked


def _at_consent(work: Work, place: Place) -> None:
    if work.text and (interrupts.words(work) or _sure_answer(work, place)):
        return
    misses.consent_miss(work, place)


def _in_browser(work: Work, place: Place) -> None:
    if not work.text:
        misses.browser_miss(work, place)
        return
    offered = faq_browser.offered(work, place)
    found = options.named(work.text, work.words, offered)
    if found is None:
        if interrupts.words(work):
            return
        found = options.nearly(work.words, offered)
    if found is not None:
        if not faq_browser.pick(work, place, found):
            walk(work)
    elif not _sure_answer(work, place):
        misses.browser_miss(work, place)


def _sure_answer(work: Work, place: Place) -> bool:
    """Rules 6 and 7 where no slot is asked for."""
    match = work.matched()
    best = answers.sure(work, match)
    if best is None:
        answers.missed(work, match)
        return False
    place.misses = 0
    if best.id.startswith(FLOW_ID):
        work.decide("phrase", best.id[len(FLOW_ID) :], best.score)
        interrupts.go_to(work, best.id[len(FLOW_ID) :])
    else:
        _answer(work, best.id, best.score)
        again(work)
    return True


def _while_busy(work: Work, place: Place) -> None:
    """Another system is being asked: rules 2, 4 and 6; anything else is asked to wait, once."""
    if work.text and interrupts.words(work):
        return
    match = work.matched() if work.text else None
    best = answers.sure(work, match) if match is not None else None
    if best is not None and not best.id.startswith(FLOW_ID):
        _answer(work, best.id, best.score)
        return
    if match is not None and _is_question(work):
        answers.missed(work, match)
    work.decide("busy")
    if not place.misses:
        work.say(work.own("one_moment"))
    place.misses = 1


# outside a flow, or while one waits for a time


def _outside(work: Work, place: Place | None) -> None:
    if work.text and interrupts.words(work):
        return
    if place is not None:
        step = place.plan.steps.get(place.step)
        if isinstance(step, Wait) and step.on_message is not None:
            work.decide("meanwhile")
            over(place, step)
            place.step = step.on_message
            walk(work)
            return
    match = work.matched() if work.text and work.text[0] != "/" else None
    if match is not None:
        afterwards.notice_asked_again(work, match)
    best = answers.sure(work, match) if match is not None else None
    if best is not None and best.id.startswith(FLOW_ID):
        work.decide("phrase", best.id[len(FLOW_ID) :], best.score)
        start_flow(work, best.id[len(FLOW_ID) :])
    elif best is not None:
        if work.script.settings.ask_helped and place is None:
            work.decide("faq", best.id, best.score)
            work.misses = 0
            afterwards.give_and_ask(work, work.script.faq[best.id])
        else:
            _answer(work, best.id, best.score)
        afterwards.remember(work, best.id, best.score)
        first_contact.greet(work)
    else:
        _not_sure(work, match)


def _is_start(work: Work) -> bool:
    """What messengers send when a bot is opened, where no flow has that command."""
    return work.text.partition(" ")[0] == "/start"


def _not_sure(work: Work, match: Match | None) -> None:
    if match is not None:
        answers.missed(work, match)
    if first_contact.greet(work) or (_is_start(work) and interrupts.menu(work)):
        return
    if match is not None and match.decision != "none" and offers.suggest(work, match):
        return
    fallback = work.script.fallback
    work.misses += 1
    if fallback and work.misses == 1 and not work.stack and answers.can_start(work, fallback):
        misses_before = work.misses
        work.decide("fallback", fallback)
        start_flow(work, fallback)
        if not work.handover:
            work.misses = misses_before
        if not work.spoken and not work.stack and work.handover is None:
            with_way_on(work, work.own("not_understood"))
        return
    misses.not_understood(work, work.misses - (1 if fallback else 0) or 1)
