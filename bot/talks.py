"""Plays the conversation tests that stand beside the flows, through the real program."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bot.calls import Carry
from bot.check.finding import Language
from bot.dialog.filters import NBSP, show
from bot.dialog.flow import Choose
from bot.dialog.loader.talks import Expected, Line, Talk
from bot.dialog.script import Script
from bot.faq.evidence import SentenceLearner
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.dialog import Frame
from bot.model.ticket import Ticket
from bot.rehearsal import Rehearsal, Said, StageError

_SHOWN = 600


Problem = tuple[str, str]
"""Why a talk went another way, in Russian and in English."""


class Failure(msgspec.Struct, frozen=True):
    """Where a talk went another way: the line of the file, and why."""

    line: int
    problem: str


class Spoken(msgspec.Struct, frozen=True):
    """A line of the transcript: `who` is the verb of an input, or the side that was spoken to."""

    line: int
    who: str
    text: str


class Verdict(msgspec.Struct, frozen=True):
    """How one talk went. `reached` are the steps, as `flow/step`, and options, as `flow/step/key`."""

    talk: Talk
    failure: Failure | None
    spoken: tuple[Spoken, ...]
    reached: frozenset[str]
    seconds: float


_SIDES = {
    "ru": {"customer": "клиенту", "operators": "операторам"},
    "en": {"customer": "to customer", "operators": "to operators"},
}


def told(verdict: Verdict, language: Language) -> str:
    """A talk as it went, and where it went another way."""
    failure = verdict.failure
    problem = [] if failure is None else [f"    ^ {failure.problem}"]
    line = verdict.talk.line if failure is None else failure.line
    head = f"{verdict.talk.path}:{line}: «{verdict.talk.name}»"
    return "\n".join(
        [head, *(_spoken(one, _SIDES[language]) for one in verdict.spoken), *problem, ""]
    )


def _spoken(spoken: Spoken, sides: Mapping[str, str]) -> str:
    name = sides.get(spoken.who, spoken.who)
    mark = "<" if spoken.who in sides else ">"
    text = spoken.text.replace("\n", "\n" + " " * (len(name) + 8))
    return f"    {mark} {name}: {text}"


class Player:
    """Plays talks of one project, each on an empty store of its own."""

    def __init__(
        self,
        project: Path,
        script: Script,
        business: Business,
        carriers: Mapping[str, Carry] | None = None,
        sentences: SentenceLearner | None = None,
    ) -> None:
        self._project = project
        self._script = script
        self._business = business
        self._carriers = carriers
        self._sentences = sentences

    async def play(self, talk: Talk) -> Verdict:
        """Play it up to the first line that goes wrong."""
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder:
            rehearsal = Rehearsal(
                self._script,
                self._business,
                Path(folder) / "talk.db",
                kind=talk.channel,
                now=talk.now,
                carriers=self._carriers,
            )
            rehearsal.sentences = self._sentences
            await rehearsal.open()
            try:
                performance = _Performance(
                    self._project, rehearsal, self._script, self._business.language
                )
                failure, spoken = await performance.run(talk)
                reached = await _reached(rehearsal)
            finally:
                await rehearsal.close()
        return Verdict(talk, failure, tuple(spoken), reached, time.perf_counter() - started)


class _Performance:
    """One talk under way."""

    def __init__(self, project: Path, rehearsal: Rehearsal, script: Script, language: str) -> None:
        self._project = project
        self._russian = language == "ru"
        self._rehearsal = rehearsal
        self._script = script
        self._spoken: list[Spoken] = []
        self._unmatched: list[Said] = []

    async def run(self, talk: Talk) -> tuple[Failure | None, list[Spoken]]:
        for line in talk.lines:
            try:
                problem = await self._line(line)
            except StageError as refused:
                problem = (refused.said["ru"], refused.said["en"])
            if problem is not None:
                return Failure(line.line, problem[0 if self._russian else 1]), self._spoken
        return None, self._spoken

    async def _line(self, line: Line) -> Problem | None:
        match line.kind:
            case "bot":
                return self._heard(line.value)
            case "silent":
                return self._silence() if line.value else None
            case "expect":
                return await self._expect(line.value)
            case "http":
                self._rehearsal.answer(line.value)
                return None
            case _:
                await self._act(line)
                return None

    async def _act(self, line: Line) -> None:
        self._spoken.append(Spoken(line.line, line.kind, _shown(line.value)))
        rehearsal, value = self._rehearsal, line.value
        match line.kind:
            case "share":
                await rehearsal.share(**value)
            case "send":
                await rehearsal.send(self._project / value["file"], value["text"])
            case "wait":
                await rehearsal.wait(value)
            case "restart":
                await rehearsal.restart()
            case _:
                await getattr(rehearsal, line.kind)(value)
        self._unmatched = list(rehearsal.said)
        self._spoken += [Spoken(line.line, said.side, _told(said)) for said in rehearsal.said]
        self._spoken += [
            Spoken(line.line, "http", self._not_prepared(system))
            for system in rehearsal.unanswered()
        ]

    def _not_prepared(self, system: str) -> str:
        if self._russian:
            return f"{system}: ответ не приготовлен, шаг получил отказ; выше нужна строка «http:»"
        return f"{system}: no answer was prepared, the step got a failure; a line “http:” is wanted above"

    def _heard(self, parts: tuple[str, ...]) -> Problem | None:
        """Parts must appear in this order; each may stand anywhere in a message behind the one before."""
        at, offset = 0, 0
        told = [_typed(_told(said)) for said in self._unmatched if said.side == "customer"]
        for part in map(_typed, parts):
            while at < len(told) and told[at].find(part, offset) < 0:
                at, offset = at + 1, 0
            if at == len(told):
                return f"не сказано: «{part}»", f"not said: «{part}»"
            offset = told[at].find(part, offset) + len(part)
        return None

    def _silence(self) -> Problem | None:
        said = [_told(one) for one in self._unmatched if one.side == "customer"]
        if not said:
            return None
        heard = said[0][:_SHOWN]
        return f"бот должен молчать, а сказал: «{heard}»", f"should be silent, and said: «{heard}»"

    async def _expect(self, expected: Expected) -> Problem | None:
        conversation = await self._rehearsal.conversation()
        if conversation is None:
            return "клиент ещё ничего не написал", "nobody has written yet"
        checks: tuple[Callable[[Expected, Conversation], Problem | None], ...] = (
            self._slots,
            _ticket,
            _ending,
            _place,
            _person,
        )
        problems = (check(expected, conversation) for check in checks)
        return next((problem for problem in problems if problem is not None), None)

    def _slots(self, expected: Expected, conversation: Conversation) -> Problem | None:
        frame = running(conversation)
        flow = self._script.flows.get(frame.flow)
        for name, written in expected.slots.items():
            kept = frame.slots.get(name)
            slot = flow.slots.get(name) if flow else None
            empty = kept is None and written == ""
            same = slot.type.equal(kept, written) if slot else written in (str(kept), show(kept))
            if not empty and not (kept is not None and same):
                return _differs(f"слот {name}", f"slot {name}", written, kept)
        return None


def running(conversation: Conversation) -> Frame:
    """The flow that is running, or the one that ended last."""
    dialog = conversation.dialog
    return dialog.stack[-1] if dialog.stack else dialog.last or Frame("")


def _ticket(expected: Expected, conversation: Conversation) -> Problem | None:
    ticket = conversation.ticket
    if expected.no_ticket and ticket is not None:
        number = ticket.number
        return f"заявки не должно быть, а есть №{number}", f"there is ticket No. {number}"
    if expected.ticket is None:
        return None
    if ticket is None:
        return "заявки нет", "there is no ticket"
    known = msgspec.structs.asdict(ticket)
    for name, written in expected.ticket.items():
        if name not in known:
            has = ", ".join(Ticket.__struct_fields__)
            return (
                f"у заявки нет «{name}»; есть: {has}",
                f"a ticket has no «{name}»; it has: {has}",
            )
        if _plainly(known[name]) != written:
            return _differs(f"заявка, {name}", f"ticket's {name}", written, known[name])
    return None


def _ending(expected: Expected, conversation: Conversation) -> Problem | None:
    if expected.ended is None:
        return None
    dialog = conversation.dialog
    if dialog.stack:
        flow, step = dialog.stack[-1].flow, dialog.stack[-1].step
        return f"сценарий {flow} ещё идёт, шаг {step}", f"the flow {flow} still runs, at {step}"
    if dialog.ended == expected.ended:
        return None
    return _differs("чем кончилось", "end", expected.ended, dialog.ended)


def _place(expected: Expected, conversation: Conversation) -> Problem | None:
    stack = conversation.dialog.stack
    flow, step = (stack[-1].flow, stack[-1].step) if stack else ("", "")
    if expected.flow is not None and flow != expected.flow:
        return _differs("сценарий", "flow", expected.flow, flow)
    if expected.step is not None and step != expected.step:
        return _differs("шаг", "step", expected.step, step)
    return None


def _person(expected: Expected, conversation: Conversation) -> Problem | None:
    customer = conversation.customer
    if expected.tags is not None and set(expected.tags) != set(customer.tags):
        return _differs("метки", "tags", ", ".join(expected.tags), ", ".join(customer.tags))
    known: dict[str, Any] = {**msgspec.structs.asdict(customer), **customer.attributes}
    for name, written in expected.customer.items():
        if _plainly(known.get(name)) != written:
            return _differs(f"клиент, {name}", f"customer's {name}", written, known.get(name))
    return None


def _differs(ru: str, en: str, wanted: str, found: Any) -> Problem:
    shown = show(found) if isinstance(found, dict | list) else _plainly(found)
    return (
        f"{ru}: ожидалось «{wanted}», а там «{shown}»",
        f"{en}: expected «{wanted}», found «{shown}»",
    )


def _plainly(value: Any) -> str:
    """A value as YAML writes it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(text: str) -> str:
    """Spaces as a keyboard has them: those of `{{ price | money }}` do not break, and look the same."""
    return text.replace(NBSP, " ")


