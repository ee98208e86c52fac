"""One turn on the workbench: the state of the talk, thawed so that steps may change it, frozen again at the end.

Nothing of it leaves the turn. Everything in `bot.dialog` that decides or speaks is a function of a `Work`.
"""

from functools import lru_cache
from typing import Any

import msgspec

from bot.dialog import enclosed
from bot.dialog.flow import Phrase
from bot.dialog.moment import Moment
from bot.dialog.outcome import Handover, Outcome
from bot.dialog.plan import Plan, prepare
from bot.dialog.templates import Template
from bot.dialog.texts import TEXTS
from bot.dialog.values import Surroundings, Values
from bot.faq import Match, normalise
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.dialog import Dialog, Frame, Pending, PendingKind
from bot.model.effect import Edit, Effect, Remember, Send
from bot.model.message import Message
from bot.model.text import Text
from bot.model.turn import Decision

known = lru_cache(maxsize=4096)(normalise)
"""Short texts, normalised."""
SHORT = 40
REMIND = "remind:"
WAIT = "wait"
_NOTHING: dict[str, Any] = {}
_NONE = frozenset[str]()
_NO_STEPS: dict[str, int] = {}


class Place:
    """A frame that may be changed: one flow in progress. `plan` is None for the built-in browser of the FAQ."""

    __slots__ = (
        "_around", "_values", "asked_at", "call", "flow", "kept", "misses", "plan", "result", "shape",
        "since", "skipped", "slots", "step", "visit",
    )  # fmt: skip

    def __init__(self, frame: Frame, plan: Plan | None, around: Surroundings) -> None:
        self.flow = frame.flow
        self.plan = plan
        self.step = frame.step
        self.shape = frame.shape
        self.visit = frame.visit
        self.slots: dict[str, Any] = dict(frame.slots)
        self.skipped = frame.skipped
        self.kept = frame.kept
        self.misses = frame.misses
        self.call = frame.call
        self.result = frame.result
        self.asked_at = frame.asked_at
        self.since = frame.since
        self._around = around
        self._values: Values | None = None

    @property
    def values(self) -> Values:
        """The names that templates of the flow may use."""
        values = self._values
        if values is None:
            values = self._values = Values(self.slots, self._around)
        return values

    def frozen(self) -> Frame:
        """The frame as it is kept."""
        return Frame(
            self.flow, self.step, self.shape, self.visit, self.slots, self.skipped, self.misses,
            self.call, self.result, self.asked_at, self.since, self.kept,
        )  # fmt: skip

    @property
    def asked(self) -> bool:
        """Whether the step was arrived at and waits; otherwise it is still to be walked."""
        return self.asked_at > 0


