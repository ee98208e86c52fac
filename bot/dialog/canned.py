"""What operators can send without writing it: canned answers and answers of the FAQ, made for one customer."""

from bot.dialog.moment import Moment
from bot.dialog.plan import FLOW_ID
from bot.dialog.steps.say import attachments
from bot.dialog.work import Work
from bot.model.conversation import Conversation
from bot.model.message import Message


def reply(conversation: Conversation, moment: Moment, name: str) -> Message | None:
    """The canned answer of that name, in any case of letters, with its files; None if there is none."""
    wanted = name.strip().casefold()
    replies = moment.script.replies.values()
    found = next((one for one in replies if one.name.casefold() == wanted), None)
    if found is None:
        return None
    text = Work(conversation, moment, False).render(found.text)
    return Message(text, (), attachments(found.files))


def answer(conversation: Conversation, moment: Moment, words: str) -> Message | None:
    """The FAQ's answer to `words`, or that of the entry called so; None if it has nothing like it. Raises
    `MatchWanted`."""
    words = words.strip()
    entry = moment.script.faq.get(words)
    if entry is None and words:
        match = moment.look_up(words)
        ids = (each.id for each in match.candidates if not each.id.startswith(FLOW_ID))
        best = next(ids, "") if match.decision != "none" else ""
        entry = moment.script.faq.get(best)
    if entry is None:
        return None
    work = Work(conversation, moment, False)
    return Message(work.phrase(entry.answer))
