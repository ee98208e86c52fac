"""What a customer sent before people were called: they see and hear it, not only what it is called. Pure."""

from collections.abc import Sequence

import msgspec

from bot.desk import room
from bot.desk.scene import relayed
from bot.model.conversation import Conversation
from bot.model.effect import Effect, Send
from bot.model.message import Attachment, Message
from bot.model.view import Sent


def show_media(
    conversation: Conversation,
    before: Sequence[Sent],
    files: Sequence[Attachment],
    *,
    lines: int,
    said: Message | None = None,
) -> tuple[Effect, ...]:
    """To the operators, oldest first: of what was sent `before` all that stands in the newest `lines` (those that the
    card names) or belongs to the `files` of the ticket; then files that stand nowhere there; then what was `said` just
    now, if it is more than words. What operators have already does not come again."""
    wanted, shown = {_key(one) for one in files}, set[str]()
    now = tuple(one for one in said.attachments if not one.whole) if said is not None else ()
    effects: list[Effect] = []
    for sent in before:
        own = _plain_files(sent.message)
        keys = {_key(one) for one in own}
        near = sent.back < lines and (own or sent.message.location is not None)
        if not sent.seen and (near or keys & wanted):
            effects.append(_copy(conversation, sent, own))
        if sent.seen or near or keys & wanted:
            shown |= keys
    shown |= {_key(one) for one in now}
    rest = tuple(one for one in files if _key(one) not in shown)
    if rest:
        effects += relayed(conversation, Message(attachments=rest))
    if said is not None and (now or said.location is not None or said.contact is not None):
        # A letter's subject would be taken for the topic's name.
        last = msgspec.structs.replace(said, attachments=now, subject="")
        effects += relayed(conversation, last)
    return tuple(effects)


def _copy(conversation: Conversation, sent: Sent, files: tuple[Attachment, ...]) -> Send:
    line = Message(sent.message.text, attachments=files, location=sent.message.location)
    to = room.address(conversation.id)
    return Send(line, to=to, author="customer", priority=room.LINE, of=sent.line)


def _plain_files(message: Message) -> tuple[Attachment, ...]:
    """Neither the whole of a letter nor a sticker, of which the card says enough."""
    return tuple(one for one in message.attachments if not one.whole and one.kind != "sticker")


def _key(file: Attachment) -> str:
    return file.source or file.digest
