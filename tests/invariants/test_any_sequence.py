"""Any sequence of anything, over the example and over flows made up at random.

Nothing raises; nobody is left without a way forward; the bot is silent while people have the conversation; and a
process that is killed between any two steps makes no difference.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model.event import (
    AttachmentFetched,
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    DeliveryFailed,
    Happened,
    MessageDeleted,
    MessageDelivered,
    MessageEdited,
    MessageReceived,
    OperatorActed,
    ReactionChanged,
)
from bot.model.message import Attachment, Contact, Location, Message, say
from bot.project import Project, read_project
from tests.invariants.flows import FLOWS, made_up
from tests.invariants.life import Life

TOP = Path(__file__).parents[2]
NAUGHTY: list[str] = json.loads((TOP / "tests/data/naughty/blns.json").read_text(encoding="utf-8"))
WORDS = [
    "/start", "/menu", "/start x", "/nope", "меню", "отмена", "оператор", "да", "нет", "1", "2", "3", "Анна",
    "+7 912 345-67-89", "a@b.ru", "завтра", "15:30", "01.01.1990", "50", "5", "красный", "А123", "Пропустить",
    "Сколько стоит ремонт?", "где вы находитесь", "цена", "кто вы?", "нужен ремонт", "статус заявки", "покажите прайс",
    "телефон", "верно", "исправить", "спасибо", "согласен", "", " ", "{{ с0 }}", "{% if %}", "**x**", "а" * 5000, "\0",
    *(f"хочу {name}" for name in FLOWS), *(f"давайте {name}" for name in FLOWS),
]  # fmt: skip
COMMANDS = [
    "Здравствуйте!", "/take", "/close", "/close спам", "/bot", "/snooze 30m", "/tag +vip", "/queue вторая",
    "/queue ремонт", "/note заметка", "// заметка", "/ban", "/unban", "/del", "/card", "/history", "/help", "/clsoe", "/snooze 99999999999999999999h", "/snooze 25:99", "/tag", "/assign 1", "/r",
    "/faq 1", "/addfaq", "/me away", "/who", "/find 1", "/operator", "/queue", "/snooze -1h", "/del 99999999999999999999", "/r привет",
]  # fmt: skip
VERBS = [
    "take",
    "close",
    "return",
    "snooze",
    "wake",
    "reopen",
    "queue",
    "tag",
    "ban",
    "unban",
    "note",
    "send",
    "retry",
    "react",
    "history",
    "find",
    "who",
    "me",
    "operator",
    "connected",
    "topic_lost",
    "assign",
    "x",
    "",
]
WHO = st.sampled_from(["1", "2"])
index = st.integers(0, 40)
customers_text = st.one_of(
    st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(NAUGHTY), st.text(max_size=30)
)
FOREIGN = [
    "x",
    "",
    "1.2.3",
    "desk:mark:1:5",
    "desk:mark:9:1",
    f"desk:mark:{'9' * 5000}:5",
    "t:1:take",
    "9" * 400,
]
EVENTS = [
    MessageEdited("m1", say("иначе")), MessageDeleted("m1"), ReactionChanged("m1", "👍"), CustomerBlocked(),
    CustomerUnblocked(), DeliveryFailed(1, "chat not found"), DeliveryFailed(2, "blocked", True),
    DeliveryFailed(3, "late", key="reply:o1", channel="main"), MessageDelivered(3, "reply:o1"),
    DeliveryFailed(3, "late", key="reply:o2", kind="edit"), DeliveryFailed(4, "gone", channel="operators"),
    ReactionChanged("m2", ""), OperatorActed("", "topic_lost"), OperatorActed("", "take"),
    AttachmentFetched("f", "0" * 64), AttachmentFetched("g", "", "too big"), Happened("first_contact"),
    Happened("ticket_closed", {"number": 1, "queue": "x", "reason": "y"}), Happened("webhook:нет", {"a": [1]}),
    MessageReceived(Message(attachments=(Attachment("photo", source="f"),))),
    MessageReceived(Message(contact=Contact("+79123456789", own=True))),
    MessageReceived(Message(location=Location(55.7, 37.6))),
]  # fmt: skip
RESULTS: list[Any] = [
    None,
    {"status": 200, "json": {"a": 1}},
    {"status": 500},
    [],
    "x",
    7,
    {"json": None},
]

customer = st.one_of(
    st.tuples(st.just("text"), customers_text),
    st.tuples(st.just("text"), customers_text),
    st.tuples(st.just("press"), st.integers(0, 6)),
    st.tuples(st.just("press"), index),
)
anything = st.one_of(
    customer,
    customer,
    customer,
    st.tuples(st.just("foreign"), st.sampled_from(FOREIGN)),
    st.tuples(st.just("event"), st.sampled_from(EVENTS)),
    st.tuples(st.just("time"), st.sampled_from([60_000, 900_000, 7_200_000, 86_400_000])),
    st.tuples(st.just("late"), index),
    st.tuples(st.just("call"), st.tuples(index, st.booleans(), st.sampled_from(RESULTS))),
    st.tuples(st.just("old call"), index),
    st.tuples(st.just("reply"), st.tuples(WHO, st.sampled_from(COMMANDS))),
    st.tuples(st.just("act"), st.tuples(WHO, index)),
    st.tuples(st.just("verb"), st.tuples(WHO, st.sampled_from(VERBS), st.sampled_from(["", "1h", "ремонт", "o1", "o1 👍", "2 senior Имя", "!2", "busy", "x" * 99, "9" * 30 + "h", "9" * 5000]), st.sampled_from([0, 1, 2, 99, 1 << 70]))),
    st.tuples(st.just("edit"), st.tuples(WHO, index, st.sampled_from(COMMANDS))),
    st.tuples(st.just("reload"), st.integers(0, 3)),
)  # fmt: skip
sequences = st.lists(anything, min_size=8, max_size=40)
kinds = st.sampled_from(["telegram", "vk", "email", "console"])


@lru_cache(maxsize=1)
def example() -> Project:
    return read_project(TOP)


def live(life: Life, what: str, value: Any) -> None:
    match what:
        case "text":
            life.text(value)
        case "press":
            life.press(value)
        case "foreign":
            life.hear(ButtonPressed(value, "кнопка"))
        case "event":
            life.hear(value)
        case "time":
            life.pass_time(value)
        case "late":
            life.late_timer(value)
        case "call":
            life.finish_call(value[0], ok=value[1], result=value[2])
        case "old call":
            life.repeat_call(value)
        case "reply":
            life.reply(*value)
        case "act":
            life.act(*value)
        case "verb":
            who, verb, argument, ticket = value
            life.hear(OperatorActed(who, verb, argument, ticket, f"Имя {who}"))
        case "edit":
            life.edit_reply(*value)
        case "reload":
            life.reload(value)


def play(projects: list[Project], kind: str, sequence: list[tuple[str, Any]]) -> Life:
    life = Life(projects, kind)
    for what, value in sequence:
        live(life, what, value)
    return life


quick = settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
long = settings(suppress_health_check=[HealthCheck.too_slow])


@quick
@given(sequences, kinds)
def test_the_example_bears_any_sequence(sequence: list[tuple[str, Any]], kind: str) -> None:
    play([example()], kind, sequence)


@quick
@given(st.integers(0, 60), sequences, kinds)
def test_made_up_flows_bear_any_sequence(
    seed: int, sequence: list[tuple[str, Any]], kind: str
) -> None:
    play([made_up(seed), made_up(seed + 1), example()], kind, sequence)


@pytest.mark.torture
@long
@given(sequences, kinds)
def test_the_example_bears_any_long_sequence(sequence: list[tuple[str, Any]], kind: str) -> None:
    play([example(), made_up(1)], kind, sequence)


@pytest.mark.torture
@long
@given(st.integers(0, 5_000), sequences, kinds)
def test_any_flows_bear_any_sequence(seed: int, sequence: list[tuple[str, Any]], kind: str) -> None:
    play([made_up(seed), made_up(seed + 1), example()], kind, sequence)
