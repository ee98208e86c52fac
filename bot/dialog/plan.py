"""What the engine works out once per script, so that a turn need not: phrases, personal names, trace lines."""

from collections.abc import Mapping
from typing import Any

from bot.dialog.flow import (
    Ask,
    Call,
    Choose,
    End,
    Find,
    Flow,
    If,
    Phrase,
    Say,
    Set,
    Start,
    Wait,
    Waiting,
)
from bot.dialog.slots.choice import ChoiceType, YesNoType
from bot.faq import normalise
from bot.model.turn import Decision

FLOW_ID = "flow:"
_SPEAKING = (Say, Set, If, Find, End)


class Plan:
    """One flow, with what follows from it alone. `answers` are the names that customers fill, `keeps` the slots whose
    values are kept of them, `personal` the names whose values are personal data, `walks` every step with its trace line,
    `questions` the steps that ask (`bare`: with nothing beside their text; `reminding`: with reminders; `same`: with
    options that are the same for everybody, `fixed` on a kind of channel once they were shown there), `waits` those
    that wait for a time, `only_speaks` that it has nothing but words."""

    __slots__ = (
        "answers", "bare", "fixed", "flow", "keeps", "only_speaks", "personal", "questions", "reminding", "same", "steps", "waits", "walks",
    )  # fmt: skip

    def __init__(self, flow: Flow, flows: Mapping[str, Flow]) -> None:
        self.flow = flow
        self.steps = dict(flow.steps)
        self.fixed: dict[tuple[str, str], Any] = {}
        self.walks = {
            step_id: (step, Decision(type(step).__name__.lower(), f"{flow.id}/{step_id}"))
            for step_id, step in flow.steps.items()
        }
        self.questions = {
            step_id: step for step_id, step in flow.steps.items() if isinstance(step, Waiting)
        }
        questions = self.questions.values()
        self.reminding = frozenset(step.id for step in questions if step.remind)
        self.waits = frozenset(step.id for step in flow.steps.values() if isinstance(step, Wait))
        self.bare = frozenset(step.id for step in questions if _is_bare(step))
        self.same = frozenset(step.id for step in questions if _is_same(step))
        self.answers = frozenset(step.save for step in questions if step.save)
        self.only_speaks = all(isinstance(step, _SPEAKING) for step in flow.steps.values())
        self.keeps = {slot.name: slot for slot in flow.slots.values() if slot.keep}
        self.personal = frozenset(_personal(flow, flows, set()))


def _is_bare(step: Waiting) -> bool:
    """Whether a question is nothing but its text."""
    return (
        isinstance(step, Ask)
        and not step.buttons
        and step.optional is None
        and not isinstance(step.type, ChoiceType | YesNoType)
    )


def _is_same(step: Waiting) -> bool:
    """Whether a question offers the same options to everybody, on one kind of channel."""
    return (
        isinstance(step, Choose)
        and bool(step.options)
        and not (step.rows_from or step.multiple or step.buttons)
        and all(
            option.guard is None and option.url is None and _is_static(option.text)
            for option in step.options
        )
    )


def _is_static(phrase: Phrase) -> bool:
    return all(template.static for template in (phrase.default, *phrase.by_channel.values()))


def _personal(flow: Flow, flows: Mapping[str, Flow], seen: set[str]) -> set[str]:
    """Personal slots, and results of called flows that have some."""
    seen.add(flow.id)
    names = {slot.name for slot in flow.slots.values() if slot.personal}
    for step in flow.steps.values():
        if isinstance(step, Call) and step.save and step.flow in flows:
            called = flows[step.flow]
            if called.id not in seen and _personal(called, flows, set(seen)):
                names.add(step.save)
    return names


NO_PLAN = Plan(Flow("", "", "", Start(), {}, {}, ""), {})
"""The plan of what is no flow of the script: the built-in browser of the FAQ, and a flow that is gone."""


class Prepared:
    """The plans of a script by the ids of flows, and its phrases by their normalised form. `reminds`: some question has
    reminders."""

    __slots__ = ("phrases", "plans", "reminds")

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self.plans = {id: Plan(flow, flows) for id, flow in flows.items()}
        self.reminds = any(plan.reminding for plan in self.plans.values())
        self.phrases: dict[str, str] = {}
        for flow in flows.values():
            for phrase in flow.start.phrases:
                self.phrases.setdefault(normalise(phrase), flow.id)
