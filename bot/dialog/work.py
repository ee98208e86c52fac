"""One turn on the workbench: the state of the talk, thawed so that steps may change it, frozen again at the end.

Nothing of it leaves the turn. Everything in `bot.dialog` that decides or speaks is a function of a `Work`.
"""

from collections import Counter
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from bot.dialog import enclosed
from bot.dialog.flow import Phrase
from bot.dialog.moment import Moment
from bot.dialog.outcome import Handover, Outcome
from bot.dialog.plan import NO_PLAN, Plan
from bot.dialog.templates import Template
from bot.dialog.texts import TEXTS
from bot.dialog.values import Surroundings, Values
from bot.faq import Match, normalise
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.dialog import Frame, Pending, PendingKind
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
    """A frame that may be changed: one flow in progress. `plan` is `NO_PLAN` for the built-in browser of the FAQ. `frame` is
    what was taken up: what of it seldom changes is read there, and changed by `pass_over` and `unmark`."""

    __slots__ = (
        "_around", "_values", "asked_at", "call", "flow", "frame", "misses", "plan", "shape", "slots", "step", "visit",
    )  # fmt: skip

    def __init__(self, frame: Frame, plan: Plan, around: Surroundings) -> None:
        self.frame = frame
        self.flow = frame.flow
        self.plan = plan
        self.step = frame.step
        self.shape = frame.shape
        self.visit = frame.visit
        self.slots: dict[str, Any] = frame.slots.copy()
        self.misses = frame.misses
        self.call = frame.call
        self.asked_at = frame.asked_at
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
        return replace(
            self.frame, step=self.step, shape=self.shape, visit=self.visit, slots=self.slots,
            misses=self.misses, call=self.call, asked_at=self.asked_at,
        )  # fmt: skip

    def pass_over(self, name: str) -> None:
        """Note that an optional slot was passed over."""
        if name not in self.frame.skipped:
            self.frame = replace(self.frame, skipped=(*self.frame.skipped, name))

    def unmark(self, name: str) -> None:
        """A slot has another value now: it was neither passed over nor filled in when the flow began."""
        frame = self.frame
        self.frame = replace(
            frame,
            skipped=tuple(other for other in frame.skipped if other != name),
            kept=tuple(other for other in frame.kept if other != name),
        )

    @property
    def asked(self) -> bool:
        """Whether the step was arrived at and waits; otherwise it is still to be walked."""
        return self.asked_at > 0


