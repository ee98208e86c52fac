"""What the desk is asked for and what it comes to."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from bot.model.conversation import Conversation
from bot.model.effect import Effect
from bot.model.text import Text
from bot.model.turn import Decision


class Opening(msgspec.Struct, frozen=True):
    """A handover that is wanted. `say` and `offline` are what the customer reads then (None: the business's own
    words); `note`, `title`, `fields` and `last_lines` (oldest first) are for operators. Personal spans in them, and
    `personal` values wherever they stand, are hidden from viewers and titles."""

    queue: str = ""
    reason: str = ""
    priority: int = 0
    say: Text | None = None
    offline: Text | None = None
    note: str | Text = ""
    title: str | Text = ""
    fields: Mapping[str, str | Text] = MappingProxyType({})
    last_lines: tuple[str | Text, ...] = ()
    personal: tuple[str, ...] = ()


class DeskOutcome(msgspec.Struct, frozen=True):
    """`resume`: the conversation was given back, the dialog goes on where it was. `handled` is False for what is none
    of the desk's business."""

    conversation: Conversation
    effects: tuple[Effect, ...] = ()
    trace: tuple[Decision, ...] = ()
    resume: bool = False
    handled: bool = True
