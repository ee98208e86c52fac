"""`call: faq`: the FAQ by topic. A place in the stack without a flow of the script; `step` is its list, below."""

from collections.abc import Sequence

from bot.dialog import answers
from bot.dialog.flow import FAQ, FaqEntry
from bot.dialog.layout import lay_out
from bot.dialog.options import Offered
from bot.dialog.presses import payload
from bot.dialog.work import Place, Work
from bot.model.message import Button
from bot.model.text import Text
from bot.model.turn import Decision

TOPICS, TOPIC = "topics", "topic"
BACK, CLOSE = "\0back", "\0close"


def walk(work: Work, place: Place) -> bool:
    """Show the topics, or the only one's questions; leave where there is nothing to show."""
    topics = _topics(work)
    if not topics:
        work.say(work.own("faq_empty"))
        work.leave("")
        return False
    if place.slots.get("topic") not in topics:
        place.slots.pop("topic", None)
    if len(topics) == 1:
        place.slots["topic"] = topics[0]
    put(work, place)
    return True


def put(work: Work, place: Place, before: Text | None = None, extra: Sequence[Button] = ()) -> None:
    """Show the list that the customer is at."""
    topic = place.slots.get("topic")
    place.step = TOPICS if topic is None else TOPIC
    place.asked_at = work.now
    place.visit = work.next_visit()
    work.trace.append(Decision("browse", f"{FAQ}/{place.step}", topic or ""))
    if topic is None:
        text = work.own("faq_topics")
    else:
        text = work.own("faq_topic", topic=topic or work.own("faq_other").plain)
    shown = offered(work, place)
    buttons = [
        Button(each.label, _payload(place, each.key)) for each in shown if each.key[0] != "\0"
    ]
    beside = [
        Button(each.label, _payload(place, each.key)) for each in shown if each.key[0] == "\0"
    ]
    said = Text(f"{before.plain}\n{text.plain}") if before is not None else text
    work.send(lay_out(said, work.moment.abilities, buttons, [*beside, *extra]))


def offered(work: Work, place: Place) -> list[Offered]:
    """What can be picked in the list that the customer is at."""
    topic = place.slots.get("topic")
    close = Offered(CLOSE, work.own("faq_close").plain, None)
    if topic is None:
        other = work.own("faq_other").plain
        return [*(Offered(f"t{name}", name or other, None) for name in _topics(work)), close]
    found = [
        Offered(f"e{entry.id}", entry.questions[0] if entry.questions else entry.id, None)
        for entry in _entries(work)
        if entry.topic == topic
    ]
    if len(_topics(work)) > 1:
        found.append(Offered(BACK, work.own("faq_back").plain, None))
    return [*found, close]


def pick(work: Work, place: Place, choice: Offered) -> bool:
    """Do what was picked; whether the browser goes on waiting."""
    work.trace.append(Decision("option", f"{FAQ}/{place.step}", choice.key.lstrip("\0")))
    place.misses = 0
    if choice.key == CLOSE:
        if len(work.stack) == 1:
            work.say(work.own("faq_closed"))
        work.leave("")
        return False
    if choice.key == BACK:
        place.slots.pop("topic", None)
    elif choice.key[0] == "t":
        place.slots["topic"] = choice.key[1:]
    else:
        answers.give(work, work.script.faq[choice.key[1:]])
    put(work, place)
    return True


def _payload(place: Place, key: str) -> str:
    return payload(FAQ, place.step, place.visit, key)


def _entries(work: Work) -> list[FaqEntry]:
    return [entry for entry in work.script.faq.values() if answers.allows(work, entry.channels)]


def _topics(work: Work) -> list[str]:
    return list(dict.fromkeys(entry.topic for entry in _entries(work)))
