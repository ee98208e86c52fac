"""Scripts of a few lines, and talking to the engine with them."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from bot.dialog import engine, flow, slots
from bot.dialog.moment import Moment
from bot.dialog.outcome import Outcome
from bot.dialog.script import Script
from bot.dialog.templates import compile_expression, compile_text
from bot.dialog.texts import TEXTS
from bot.faq import Match, Matcher, Question
from bot.model.abilities import EMAIL, TELEGRAM, Abilities
from bot.model.business import Business, ConsentText, Queue, Words
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.effect import Effect, Send, SetTimer
from bot.model.event import ButtonPressed, Event, MessageReceived, TimerFired
from bot.model.hours import Hours
from bot.model.message import Button, Contact, Message, say
from bot.model.text import Text

MINUTE = 60_000
HOUR = 60 * MINUTE
MONDAY = 1_780_909_200_000
"""2026-06-08 12:00 in Moscow."""

WORDS = Words(
    cancel=frozenset({"отмена", "отменить", "стоп"}),
    operator=frozenset({"оператор", "человек"}),
    menu=frozenset({"меню"}),
)
BUSINESS = Business(
    name="Импульс",
    language="ru",
    timezone="Europe/Moscow",
    hours=Hours(timezone="Europe/Moscow"),
    queues=(Queue("общая", "Общая"), Queue("ремонт", "Ремонт")),
    words=WORDS,
    texts=TEXTS["ru"],
    vars={"телефон_офиса": "+7 495 000-00-00"},
)
CUSTOMER = Customer(1)
CONSENT = ConsentText("Можно сохранить ваш номер?", version=2)


def text(source: str) -> flow.Phrase:
    """A phrase."""
    return flow.Phrase(compile_text(source))


def expression(source: str | None) -> Any:
    """An expression, or none."""
    return None if source is None else compile_expression(source)


def _phrases(sources: str | list[str] | None) -> tuple[flow.Phrase, ...]:
    listed = [sources] if isinstance(sources, str) else sources or []
    return tuple(text(source) for source in listed)


def _optional(source: str | None) -> flow.Phrase | None:
    return None if source is None else text(source)


StepMaker = Callable[[str, str | None], flow.Step]


def _common(id: str, next_id: str | None, given: dict[str, Any], words: str) -> dict[str, Any]:
    return {
        "id": id,
        "line": 1,
        "shape": given.pop("shape", words),
        "next": given.pop("next", next_id),
        "guard": expression(given.pop("when", None)),
    }


def button(label: str, **given: Any) -> flow.StepButton:
    """A button beside a text."""
    url = given.pop("url", None)
    return flow.StepButton(text(label), url=_optional(url), **given)


class Steps:
    """Makers of steps: each takes its id, then what stands in YAML."""

    def say(self, id: str, *texts: str, **given: Any) -> flow.Say:
        return flow.Say(
            **_common(id, None, given, texts[0]), texts=tuple(text(one) for one in texts), **given
        )

    def ask(self, save: str, question: str, type: str = "text", **given: Any) -> flow.Ask:
        parameters = given.pop("parameters", {})
        return flow.Ask(
            **_common(given.pop("id", save), None, given, question),
            question=text(question),
            save=save,
            type=slots.build(type, parameters),
            retry=_phrases(given.pop("retry", None)),
            optional=_optional(given.pop("optional", None)),
            hint=_optional(given.pop("hint", None)),
            remind=reminders(given.pop("remind", ())),
            **given,
        )

    def choose(self, id: str, question: str, *options: flow.Option, **given: Any) -> flow.Choose:
        label = given.pop("label", None)
        return flow.Choose(
            **_common(id, None, given, question),
            question=text(question),
            options=options,
            retry=_phrases(given.pop("retry", None)),
            remind=reminders(given.pop("remind", ())),
            row_label=None if label is None else compile_text(label),
            **given,
        )

    def set(self, id: str, **given: Any) -> flow.Set:
        common = _common(id, None, given, "")
        clear = given.pop("clear", ())
        values = tuple((name, compile_expression(source)) for name, source in given.items())
        return flow.Set(**common, values=values, clear=clear)

    def branch(
        self, id: str, condition: str, then: str | None, otherwise: str | None = None, **given: Any
    ) -> flow.If:
        return flow.If(
            **_common(id, None, given, ""),
            condition=compile_expression(condition),
            then=then,
            otherwise=otherwise,
        )

    def call(self, id: str, flow_id: str, **given: Any) -> flow.Call:
        values = _templates(given.pop("values", {}))
        return flow.Call(**_common(id, None, given, ""), flow=flow_id, values=values, **given)

    def goto(self, id: str, target: str, **given: Any) -> flow.Goto:
        return flow.Goto(**_common(id, None, given, ""), target=target)

    def find(self, id: str, table: str, **given: Any) -> flow.Find:
        where = tuple(
            flow.Condition(column, operator, compile_text(value))
            for column, operator, value in given.pop("where", ())
        )
        return flow.Find(**_common(id, None, given, ""), table=table, where=where, **given)

    def action(self, id: str, verb: str, **given: Any) -> flow.Action:
        values = _templates(given.pop("values", {}))
        return flow.Action(**_common(id, None, given, ""), verb=verb, values=values, **given)

    def http(self, id: str, url: str, **given: Any) -> flow.Http:
        return flow.Http(
            **_common(id, None, given, ""),
            method=given.pop("method", "GET"),
            url=compile_text(url),
            headers=_templates(given.pop("headers", {})),
            form=_templates(given.pop("form", {})),
            **given,
        )

    def handoff(self, id: str, reason: str, **given: Any) -> flow.Handoff:
        return flow.Handoff(
            **_common(id, None, given, ""),
            reason=text(reason),
            say=_optional(given.pop("say", None)),
            note=_optional(given.pop("note", None)),
            **given,
        )

    def wait(self, id: str, **given: Any) -> flow.Wait:
        return flow.Wait(**_common(id, None, given, ""), **given)

    def end(self, label: str, say: str | None = None, **given: Any) -> flow.End:
        return flow.End(
            **_common(given.pop("id", label), None, given, ""), label=label, say=_optional(say)
        )


do = Steps()


def _templates(values: Mapping[str, str]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, compile_text(source)) for name, source in values.items())


def reminders(given: Any) -> tuple[flow.Remind, ...]:
    """Pairs (ms, text) or triples (ms, text, label of the end)."""
    return tuple(
        flow.Remind(one[0], _optional(one[1]), one[2] if len(one) > 2 else None) for one in given
    )


def option(key: str, label: str | None = None, **given: Any) -> flow.Option:
    """An option of a `choose`."""
    guard = expression(given.pop("when", None))
    url = _optional(given.pop("url", None))
    return flow.Option(key, text(label or key), guard=guard, url=url, **given)


def slot(name: str, type: str = "text", **given: Any) -> flow.Slot:
    """A declared slot."""
    parameters = given.pop("parameters", {})
    return flow.Slot(name, slots.build(type, parameters), **given)


def a_flow(
    id: str, *steps: flow.Step, blocks: tuple[flow.Step, ...] = (), **given: Any
) -> flow.Flow:
    """A flow whose steps follow each other; steps of `blocks` lead where they say themselves."""
    start = flow.Start(
        commands=given.pop("commands", ()),
        phrases=given.pop("phrases", ()),
        events=given.pop("events", ()),
        channels=given.pop("channels", ()),
        guard=expression(given.pop("when", None)),
        fallback=given.pop("fallback", False),
    )
    ids = [step.id for step in steps]
    linked = [
        step if step.next is not None else msgspec.structs.replace(step, next=follower)
        for step, follower in zip(steps, [*ids[1:], None], strict=True)
    ]
    declared = {one.name: one for one in given.pop("slots", ())}
    saved = {getattr(step, "save", "") for step in linked} - {""}
    return flow.Flow(
        id,
        given.pop("title", id.capitalize()),
        f"flows/{id}.yaml",
        start,
        declared,
        {step.id: step for step in (*linked, *blocks)},
        ids[0],
        names=frozenset(declared) | saved,
        **given,
    )


def entry(
    id: str, *questions: str, answer: str = "", topic: str = "", **given: Any
) -> flow.FaqEntry:
    """An FAQ entry."""
    return flow.FaqEntry(id, topic, questions, text(answer or f"Ответ: {id}"), **given)


_hashes = itertools.count()


def a_script(
    *flows: flow.Flow, faq: tuple[flow.FaqEntry, ...] = (), tables: Mapping[str, Any] | None = None
) -> Script:
    """A script of flows and FAQ entries."""
    commands = {command: one.id for one in flows for command in one.start.commands}
    events: dict[str, tuple[str, ...]] = {}
    for one in flows:
        for event in one.start.events:
            events[event] = (*events.get(event, ()), one.id)
    phrases = [Question(f"flow:{one.id}", one.start.phrases) for one in flows if one.start.phrases]
    return Script(
        f"hash{next(_hashes)}",
        {one.id: one for one in flows},
        {one.id: one for one in faq},
        tables or {},
        commands=commands,
        events=events,
        fallback=next((one.id for one in flows if one.start.fallback), ""),
        menu=commands.get("menu", ""),
        questions=(*(Question(one.id, one.questions) for one in faq), *phrases),
    )


class Talk:
    """A customer and the engine. `said` is what the bot answered to the last event."""

    def __init__(
        self,
        script: Script,
        *,
        abilities: Abilities = TELEGRAM,
        business: Business = BUSINESS,
        customer: Customer = CUSTOMER,
        now: int = MONDAY,
    ) -> None:
        self.script = script
        self.abilities = abilities
        self.business = business
        self.now = now
        self.numbers: Iterator[int] = itertools.count(1)
        self.conversation = Conversation(7, abilities.kind, "42", abilities.kind, customer)
        self.outcome: Outcome | None = None
        self.all: list[Message] = []
        self.looked_up: list[str] = []
        self.matcher = Matcher(script.questions)

    @property
    def moment(self) -> Moment:
        return Moment(
            self.now, self.script, self.business, self.numbers, self.look_up, self.abilities
        )

    def look_up(self, words: str) -> Match:
        self.looked_up.append(words)
        return self.matcher.match(words)

    def reload(self, script: Script) -> None:
        """The maintainer saved another version."""
        self.script = script
        self.matcher = Matcher(script.questions)

    def hear(self, event: Event) -> "Talk":
        """Anything happens."""
        return self._keep(engine.hear(self.conversation, event, self.moment))

    def _keep(self, outcome: Outcome) -> "Talk":
        self.outcome = outcome
        # The state goes through the database between two events.
        saved = msgspec.json.encode(outcome.conversation)
        self.conversation = msgspec.json.decode(saved, type=Conversation)
        self.all += self.messages
        return self

    def user(self, words: str) -> "Talk":
        """The customer writes."""
        return self.hear(MessageReceived(say(words)))

    def shares(self, phone: str) -> "Talk":
        """The customer shares the own contact."""
        return self.hear(MessageReceived(Message(contact=Contact(phone, own=True))))

    def tap(self, label: str) -> "Talk":
        """The customer presses the newest button with that label."""
        return self.hear(ButtonPressed(self.button(label).payload, label))

    def button(self, label: str) -> Button:
        """The newest button with that label."""
        shown = [b for m in reversed(self.all) for row in m.buttons for b in row]
        return next(b for b in shown if b.text == label)

    def timer(self, name: str) -> "Talk":
        """The timer of that name, as it was set in the last turn, comes due now."""
        visit = next(timer.visit for timer in self.got(SetTimer) if timer.name == name)
        return self.hear(TimerFired(name, visit))

    def keep(self, event: Event) -> "Talk":
        """Something happens while people have the conversation."""
        self.conversation = engine.keep(self.conversation, event, self.moment)
        return self

    def resume(self) -> "Talk":
        """People give the conversation back."""
        return self._keep(engine.resume(self.conversation, self.moment))

    def start(self, flow_id: str, **values: Any) -> "Talk":
        """A flow is begun from outside."""
        return self._keep(engine.start(self.conversation, flow_id, self.moment, values))

    @property
    def effects(self) -> tuple[Effect, ...]:
        assert self.outcome is not None
        return self.outcome.effects

    @property
    def messages(self) -> list[Message]:
        return [effect.message for effect in self.effects if isinstance(effect, Send)]

    @property
    def said(self) -> list[str]:
        return [message.text.plain for message in self.messages]

    @property
    def labels(self) -> list[str]:
        """The buttons of the last message."""
        return [b.text for row in self.messages[-1].buttons for b in row]

    @property
    def rules(self) -> list[str]:
        assert self.outcome is not None
        return [decision.rule for decision in self.outcome.trace]

    @property
    def handover(self) -> Any:
        assert self.outcome is not None
        return self.outcome.handover

    @property
    def slots(self) -> dict[str, Any]:
        """Of the flow that runs, or ended last."""
        dialog = self.conversation.dialog
        frame = dialog.stack[-1] if dialog.stack else dialog.last
        return {} if frame is None else frame.slots

    @property
    def flow(self) -> str:
        """The flow on top."""
        stack = self.conversation.dialog.stack
        return stack[-1].flow if stack else ""

    def got(self, kind: type) -> list[Any]:
        """The effects of a kind."""
        return [effect for effect in self.effects if isinstance(effect, kind)]


__all__ = [
    "BUSINESS", "CONSENT", "EMAIL", "HOUR", "MINUTE", "MONDAY", "TELEGRAM", "Customer", "Talk", "Text",
    "a_flow", "a_script", "button", "do", "entry", "expression", "option", "slot", "text",
]  # fmt: skip
