"""One event answered: the new state, what is to be done, and why."""

import msgspec

from bot.model.conversation import Conversation
from bot.model.effect import Effect


class Decision(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """One line of a trace: which rule of the documented order decided, at which step, and what it saw.

    `rule` is a key of `bot.dialog.trace`; `detail` may hold the customer's words, so it is shown by `frontdesk trace`
    and never logged.
    """

    rule: str
    step: str = ""
    detail: str = ""
    score: float = 0.0


class Turn(msgspec.Struct, frozen=True, gc=False):
    """The outcome of `take_turn`. `conversation` is saved if it differs from the one that was given."""

    conversation: Conversation
    effects: tuple[Effect, ...] = ()
    trace: tuple[Decision, ...] = ()