def _told(said: Said) -> str:
    """A message as a test sees it: the text, then the buttons in brackets."""
    labels = " ".join(f"[{button.text}]" for button in said.buttons)
    files = " ".join(f"({one.name or one.kind})" for one in said.delivery.message.attachments)
    return "\n".join(part for part in (said.text, files, labels) if part)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {inner}" for key, inner in value.items() if inner)
    return "" if value is True else str(value)


async def _reached(rehearsal: Rehearsal) -> frozenset[str]:
    conversation = await rehearsal.conversation()
    if conversation is None:
        return frozenset()
    traced = await rehearsal.store.traced(conversation.id, limit=1_000_000)
    reached = set()
    for turn in traced:
        for decision in turn.decisions:
            reached.add(decision.step)
            if decision.rule in {"option", "near", "button"} and decision.detail:
                reached.add(f"{decision.step}/{decision.detail}")
    return frozenset(reached)


class Coverage(msgspec.Struct, frozen=True):
    """What the talks reach of one flow, and what they do not; `places` says in which line of which file each missed one
    stands."""

    flow: str
    steps: int
    options: int
    missed: tuple[str, ...]
    places: tuple[str, ...] = ()


def coverage(script: Script, reached: frozenset[str]) -> tuple[Coverage, ...]:
    """Steps and options of every flow against what was reached."""
    found = []
    for flow in script.flows.values():
        chooses = [step for step in flow.steps.values() if isinstance(step, Choose)]
        options = {
            f"{flow.id}/{step.id}/{option.key}": step.line
            for step in chooses
            for option in step.options
        }
        steps = {
            f"{flow.id}/{step.id}": step.line
            for step in flow.steps.values()
            if not _stands_for_option(step.id, chooses)
        }
        lines = sorted((steps | options).items(), key=lambda each: each[1])
        missed = [(name, line) for name, line in lines if name not in reached]
        places = tuple(f"{flow.path}:{line}" for _, line in missed)
        names = tuple(name for name, _ in missed)
        found.append(Coverage(flow.id, len(steps), len(options), names, places))
    return tuple(found)


def _stands_for_option(step: str, chooses: Sequence[Choose]) -> bool:
    """A step that was made of an option's `goto`, `call`, `say`: whoever takes the option comes to it."""
    name, _, last = step.rpartition(".")
    beginnings = {step, name} if last.isdecimal() else {step}
    return any(
        f"{choose.id}.{option.key}" in beginnings for choose in chooses for option in choose.options
    )