class Work:
    """Everything of one turn. `spoke` tells that the customer caused it, by a message or a press; `spoken` that the bot
    has said something in it; `words` is the `text` that is being decided, normalised."""

    __slots__ = (
        "answered", "business", "conversation", "customer", "effects", "ended", "greeted", "handover",
        "heard", "kind", "last", "match", "misses", "moment", "now", "pending", "prepared", "script", "spoke", "spoken", "stack", "start_argument", "steps", "text", "trace", "turns",
        "visit", "walked", "words",
    )  # fmt: skip

    def __init__(self, conversation: Conversation, moment: Moment, spoke: bool) -> None:
        dialog = conversation.dialog
        self.conversation = conversation
        self.customer: Customer = conversation.customer
        self.kind = conversation.kind
        self.moment = moment
        self.now = moment.now
        self.script = moment.script
        self.business = moment.business
        self.prepared = prepared = prepare(moment.script)
        self.stack: list[Place] = []
        for frame in dialog.stack:
            self.stack.append(Place(frame, prepared.plans.get(frame.flow), self))
        self.pending: Pending | None = dialog.pending
        self.visit = dialog.visit
        self.misses = dialog.misses
        self.turns = dialog.turns
        self.last = dialog.last
        self.ended = dialog.ended
        self.greeted = dialog.greeted
        self.start_argument = dialog.start_argument
        self.answered = dialog.answered
        self.walked = {} if spoke else dict(dialog.walked)
        self.steps = 0
        self.spoke = spoke
        self.spoken = False
        self.effects: list[Effect] = []
        self.trace: list[Decision] = []
        self.handover: Handover | None = None
        self.heard = True
        self.text = ""
        self.words = ""
        self.match: Match | None = None

    # the text that is being decided

    def read(self, text: str) -> None:
        """Take up a text; what was worked out about another one is forgotten."""
        if text != self.text:
            # Short texts are mostly labels and names, and come again and again.
            self.words = known(text) if len(text) <= SHORT else normalise(text)
            self.text, self.match = text, None

    def matched(self) -> Match:
        """What the text asks, looked up once. Raises `MatchWanted`."""
        match = self.match
        if match is None:
            match = self.match = self.moment.look_up(self.text)
        return match

    # the stack

    @property
    def top(self) -> Place | None:
        """The flow that is running."""
        return self.stack[-1] if self.stack else None

    def push(self, flow_id: str, values: dict[str, Any], result: str = "") -> Place:
        """Begin a flow on top, with what is kept of the customer and `values` filled in. It is not walked yet."""
        plan = self.prepared.plans.get(flow_id)
        slots: dict[str, Any] = {}
        kept: tuple[str, ...] = ()
        first = ""
        if plan is not None:
            attributes = self.customer.attributes
            slots = {name: attributes[name] for name in plan.keeps if name in attributes}
            first = plan.flow.first
        slots.update(values)
        if slots:
            kept = tuple(slots)
        frame = Frame(flow_id, first, slots=slots, result=result, since=self.now, kept=kept)
        place = Place(frame, plan, self)
        self.stack.append(place)
        return place

    def leave(self, label: str) -> None:
        """The flow on top ends; its result goes to the caller."""
        place = self.stack.pop()
        # The FAQ's browser, and a caller with nothing left to do, do not count as what ended last.
        passed_through = not label and self.trace and self.trace[-1].rule == "end"
        if place.plan is not None and not passed_through:
            self._ended(place, label)
        if self.stack and not self.waiting_for_time(self.stack[-1]):
            enclosed.pass_on(place, self.stack[-1])
        if place.result and self.stack:
            answers = {name: value for name, value in place.slots.items() if name[:1] != "?"}
            self.stack[-1].slots[place.result] = {"ended": label, **answers}

    def clear(self, label: str) -> None:
        """End every flow at once, but for those below that wait for a time of their own."""
        self.pending = None
        if self.stack:
            self._ended(self.stack[-1], label)
            del self.stack[self._base(len(self.stack) - 1) :]

    def leave_for(self, flow_id: str, values: dict[str, Any] | None = None) -> Place:
        """Begin a flow in place of those that run. One that waits for a time stays below."""
        self.pending = None
        self.misses = 0
        base = self._base(len(self.stack))
        if base < len(self.stack):
            self.last, self.ended = self.stack[-1].frozen(), ""
            del self.stack[base:]
        self.trace.append(Decision("start", flow_id))
        return self.push(flow_id, values or {})

    def _base(self, top: int) -> int:
        """How many places below `top` are not of the same stack of calls: a wait is nobody's caller."""
        while top and not self.waiting_for_time(self.stack[top - 1]):
            top -= 1
        return top

    def _ended(self, place: Place, label: str) -> None:
        self.last, self.ended = place.frozen(), label
        self.trace.append(Decision("end", place.flow, label))

    def next_visit(self) -> int:
        """A number for an arrival, never given before in this conversation."""
        self.visit += 1
        return self.visit

    def wait_for(self, kind: PendingKind, *choices: str) -> int:
        """Put a question of our own above the flow's; returns its visit."""
        visit = self.next_visit()
        self.pending = Pending(kind, self.text, choices, visit)
        return visit

    # speaking

    def say(self, text: Text) -> None:
        """Send a text to the customer."""
        self.spoken = True
        self.effects.append(Send(Message(text)))

    def send(self, message: Message, key: str = "") -> None:
        """Send a message; `key` names it for a later edit."""
        self.spoken = True
        self.effects.append(Send(message, key=key))

    def edit(self, message: Message, key: str) -> None:
        """Replace a message that was sent under a key."""
        self.spoken = True
        self.effects.append(Edit(message, key))

    def own(self, key: str, **values: str) -> Text:
        """A phrase of our own, its `{names}` filled in."""
        phrase = self.business.texts.get(key)
        if phrase is None:
            phrase = TEXTS[self.business.language][key]
        for name, value in values.items():
            phrase = phrase.replace(f"{{{name}}}", value)
        return Text(phrase)

    def render(self, template: Template, place: Place | None = None) -> Text:
        """A template filled in with the names of `place`, or of no flow."""
        if template.static:
            return template.text
        values = Values(_NOTHING, self) if place is None else place.values
        return template.render(values, self.personal(place))

    def phrase(self, phrase: Phrase, place: Place | None = None) -> Text:
        """What a phrase says on this kind of channel, filled in as `render` does it."""
        template = phrase.on(self.kind) if phrase.by_channel else phrase.default
        return template.text if template.static else self.render(template, place)

    def personal(self, place: Place | None) -> frozenset[str]:
        """The names whose values are personal data, for the templates of a flow (or of none)."""
        own = place.plan.personal if place is not None and place.plan is not None else _NONE
        kept = self.customer.personal
        return own.union([f"customer.{name}" for name in kept]) if kept else own

    # deciding

    def decide(self, rule: str, detail: str = "", score: float = 0.0) -> None:
        """Write a line of the trace, at the step that waits."""
        step = ""
        if self.stack:
            place = self.stack[-1]
            line = place.plan.walked.get(place.step) if place.plan is not None else None
            step = line.step if line is not None else f"{place.flow}/{place.step}"
        self.trace.append(Decision(rule, step, detail, score))

    def remember(self, name: str, value: Any, *, personal: bool) -> None:
        """Keep a value about the customer, or forget it (None); nothing personal of one whom nobody vouches for."""
        if personal and value is not None and not self.conversation.proven:
            return
        customer = self.customer
        attributes, marked = customer.attributes.copy(), customer.personal
        attributes.pop(name, None)
        if name in marked:
            marked = tuple(other for other in marked if other != name)
        if value is not None:
            attributes[name] = value
            marked = (*marked, name) if personal else marked
        self.customer = msgspec.structs.replace(customer, attributes=attributes, personal=marked)
        self.effects.append(Remember(name, value, personal))

    # the end of the turn

    def freeze(self) -> Outcome:
        """The turn's outcome; the workbench is of no use afterwards."""
        before, stack = self.conversation, self.stack
        # Only a flow that goes on without the customer may run in a circle from turn to turn.
        alone = stack and (stack[-1].call or self.waiting_for_time(stack[-1]))
        dialog = Dialog(
            tuple(map(Place.frozen, stack)), self.pending,
            self.script.hash if stack else before.dialog.script, self.visit, self.misses, self.turns,
            self.last, self.ended, self.greeted, self.start_argument,
            self.walked if alone else _NO_STEPS, self.answered,
        )  # fmt: skip
        after = Conversation(
            before.id, before.channel, before.address, before.kind, self.customer, dialog,
            before.ticket, before.unreachable,
        )  # fmt: skip
        # Places know their workbench: without this cut every turn would leave a cycle to the collector.
        stack.clear()
        return Outcome(after, tuple(self.effects), tuple(self.trace), self.handover, self.heard)

    def waiting_for_time(self, place: Place) -> bool:
        """Whether the place stands at a `wait` step."""
        plan = place.plan
        return plan is not None and place.step in plan.waits and place.asked_at > 0
