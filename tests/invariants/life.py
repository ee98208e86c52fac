"""A customer, operators, a clock and the world outside, who do anything in any order to the brain alone.

Between any two turns the conversation is written down as JSON and read again, as if the process had been killed: the
same must come of it. What a turn wants is folded in memory, as a store would.
"""

import itertools
from typing import Any

import msgspec

from bot.dialog import flow
from bot.errors import MatchWanted
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.dialog import Dialog, Frame
from bot.model.effect import (
    CallAction,
    CancelTimer,
    Edit,
    Effect,
    Follow,
    OpenTicket,
    Send,
    SetTimer,
)
from bot.model.event import (
    ActionFinished,
    ButtonPressed,
    Event,
    MessageReceived,
    OperatorActed,
    OperatorEdited,
    OperatorReplied,
    TimerFired,
)
from bot.model.message import Address, Message, say
from bot.model.person import Person
from bot.model.turn import Turn
from bot.model.view import NothingToSee
from bot.project import Project
from bot.stage import Stage
from bot.storage.fold import after
from bot.storage.store import Waiting
from bot.turn import set_aside, take_turn

START = 1_780_909_200_000
"""2026-06-08 12:00 in Moscow, a Monday."""
DESK = "operators"
NOTICES = ("desk_off_hours", "desk_off_hours_unknown", "desk_place", "desk_place_first", "desk_unreachable")  # fmt: skip

_conversations = msgspec.json.Decoder(Conversation)
_events = msgspec.json.Decoder(Event)
encode = msgspec.json.encode


class Glimpse(NothingToSee):
    """What a store would show: what failed can be read, and messages are known at both sides."""

    def said(self, message: int) -> Message | None:
        """Any message."""
        return say(f"строка {message}")

    def meant(self, conversation: int, external_id: str) -> int:
        """One of theirs."""
        return 5

    def copy(self, conversation: Conversation, external_id: str) -> str:
        """Only the first is known."""
        return "c1" if external_id == "m1" else ""

    def people(self) -> list[Person]:
        """Two operators, one of them busy."""
        return [Person("1", "Имя 1"), Person("2", "Имя 2", busy=True)]


