"""Where a customer is in the flows: a stack of frames, and what was offered meanwhile."""

from typing import Any, Literal

import msgspec

PendingKind = Literal[
    "cancel", "switch", "suggest", "helped", "consent", "person", "mark", "mark_reason", "interrupt"
]


class Frame(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One flow in progress.

    `step` is the step that waits; `shape` the hash of what that step looked like when it was asked, so that a changed
    script is noticed; `visit` counts arrivals at waiting steps, so that a late timer does nothing; `slots` holds
    filled slots and saved results, `skipped` the optional ones passed over; `misses` counts those in a row;
    `call` is the outside call that is waited for; `result` names the caller's slot for this flow's result; `asked_at`
    is when the step last spoke, 0 if it is still to be walked; `since` when the flow began; `kept` names what was
    filled in when it began, from the customer's kept answers or by the caller.
    """

    flow: str
    step: str = ""
    shape: str = ""
    visit: int = 0
    slots: dict[str, Any] = {}
    skipped: tuple[str, ...] = ()
    misses: int = 0
    call: str = ""
    result: str = ""
    asked_at: int = 0
    since: int = 0
    kept: tuple[str, ...] = ()


class Pending(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A question of our own that waits above the flow's: cancel? switch? did you mean? may we keep? how was it?

    `text` is the customer's message that led to it, used when they decline; `choices` are what may be picked.
    """

    kind: PendingKind
    text: str = ""
    choices: tuple[str, ...] = ()
    visit: int = 0


class Answered(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The question that the FAQ answered last: the entry, the customer's words, when (ms), and how sure it was."""

    entry: str
    text: str
    at: int
    score: float = 1.0


class Dialog(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The whole state of a talk. An empty stack means outside any flow; `last` is the flow that ended last.

    `script` is the content hash of the script that the stack was left by. `visit` is the last visit number given out.
    `turns` maps a step (`flow/step`) to the number of times it spoke, so that variants are taken in turn; `walked` to
    the number of times it was walked since the customer's last word, kept while a flow goes on without them. `answered` is the FAQ's last answer, by which a
    question asked again is known.
    """

    stack: tuple[Frame, ...] = ()
    pending: Pending | None = None
    script: str = ""
    visit: int = 0
    misses: int = 0
    turns: dict[str, int] = {}
    last: Frame | None = None
    ended: str = ""
    greeted: bool = False
    start_argument: str = ""
    walked: dict[str, int] = {}
    answered: Answered | None = None
