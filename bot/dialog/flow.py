"""The script in the form the engine walks: loaded, checked, immutable.

Nested blocks (`then`, `else`, `on_fail`, `on_error`, `on_message`, an option's steps) are laid out flat: every step of
a flow, nested or not, stands in `Flow.steps` under its id, and `next` names the step that follows it (None: the flow
ends). A block's last step leads to where the block rejoins: after `if`, an option, `on_message` the step behind the
one that holds the block; after `on_fail` and `on_error` likewise, unless the block hands over: then back to the step
that failed. Modifiers that only jump (`goto`, `call`, `handoff`, `say` of an option) become steps of their own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from bot.dialog.slots import SlotType
from bot.dialog.templates import Expression, Template
from bot.model.message import Share

Word = Literal[
    "say",
    "ask",
    "choose",
    "find",
    "set",
    "if",
    "call",
    "goto",
    "action",
    "http",
    "handoff",
    "wait",
    "end",
]
START, MENU, FAQ = "start", "menu", "faq"


class Phrase(msgspec.Struct, frozen=True):
    """A text that a customer reads, with other wordings for some kinds of channel."""

    default: Template
    by_channel: Mapping[str, Template] = MappingProxyType({})

    def on(self, kind: str) -> Template:
        """The wording for a kind of channel."""
        return self.by_channel.get(kind, self.default)


class StepButton(msgspec.Struct, frozen=True):
    """A button beside a `say` or `ask`: opens a URL, shares something, types its own text, or goes somewhere."""

    text: Phrase
    url: Phrase | None = None
    share: Share | None = None
    target: str | None = None
    call: str | None = None
    guard: Expression | None = None


class Media(msgspec.Struct, frozen=True):
    """An image or file that travels with a `say`: its path below the project's folder, and the digest of its bytes."""

    kind: Literal["photo", "document"]
    path: str
    digest: str = ""
    name: str = ""
    mime: str = ""
    size: int = 0


class Remind(msgspec.Struct, frozen=True):
    """One reminder of a waiting step: after `after` ms of silence say something, or end the flow with a label."""

    after: int
    say: Phrase | None = None
    end: str | None = None


