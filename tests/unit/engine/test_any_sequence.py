"""Whatever happens, in whatever order: nothing raises, nobody is left without a word, the same gives the same."""

import itertools
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialog import engine
from bot.dialog.flow import Interrupts
from bot.dialog.trace import RULES
from bot.model.abilities import EMAIL, TELEGRAM, VK
from bot.model.effect import CallAction, Edit, SetTimer
from bot.model.event import ActionFinished, ButtonPressed, Happened, MessageReceived, TimerFired
from bot.model.message import Attachment, Contact, Message, say
from tests.unit.engine.builder import (
    BUSINESS,
    CONSENT,
    HOUR,
    MINUTE,
    Talk,
    a_flow,
    a_script,
    button,
    do,
    entry,
    option,
    slot,
    text,
)

MENU = a_flow(
    "меню",
    do.say("привет", "Здравствуйте!", "И снова вы", buttons=(button("Форма", call="форма"),)),
    do.choose(
        "меню", "Что нужно?", option("форма", target="ф"), option("вопросы", target="в"), option("уход", target="у"),
        option("сайт", url="https://example.ru"), remind=[(MINUTE, "Ау"), (HOUR, None, "ушли")],
    ),
    do.end("конец"),
    blocks=(
        do.call("ф", "форма", save="ф", next="меню"), do.call("в", "faq", next="меню"), do.call("у", "забота", next="конец"),
    ),
    commands=("menu", "start"), events=("first_contact",),
)  # fmt: skip
FORM = a_flow(
    "форма",
    do.ask("имя", "Имя?", parameters={"min": 2, "max": 30}, retry=["Имя!", "Ну имя же!"]),
    do.ask("телефон", "Номер?", "phone", buttons=(button("Дать", share="phone"), button("Вопросы", call="faq")), on_fail="люди"),
    do.ask("когда", "Когда?", "date", optional="Пропустить", remind=[(MINUTE, "Ау")], tries=2),
    do.choose("части", "Что сломано?", option("экран"), option("звук"), multiple=True, save="части"),
    do.http("запрос", "https://a.ru/{{ имя }}", save="ответ", on_error="беда"),
    do.choose("верно", "{{ имя }}, верно?", option("да"), option("заново", clear=("имя",), target="имя"), option("отмена", cancel=True)),
    do.action("заявка", "ticket.create", values={"title": "{{ телефон }}"}, save="заявка"),
    do.say("готово", "№{{ заявка.number }} {{ ответ.status }}"),
    blocks=(do.handoff("люди", "Не смог", next="телефон"), do.say("беда", "Сбой", next="верно")),
    slots=(slot("имя", keep=True), slot("телефон", "phone", personal=True, keep=True), slot("когда", "date")),
    phrases=("нужен ремонт",), commands=("form",),
    interrupts=Interrupts(cancel_confirm=text("Отменить?"), operator_confirm=text("Позвать?")),
)  # fmt: skip
CARE = a_flow(
    "забота",
    do.wait("пауза", duration=HOUR),
    do.ask("как", "Как дела?"),
    do.branch("если", "как", "круг", None),
    blocks=(do.http("круг", "https://a.ru", next="круг"),),
    phrases=("заботьтесь",), commands=("care",), events=("webhook:care",),
)  # fmt: skip
LOST = a_flow("запас", do.say("раз", "Не понял"), fallback=True)
FAQ = (
    entry("цена", "Сколько стоит ремонт?", topic="Цены", buttons=(button("Форма", call="форма"),)),
    entry("часы", "Когда вы открыты?", topic="Мы"),
)
SCRIPTS = (
    a_script(MENU, FORM, CARE, LOST, faq=FAQ),
    a_script(a_flow("меню", do.choose("меню", "Иначе?", option("раз")), commands=("menu",)), a_flow("форма", do.ask("имя", "Как звать?")), faq=FAQ),
    a_script(a_flow("форма", do.ask("телефон", "Номер?", "phone"), commands=("form",), on_update="restart"), LOST),
)  # fmt: skip
TEXTS = [
    "/menu", "/start x", "/form", "/care", "меню", "отмена", "оператор", "да", "нет", "1", "2", "3", "форма", "вопросы",
    "уход", "Анна", "+7 912 345-67-89", "123", "завтра", "01.01.1990", "Пропустить", "экран, звук", "готово", "заново",
    "Сколько стоит ремонт?", "когда открыты", "нужен ремонт", "заботьтесь", "эники беники?", "Цены", "К темам", "", "😀",
    "{{ имя }}", "**x**", "\0", "/", "а" * 5000, "Спасибо, всё", "Ничего из этого", "согласен",
]  # fmt: skip