class Life:
    """One conversation from its first word on. `projects` are the scripts that a reload may bring."""

    def __init__(self, projects: list[Project], kind: str = "telegram") -> None:
        self.stages = [staged(project) for project in projects]
        self.stage = self.stages[0]
        self.now = START
        self.conversation = Conversation(1, "main", "anna", kind, Customer(1, "Анна"))
        self.numbers = itertools.count(1)
        self.next_number = 1
        self.inbox = itertools.count(1)
        self.timers: dict[str, SetTimer] = {}
        self.fired: list[TimerFired] = []
        self.calls: dict[str, CallAction] = {}
        self.old_calls: list[str] = []
        self.pressable: list[str] = []
        self.desk_buttons: list[str] = []
        self.lines: list[str] = []
        self.notices: dict[int, list[str]] = {}
        self.said: list[str] = []
        self.to_desk: list[str] = []
        self.turns = 0

    # one turn

    def hear(self, event: Event) -> Turn:
        """Take a turn and whatever follows from it at once."""
        turn = self._turn(event)
        for effect in turn.effects:
            if isinstance(effect, Follow):
                self.hear(effect.event)
        return turn

    def _turn(self, event: Event) -> Turn:
        before = _conversations.decode(encode(self.conversation))
        assert encode(before) == encode(self.conversation)
        again = self._take(_events.decode(encode(event)), before)
        turn = self._take(event, self.conversation)
        assert encode(again) == encode(turn), "a restart makes a difference"
        self.turns += 1
        self.next_number += sum(isinstance(effect, OpenTicket) for effect in turn.effects)
        held = self.conversation.held
        ticket = self.conversation.ticket
        self.conversation = after(turn.conversation, turn.effects, self.now)
        for effect in turn.effects:
            self._fold(effect)
        encode(turn)
        if held and self.conversation.held and ticket is not None:
            self._silent(event, turn.effects, ticket.number)
        if isinstance(event, MessageReceived | ButtonPressed):
            self._answered(turn)
        self._alive()
        return turn

    def _take(self, event: Event, conversation: Conversation) -> Turn:
        waiting = Waiting(1, conversation, event, self.now, 0, Glimpse())
        moment = self.stage.moments(self.now)(waiting, itertools.count(self.next_number))
        aside = set_aside(conversation, event, moment)
        assert aside.conversation.held or conversation.customer.banned
        while True:
            moment = self.stage.moments(self.now)(waiting, itertools.count(self.next_number))
            try:
                return take_turn(conversation, event, moment)
            except MatchWanted as wanted:
                # A large FAQ is searched outside the turn, as the worker does it.
                self.stage.matches.compute(wanted.text)

    def _fold(self, effect: Effect) -> None:
        match effect:
            case Send() if not self._at_desk(effect.to):
                self._shown(effect.message)
            case Send() | Edit():
                if self._at_desk(effect.to):
                    self.to_desk.append(effect.message.text.plain)
                    self.desk_buttons += payloads(effect.message)
                else:
                    self._shown(effect.message)
            case SetTimer():
                assert abs(effect.due) < 1 << 60, "no database keeps such a time"
                self.timers[effect.name] = effect
            case CancelTimer():
                for name in [name for name in self.timers if name.startswith(effect.prefix)]:
                    del self.timers[name]
            case CallAction():
                assert effect.id not in self.calls, "two calls under one key"
                assert effect.id not in self.old_calls, "a key used again"
                self.calls[effect.id] = effect

    def _shown(self, message: Message) -> None:
        self.said.append(message.text.plain)
        self.pressable += payloads(message)
        message.text.plain.encode()
        assert all(p.isascii() and len(p) <= 64 for p in payloads(message))

    def _at_desk(self, to: Address | None) -> bool:
        return to is not None and to.channel == DESK

    # what must hold

    def _silent(self, event: Event, effects: tuple[Effect, ...], ticket: int) -> None:
        """While a ticket holds the conversation only people speak, but for the three notices, each once."""
        texts = self.stage.business.texts
        for effect in effects:
            if isinstance(effect, Edit) and not self._at_desk(effect.to):
                assert isinstance(event, OperatorEdited), "the bot changed what it had said"
            if not isinstance(effect, Send) or self._at_desk(effect.to):
                continue
            if effect.author == "note" or effect.typing:
                continue
            if effect.author == "operator":
                assert isinstance(event, OperatorReplied | OperatorActed | OperatorEdited)
                continue
            words = effect.message.text.plain
            kind = next((key for key in NOTICES if words.startswith(_head(texts[key]))), None)
            assert kind is not None, f"the bot spoke while a ticket held: {words!r}"
            kind = kind.removesuffix("_unknown").removesuffix("_first")
            told = self.notices.setdefault(ticket, [])
            assert kind not in told, "a notice came twice"
            told.append(kind)

    def _answered(self, turn: Turn) -> None:
        """After a customer's word there is a way forward."""
        here = self.conversation
        silent = any(decision.rule == "aside" for decision in turn.trace)
        if here.customer.banned or here.held or silent:
            return
        spoke = any(
            isinstance(effect, Send | Edit) and not self._at_desk(effect.to)
            for effect in turn.effects
        )
        assert spoke or self._under_way(), f"left without a word: {turn.trace}"

    def _under_way(self) -> bool:
        stack = self.conversation.dialog.stack
        return bool(stack) and (stack[-1].call in self.calls or self._waits(stack[-1]))

    def _waits(self, frame: Frame) -> bool:
        step = self._step(frame)
        return isinstance(step, flow.Wait) and bool(self.timers)

    def _step(self, frame: Frame) -> Any:
        there = self.stage.script.flows.get(frame.flow)
        return there.steps.get(frame.step) if there is not None else None

    def _alive(self) -> None:
        """Whoever is on top waits for something that can still come."""
        dialog: Dialog = self.conversation.dialog
        if not dialog.stack or self.conversation.held:
            return
        top = dialog.stack[-1]
        ticket = self.conversation.ticket
        left = ticket is not None and not ticket.returned
        # A flow whose ticket people ended without giving back goes on with the customer's next word.
        assert top.asked_at or top.call or left, "the flow on top neither waits nor calls"
        if top.call:
            assert top.call in self.calls, "waits for a call that nobody makes"
        elif isinstance(self._step(top), flow.Wait) and dialog.script == self.stage.script.hash:
            assert self.timers, "waits for a time that never comes"
        assert len(dialog.stack) < 30

    # what may happen

    def text(self, words: str) -> None:
        """The customer writes."""
        self.now += 1_000
        self.hear(MessageReceived(say(words)))

    def press(self, index: int) -> None:
        """The customer presses any button that was ever shown, the newest ones first."""
        self.now += 1_000
        if self.pressable:
            self.hear(ButtonPressed(self.pressable[-1 - index % len(self.pressable)], "кнопка"))

    def pass_time(self, ms: int) -> None:
        """Let time pass; timers fire when they are due."""
        until = self.now + ms
        for _ in range(50):
            due = min(self.timers.values(), key=lambda timer: timer.due, default=None)
            if due is None or due.due > until:
                break
            self.now = max(self.now, due.due)
            del self.timers[due.name]
            fired = TimerFired(due.name, due.visit)
            self.fired.append(fired)
            self.hear(fired)
        self.now = max(self.now, until)

    def late_timer(self, index: int) -> None:
        """A timer that fired before fires again."""
        if self.fired:
            self.hear(self.fired[-1 - index % len(self.fired)])

    def finish_call(self, index: int, *, ok: bool, result: Any) -> None:
        """An outside call ends."""
        if self.calls:
            call = sorted(self.calls)[index % len(self.calls)]
            del self.calls[call]
            self.old_calls.append(call)
            self.hear(ActionFinished(call, ok, result, "" if ok else "503"))

    def repeat_call(self, index: int) -> None:
        """The end of a call comes once more, or of one that never was."""
        known = [*self.old_calls, "999-9"]
        self.hear(ActionFinished(known[-1 - index % len(known)], ok=True, result={"status": 200}))

    def reply(self, who: str, words: str) -> None:
        """An operator writes a line."""
        self.now += 1_000
        number = f"o{next(self.inbox)}"
        self.lines.append(number)
        self.hear(OperatorReplied(who, say(words), f"Имя {who}", number))

    def edit_reply(self, who: str, index: int, words: str) -> None:
        """An operator changes a line."""
        if self.lines:
            line = self.lines[-1 - index % len(self.lines)]
            self.hear(OperatorEdited(who, line, say(words)))

    def act(self, who: str, index: int) -> None:
        """An operator presses any button that was ever shown."""
        self.now += 1_000
        if self.desk_buttons:
            payload = self.desk_buttons[-1 - index % len(self.desk_buttons)]
            _, _, rest = payload.partition(":")
            ticket, _, act = rest.partition(":")
            verb, _, argument = act.partition(":")
            number = int(ticket) if ticket.isdecimal() else 0
            self.hear(OperatorActed(who, verb or "take", argument, number, f"Имя {who}"))

    def reload(self, index: int) -> None:
        """Another script from now on."""
        self.stage = self.stages[index % len(self.stages)]


_STAGES: dict[int, Stage] = {}


def staged(project: Project) -> Stage:
    """What is played of a project, made once."""
    if id(project) not in _STAGES:
        assert project.script is not None, project.findings
        business = msgspec.structs.replace(project.config.business, trust_group=True)
        _STAGES[id(project)] = Stage(project.script, business)
    return _STAGES[id(project)]


def payloads(message: Message) -> list[str]:
    """What its buttons carry."""
    return [button.payload for row in message.buttons for button in row if button.payload]


def _head(text: str) -> str:
    return text.partition("{")[0]
