"""What the engine works out once per script, so that a turn need not: phrases, personal names, trace lines."""

from typing import Any

from bot.dialog.flow import Ask, Call, End, Find, Flow, If, Say, Set, Wait, Waiting
from bot.dialog.script import Script
from bot.dialog.slots.choice import ChoiceType, YesNoType
from bot.faq import normalise
from bot.model.turn import Decision

FLOW_ID = "flow:"
_SPEAKING = (Say, Set, If, Find, End)
_KEPT = 8


class Plan:
    """One flow, with what follows from it alone. `answers` are the names that customers fill, `personal` those
    whose values are personal data, `walked` the trace line of every step, `questions` the steps that ask (`bare`: with nothing beside their text;
    `reminding`: with reminders), `waits` those that wait for a time, `only_speaks` that it has nothing but words, `fixed` the choices that are the same for everybody."""

    __slots__ = (
        "answers", "bare", "fixed", "flow", "keeps", "only_speaks", "personal", "questions", "reminding", "steps", "waits", "walked",
    )  # fmt: skip

    def __init__(self, flow: Flow, script: Script) -> None:
        self.flow = flow
        self.steps = dict(flow.steps)
        self.fixed: dict[tuple[str, str], Any] = {}
        self.walked = {
            step_id: Decision(type(step).__name__.lower(), f"{flow.id}/{step_id}")
            for step_id, step in flow.steps.items()
        }
        self.questions = {
            step_id: step for step_id, step in flow.steps.items() if isinstance(step, Waiting)
        }
        questions = self.questions.values()
        self.reminding = frozenset(step.id for step in questions if step.remind)
        self.waits = frozenset(step.id for step in flow.steps.values() if isinstance(step, Wait))
        self.bare = frozenset(step.id for step in questions if _is_bare(step))
        self.answers = frozenset(step.save for step in questions if step.save)
        self.only_speaks = all(isinstance(step, _SPEAKING) for step in flow.steps.values())
        self.keeps = tuple(slot.name for slot in flow.slots.values() if slot.keep)
        self.personal = frozenset(_personal(flow, script, set()))


def _is_bare(step: Waiting) -> bool:
    """Whether a question is nothing but its text."""
    return (
        isinstance(step, Ask)
        and not step.buttons
        and step.optional is None
        and not isinstance(step.type, ChoiceType | YesNoType)
    )


def _personal(flow: Flow, script: Script, seen: set[str]) -> set[str]:
    """Personal slots, and results of called flows that have some."""
    seen.add(flow.id)
    names = {slot.name for slot in flow.slots.values() if slot.personal}
    for step in flow.steps.values():
        if isinstance(step, Call) and step.save and step.flow in script.flows:
            called = script.flows[step.flow]
            if called.id not in seen and _personal(called, script, set(seen)):
                names.add(step.save)
    return names


class Prepared:
    """A script with its plans by the ids of flows, and its phrases by their normalised form. `reminds`: some question
    has reminders."""

    __slots__ = ("phrases", "plans", "reminds", "script")

    def __init__(self, script: Script) -> None:
        self.script = script
        self.plans = {id: Plan(flow, script) for id, flow in script.flows.items()}
        self.reminds = any(plan.reminding for plan in self.plans.values())
        self.phrases: dict[str, str] = {}
        for flow in script.flows.values():
            for phrase in flow.start.phrases:
                self.phrases.setdefault(normalise(phrase), flow.id)


_prepared: dict[int, Prepared] = {}


def prepare(script: Script) -> Prepared:
    """What follows from a script, worked out at its first use. Only the last few scripts are remembered."""
    prepared = _prepared.get(id(script))
    if prepared is None or prepared.script is not script:
        if len(_prepared) >= _KEPT:
            _prepared.clear()
        prepared = _prepared[id(script)] = Prepared(script)
    return prepared
