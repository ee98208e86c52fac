"""After an answer of the FAQ: did it help? A question that is asked again in other words tells that it did not."""

from msgspec.structs import replace

from bot.dialog import answers
from bot.dialog.current import with_way_on
from bot.dialog.flow import FaqEntry
from bot.dialog.presses import our
from bot.dialog.work import Work
from bot.faq import Match
from bot.model.dialog import Answered, Pending
from bot.model.effect import Missed
from bot.model.message import Button

SOON = 10 * 60_000
"""So long after an answer the next question may be the same one, in ms."""
RELATED = 0.2
"""From this score of the entry that was given, the next question is taken for the same one in other words."""


def remember(work: Work, entry_id: str, score: float) -> None:
    """Keep what was asked and answered, in case it is asked again."""
    answered = Answered(entry_id, work.text, work.now, score)
    work.dialog = replace(work.dialog, answered=answered)


def notice_asked_again(work: Work, match: Match) -> None:
    """The customer asks: if it is what was answered a moment ago, in other words, that answer was none."""
    before = work.dialog.answered
    if before is None:
        return
    work.dialog = replace(work.dialog, answered=None)
    if work.now - before.at > SOON or work.text == before.text:
        return
    score = next((each.score for each in match.candidates if each.id == before.entry), 0.0)
    if score >= RELATED:
        work.decide("asked_again", before.entry, score)
        work.effects.append(Missed(before.text, before.entry, before.score))


def give_and_ask(work: Work, entry: FaqEntry) -> None:
    """The entry's answer, and below it whether it helped. Where there are no buttons an entry that lists some of its own
    is not asked about: a digit would mean two things."""
    if entry.buttons and not work.moment.abilities.buttons:
        answers.give(work, entry)
        return
    visit = work.wait_for("helped", entry.id)
    keys = ("helped_yes", "helped_no")
    buttons = [
        Button(work.own(key).plain, our("helped", visit, index)) for index, key in enumerate(keys)
    ]
    answers.give(work, entry, buttons, work.own("helped"))


def told(work: Work, pending: Pending, *, helped: bool) -> None:
    """The customer said whether the answer helped; one that did not is a miss, and there is a way on."""
    work.pending = None
    work.decide("helped" if helped else "not_helped", pending.choices[0])
    if helped:
        work.say(work.own("helped_thanks"))
        return
    answered = work.dialog.answered
    score = answered.score if answered is not None else 1.0
    work.effects.append(Missed(pending.text, pending.choices[0], score))
    with_way_on(work, work.own("helped_sorry"), person=True)