class Work:
    """Everything of one turn. `spoke` tells that the customer caused it, by a message or a press; `spoken` that the bot
    has said something in it; `words` is the `text` that is being decided, normalised; `walked` names the steps that
    were walked since the customer's last word. What seldom changes of the `dialog` is read there, and changed by
    replacing it whole."""

    __slots__ = (
        "business", "conversation", "customer", "dialog", "effects", "filed", "greeted", "handover", "heard", "match", "misses", "moment",
        "now", "pending", "prepared", "script", "spoke", "spoken", "stack", "text", "trace", "visit", "walked", "words",
    )  # fmt: skip

    def __init__(self, conversation: Conversation, moment: Moment, spoke: bool) -> None:
        self.conversation = conversation
        self.customer: Customer = conversation.customer
        self.dialog = dialog = conversation.dialog
        self.moment = moment
        self.now = moment.now
        self.script = script = moment.script
        self.business = moment.business
        self.prepared = prepared = script.prepared
        self.stack: list[Place] = []
        for frame in dialog.stack:
            self.stack.append(Place(frame, prepared.plans.get(frame.flow, NO_PLAN), self))
        self.pending: Pending | None = dialog.pending
        self.visit = dialog.visit
        self.misses = dialog.misses
        self.greeted = dialog.greeted
        self.walked = [] if spoke else list(Counter(dialog.walked).elements())
        self.spoke = spoke
        self.spoken = False
        self.effects: list[Effect] = []
        self.trace: list[Decision] = []
        self.handover: Handover | None = None
        self.filed = False
        self.heard = True
        self.text = ""
        self.words = ""
        self.match: Match | None = None

    # the text that is being decided

    def read(self, text: str) -> None:
        """Take up a text; what was worked out about another one is forgotten."""
        # Short texts are mostly labels and names, and come again and again.
        self.words = known(text) if len(text) <= SHORT else normalise(text)
        self.text = text
        self.match = None

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
        plan = self.prepared.plans.get(flow_id, NO_PLAN)
        attributes = self.customer.attributes
        slots = {name: attributes[name] for name in plan.keeps if name in attributes}
        slots.update(values)
        frame = Frame(
            flow_id, plan.flow.first, slots=slots, result=result, since=self.now, kept=tuple(slots)
        )
        place = Place(frame, plan, self)
        self.stack.append(place)
        return place

    def leave(self, label: str) -> bool:
        """The flow on top ends; its result goes to the caller. Whether the flow below goes on waiting for something
        else than the customer, as it did when this one came on top of it."""
        place = self.stack.pop()
        # The FAQ's browser, and a caller with nothing left to do, do not count as what ended last.
        passed_through = not label and self.trace and self.trace[-1].rule == "end"
        if place.plan is not NO_PLAN and not passed_through:
            self._ended(place, label)
        if not self.stack:
            return False
        below = self.stack[-1]
        waits = self.waiting_for_time(below)
        if not waits:
            enclosed.pass_on(place, below)
        if place.frame.result:
            answers = {name: value for name, value in place.slots.items() if name[:1] != "?"}
            below.slots[place.frame.result] = {"ended": label, **answers}
        return waits or bool(below.call)

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
            self.dialog = replace(self.dialog, last=self.stack[-1].frozen(), ended="")
            del self.stack[base:]
        self.trace.append(Decision("start", flow_id))
        return self.push(flow_id, values or {})

    def _base(self, top: int) -> int:
        """How many places below `top` are not of the same stack of calls: a wait is nobody's caller."""
        while top and not self.waiting_for_time(self.stack[top - 1]):
            top -= 1
        return top

    def _ended(self, place: Place, label: str) -> None:
        self.dialog = replace(self.dialog, last=place.frozen(), ended=label)
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
        template = phrase.on(self.conversation.kind) if phrase.by_channel else phrase.default
        return template.text if template.static else self.render(template, place)

    def personal(self, place: Place | None) -> frozenset[str]:
        """The names whose values are personal data, for the templates of a flow (or of none)."""
        own = place.plan.personal if place is not None else _NONE
        kept = self.customer.personal
        return own.union([f"customer.{name}" for name in kept]) if kept else own

    # deciding

    def decide(self, rule: str, detail: str = "", score: float = 0.0) -> None:
        """Write a line of the trace, at the step that waits."""
        stack = self.stack
        step = f"{stack[-1].flow}/{stack[-1].step}" if stack else ""
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
        self.customer = replace(customer, attributes=attributes, personal=marked)
        self.effects.append(Remember(name, value, personal))

    # the end of the turn

    def freeze(self) -> Outcome:
        """The turn's outcome; the workbench is of no use afterwards."""
        before, stack = self.dialog, self.stack
        frames: tuple[Frame, ...] = ()
        for place in stack:
            frames = (*frames, place.frozen())
        # Only a flow that goes on without the customer may run in a circle from turn to turn.
        top = stack[-1] if stack else None
        alone = top is not None and (top.call or self.waiting_for_time(top))
        dialog = replace(
            before, stack=frames, pending=self.pending,
            script=self.script.hash if stack else before.script, visit=self.visit, misses=self.misses,
            greeted=self.greeted, walked=dict(Counter(self.walked)) if alone else _NO_STEPS,
        )  # fmt: skip
        after = replace(self.conversation, customer=self.customer, dialog=dialog)
        # Places know their workbench: without this cut every turn would leave a cycle to the collector.
        stack.clear()
        return Outcome(
            after, tuple(self.effects), tuple(self.trace), self.handover, self.filed, self.heard
        )

    def waiting_for_time(self, place: Place) -> bool:
        """Whether the place stands at a `wait` step."""
        return place.step in place.plan.waits and place.asked_at > 0
