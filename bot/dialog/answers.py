"""Answers of the FAQ: which entry a match means, and saying it."""

from collections.abc import Sequence

from bot.dialog.flow import FaqEntry
from bot.dialog.layout import lay_out
from bot.dialog.plan import FLOW_ID
from bot.dialog.questions import step_buttons
from bot.dialog.values import Values
from bot.dialog.work import Work
from bot.faq import Candidate, Match
from bot.model.effect import Missed
from bot.model.message import Button
from bot.model.text import Text, join


def sure(work: Work, match: Match) -> Candidate | None:
    """The candidate that may be acted on without asking, None if there is none that is allowed here."""
    if match.decision != "answer" or not match.candidates:
        return None
    best = match.candidates[0]
    return best if is_possible(work, best.id) else None


def is_possible(work: Work, id: str) -> bool:
    """Whether an entry may be given, or a flow begun, on this channel and now."""
    if id.startswith(FLOW_ID):
        return can_start(work, id[len(FLOW_ID) :])
    entry = work.script.faq.get(id)
    return entry is not None and allows(work, entry.channels)


def allows(work: Work, channels: Sequence[str]) -> bool:
    """Whether a list of channels, by kind or by name, names this one; an empty list names all."""
    return (
        not channels or work.conversation.kind in channels or work.conversation.channel in channels
    )


def can_start(work: Work, flow_id: str) -> bool:
    """Whether a flow may begin here: its `channels` and its `if`."""
    flow = work.script.flows.get(flow_id)
    if flow is None or not allows(work, flow.start.channels):
        return False
    guard = flow.start.guard
    return guard is None or guard.true(Values({}, work))


def give(
    work: Work, entry: FaqEntry, extra: Sequence[Button] = (), after: Text | None = None
) -> None:
    """Say an entry's answer, `after` below it."""
    text = work.phrase(entry.answer)
    if after is not None:
        text = join([text, after], "\n\n")
    buttons = [*step_buttons(work, None, entry.id, entry.buttons, 0), *extra]
    if not buttons:
        work.say(text)
        return
    work.send(lay_out(text, work.moment.abilities, (), buttons))


def missed(work: Work, match: Match) -> None:
    """Note a question that got no sure answer."""
    entries = (each for each in match.candidates if not each.id.startswith(FLOW_ID))
    nearest = next(entries, None)
    if nearest is None:
        work.effects.append(Missed(work.text))
    else:
        work.effects.append(Missed(work.text, nearest.id, nearest.score))