events = st.one_of(
    st.tuples(st.just("text"), st.sampled_from(TEXTS)),
    st.tuples(st.just("text"), st.text(max_size=12)),
    st.tuples(st.just("press"), st.integers(0, 30)),
    st.tuples(st.just("timer"), st.integers(0, 5)),
    st.tuples(st.just("action"), st.booleans()),
    st.tuples(st.just("send"), st.sampled_from(["photo", "contact"])),
    st.tuples(st.just("happened"), st.sampled_from(["first_contact", "webhook:care", "nothing"])),
    st.tuples(st.just("script"), st.integers(0, len(SCRIPTS) - 1)),
    st.tuples(st.just("foreign"), st.text(max_size=30)),
)


class Life(Talk):
    """A talk in which anything may come next."""

    def __init__(self, **given: Any) -> None:
        super().__init__(SCRIPTS[0], **given)
        self.held = False
        self.timers: list[SetTimer] = []
        self.calls: list[str] = []
        self.payloads: list[str] = []

    def event(self, kind: str, value: Any) -> Any:
        match kind:
            case "text":
                return MessageReceived(say(value))
            case "press" if self.payloads:
                return ButtonPressed(self.payloads[-1 - value % len(self.payloads)], "кнопка")
            case "foreign":
                return ButtonPressed(value)
            case "timer" if self.timers:
                timer = self.timers[value % len(self.timers)]
                return TimerFired(timer.name, timer.visit)
            case "action":
                call = self.calls[-1] if self.calls else "7-1"
                return ActionFinished(
                    call, value, {"status": 200, "json": {"a": 1}} if value else None
                )
            case "send" if value == "photo":
                return MessageReceived(Message(attachments=(Attachment("photo"),)))
            case "send":
                return MessageReceived(Message(contact=Contact("+79123456789", own=True)))
            case "happened":
                return Happened(value, {"имя": "x"})
        return None

    def live(self, kind: str, value: Any) -> None:
        self.now += 1000
        if kind == "script":
            self.reload(SCRIPTS[value])
            return
        event = self.event(kind, value)
        if event is None:
            return
        if self.held:
            if isinstance(event, ActionFinished):
                self.keep(event)
                return
            self.held = False
            self.resume()
        else:
            self._twice(event)
            self.hear(event)
            if isinstance(event, MessageReceived | ButtonPressed):
                self.check_spoken()
        self.check()

    def _twice(self, event: Any) -> None:
        self.numbers = itertools.count(1)
        first = engine.hear(self.conversation, event, self.moment)
        self.numbers = itertools.count(1)
        second = engine.hear(self.conversation, event, self.moment)
        assert msgspec.json.encode(first) == msgspec.json.encode(second)
        self.numbers = itertools.count(1)

    def check_spoken(self) -> None:
        stack = self.conversation.dialog.stack
        told = self.said or self.got(Edit) or self.handover or (stack and stack[-1].call)
        assert told, "the customer was left without a word"

    def check(self) -> None:
        assert self.outcome is not None
        assert all(decision.rule in RULES for decision in self.outcome.trace)
        self.held = self.handover is not None
        self.timers += self.got(SetTimer)
        self.calls += [call.id for call in self.got(CallAction)]
        assert len(self.calls) == len(set(self.calls))
        self.payloads += [
            b.payload for m in self.messages for row in m.buttons for b in row if b.payload
        ]
        assert all(payload.isascii() and len(payload) <= 64 for payload in self.payloads)
        dialog = self.conversation.dialog
        if dialog.stack and not self.held:
            assert dialog.stack[-1].asked_at, (
                "the flow on top neither waits nor was given to people"
            )
        assert len(dialog.stack) < 20
        assert "{{" not in "".join(self.said) or "имя }}" in "".join(self.said)


@settings(max_examples=75, deadline=None)
@given(
    st.lists(events, max_size=40),
    st.sampled_from([TELEGRAM, VK, EMAIL]),
    st.booleans(),
)
def test_any_sequence_of_events_leaves_a_way_forward(
    sequence: list[tuple[str, Any]], abilities: Any, consent: bool
) -> None:
    business = msgspec.structs.replace(BUSINESS, consent=CONSENT) if consent else BUSINESS
    life = Life(abilities=abilities, business=business)
    for kind, value in sequence:
        life.live(kind, value)