class Option(msgspec.Struct, frozen=True):
    """One choice. `target` is the step to go to when taken, None for the step behind the `choose`."""

    key: str
    text: Phrase
    also: tuple[str, ...] = ()
    target: str | None = None
    url: Phrase | None = None
    clear: tuple[str, ...] = ()
    cancel: bool = False
    guard: Expression | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What every step has. `shape` is a hash of what the customer is asked, to notice edits while people wait."""

    id: str
    line: int
    shape: str = ""
    next: str | None = None
    guard: Expression | None = None
    named: bool = True


class Say(Step, frozen=True, kw_only=True):
    """Send; several texts are variants taken in turn."""

    texts: tuple[Phrase, ...]
    buttons: tuple[StepButton, ...] = ()
    media: tuple[Media, ...] = ()


class Waiting(Step, frozen=True, kw_only=True):
    """What `ask` and `choose` share: a step that waits for the customer."""

    question: Phrase
    save: str = ""
    retry: tuple[Phrase, ...] = ()
    tries: int = 3
    on_fail: str | None = None
    remind: tuple[Remind, ...] = ()
    buttons: tuple[StepButton, ...] = ()
    interrupts: "Interrupts | None" = None


class Ask(Waiting, frozen=True, kw_only=True):
    """Ask for a slot. `optional` is the label of the button that skips it."""

    type: SlotType
    optional: Phrase | None = None
    hint: Phrase | None = None
    always: bool = False


class Choose(Waiting, frozen=True, kw_only=True):
    """Ask to choose: from `options`, or from the rows held by the name `rows_from`, labelled by `row_label`; what is
    chosen begins with the column `row_title`, so that it is shown by it."""

    options: tuple[Option, ...] = ()
    rows_from: str = ""
    row_label: Template | None = None
    row_title: str = ""
    columns: int = 0
    multiple: bool = False


class Condition(msgspec.Struct, frozen=True):
    """One line of `where`: `column operator value`."""

    column: str
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    value: Template


class Find(Step, frozen=True, kw_only=True):
    """Rows of a table that fit, saved as a list of rows; `descending` where `sort` began with a minus."""

    table: str
    where: tuple[Condition, ...] = ()
    sort: str = ""
    descending: bool = False
    top: int = 0
    save: str = ""


class Set(Step, frozen=True, kw_only=True):
    """Names and what they become. `clear` forgets names (an option's `clear`), kept values too."""

    values: tuple[tuple[str, Expression], ...] = ()
    clear: tuple[str, ...] = ()


class If(Step, frozen=True, kw_only=True):
    """A branch: `then` and `otherwise` are first steps of blocks; None goes to `next`."""

    condition: Expression
    then: str | None = None
    otherwise: str | None = None


class Call(Step, frozen=True, kw_only=True):
    """Another flow, and back; `FAQ` is the built-in browser of the FAQ's topics."""

    flow: str
    values: tuple[tuple[str, Template], ...] = ()
    save: str = ""


class Goto(Step, frozen=True, kw_only=True):
    """Jump to a step's id in this flow, to `START` or to `MENU`."""

    target: str


class Action(Step, frozen=True, kw_only=True):
    """A built-in verb (`ticket.create`, …) or the owner's Python. `timeout` in ms."""

    verb: str
    values: tuple[tuple[str, Template], ...] = ()
    save: str = ""
    timeout: int = 10_000
    on_error: str | None = None


class Http(Step, frozen=True, kw_only=True):
    """A call to another system. Parts of the URL that come from templates are percent-encoded."""

    method: str
    url: Template
    headers: tuple[tuple[str, Template], ...] = ()
    json: Any = None
    form: tuple[tuple[str, Template], ...] = ()
    save: str = ""
    timeout: int = 10_000
    retries: int = 0
    on_error: str | None = None


class Handoff(Step, frozen=True, kw_only=True):
    """To the operators; the flow goes on at `next` when they give the conversation back."""

    reason: Phrase
    queue: str = ""
    priority: int = 0
    say: Phrase | None = None
    offline: Phrase | None = None
    note: Phrase | None = None


class Wait(Step, frozen=True, kw_only=True):
    """Go on after `duration` ms, or at the next `until` (minutes after midnight, the project's time zone)."""

    duration: int = 0
    until: int | None = None
    on_message: str | None = None


class End(Step, frozen=True, kw_only=True):
    """The flow ends with a label."""

    label: str
    say: Phrase | None = None


class Interrupts(msgspec.Struct, frozen=True):
    """How a flow, or one waiting step, may be interrupted. An empty phrase means: without asking, without a word."""

    faq: Literal["answer_and_return", "off"] = "answer_and_return"
    operator: bool = True
    operator_note: Phrase | None = None
    operator_confirm: Phrase | None = None
    cancel: bool = True
    cancel_confirm: Phrase | None = None
    cancel_say: Phrase | None = None


class Start(msgspec.Struct, frozen=True):
    """How a flow begins."""

    commands: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    guard: Expression | None = None
    fallback: bool = False


class Slot(msgspec.Struct, frozen=True):
    """A named answer and the form it is kept in."""

    name: str
    type: SlotType
    keep: bool = False
    personal: bool = False


class Flow(msgspec.Struct, frozen=True):
    """One file `flows/<id>.yaml`. `names` are all names its templates may use beside the built-in ones."""

    id: str
    title: str
    path: str
    start: Start
    slots: Mapping[str, Slot]
    steps: Mapping[str, Step]
    first: str
    interrupts: Interrupts = Interrupts()
    on_update: Literal["keep", "restart"] = "keep"
    names: frozenset[str] = frozenset()


class FaqEntry(msgspec.Struct, frozen=True):
    """One thing people ask, and its answer."""

    id: str
    topic: str
    questions: tuple[str, ...]
    answer: Phrase
    buttons: tuple[StepButton, ...] = ()
    channels: tuple[str, ...] = ()
    line: int = 0


class Reply(msgspec.Struct, frozen=True):
    """A canned answer of the operators, from `replies.yaml`."""

    name: str
    text: Template
    files: tuple[Media, ...] = ()
