"""One event: who answers it, and what the others keep of it."""

import itertools
import json
from typing import Any

import msgspec
import pytest

from bot.model.effect import Ban, CloseTicket, Edit, OpenTicket, Send
from bot.model.event import (
    AttachmentFetched,
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    DeliveryFailed,
    MessageReceived,
    OperatorReplied,
    TimerFired,
)
from bot.model.message import say
from bot.model.turn import Turn
from bot.project import Project, read_project
from bot.storage.store import Waiting
from bot.turn import SET_ASIDE, set_aside
from tests.invariants.life import Life

FLOW: dict[str, Any] = {
    "flow": "заявка",
    "start": {"commands": ["start"]},
    "slots": {"имя": {"type": "text"}, "телефон": {"type": "phone"}},
    "steps": [
        {"ask": "Имя?", "save": "имя"},
        {"handoff": "Нужен человек", "say": "Зову."},
        {"http": "GET https://a.ru/x", "on_error": [{"say": "Сбой."}]},
        {"ask": "Номер?", "save": "телефон", "remind": [{"after": "15m", "say": "Вы здесь?"}]},
        {"action": "ticket.create", "with": {"title": "Перезвонить"}},
        {"say": "Готово."},
    ],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("business")
    (root / "flows").mkdir()
    config = {"name": "Импульс", "language": "ru", "http": {"allow": ["a.ru"]}}
    (root / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    (root / "flows" / "заявка.yaml").write_text(json.dumps(FLOW), encoding="utf-8")
    return read_project(root)


@pytest.fixture
def life(project: Project) -> Life:
    return Life([project])


@pytest.fixture
def held(life: Life) -> Life:
    """A customer whom people have."""
    life.text("/start")
    life.text("Анна")
    assert life.conversation.held
    life.said.clear()
    return life


def wanted(turn: Turn, kind: type) -> list[Any]:
    return [effect for effect in turn.effects if isinstance(effect, kind)]


def test_a_free_customer_talks_to_the_bot(life: Life) -> None:
    life.text("/start")
    assert life.said == ["Имя?"]
    assert life.to_desk == []


def test_a_handover_opens_a_ticket_and_shows_its_card(life: Life) -> None:
    life.text("/start")
    turn = life.hear(MessageReceived(say("Анна")))
    (opened,) = wanted(turn, OpenTicket)
    assert opened.ticket.reason == "Нужен человек"
    assert life.said == ["Имя?", "Зову."]
    assert any("Нужен человек" in card for card in life.to_desk)


def test_a_held_customer_is_relayed_and_the_bot_is_silent(held: Life) -> None:
    held.to_desk.clear()
    held.text("/start")
    assert held.said == []
    assert "/start" in held.to_desk


def test_what_the_flow_waits_for_is_kept_while_people_have_the_conversation(held: Life) -> None:
    held.reply("1", "/take")
    held.reply("1", "/bot")
    assert held.calls
    held.text("оператор")
    assert held.conversation.held
    held.finish_call(0, ok=True, result={"status": 200})
    assert "Номер?" not in held.said
    held.reply("1", "/take")
    held.reply("1", "/bot")
    assert held.said[-1] == "Номер?"


def test_who_is_given_back_goes_on_where_the_flow_was(held: Life) -> None:
    held.reply("1", "/take")
    held.reply("1", "/bot")
    assert not held.conversation.held
    held.finish_call(0, ok=False, result=None)
    assert held.said[-2:] == ["Сбой.", "Номер?"]
    held.text("+7 912 345-67-89")
    assert "Готово." in held.said


def test_a_ticket_that_a_flow_files_gets_its_card_and_holds_nothing(held: Life) -> None:
    held.reply("1", "/take")
    held.reply("1", "/bot")
    held.finish_call(0, ok=True, result={"status": 200})
    turn = held.hear(MessageReceived(say("+7 912 345-67-89")))
    (filed,) = wanted(turn, OpenTicket)
    assert not filed.ticket.holds
    assert not held.conversation.held
    assert any("Перезвонить" in card for card in held.to_desk)


def test_the_banned_are_not_heard(life: Life) -> None:
    banned = msgspec.structs.replace(life.conversation.customer, banned=True)
    life.conversation = msgspec.structs.replace(life.conversation, customer=banned)
    for event in (MessageReceived(say("/start")), ButtonPressed("x"), TimerFired("remind:1", 1)):
        assert life.hear(event).effects == ()


def test_who_bans_is_heard_about_the_banned(held: Life) -> None:
    held.reply("1", "/take")
    turn = held.hear(OperatorReplied("1", say("/ban"), "Анна", "ban"))
    asked = [payload for payload in held.desk_buttons if "ban" in payload]
    assert wanted(turn, Ban) or asked


def test_reminders_do_not_fire_while_people_have_the_conversation(held: Life) -> None:
    held.hear(TimerFired("remind:1", 1))
    assert held.said == []


@pytest.mark.parametrize(
    "event, unreachable",
    [
        (CustomerBlocked(), True),
        (DeliveryFailed(1, "blocked", True), True),
        (DeliveryFailed(1, "too long"), False),
        (AttachmentFetched("f", "", "gone"), False),
    ],
)
def test_what_tells_of_delivery_reaches_the_operators_where_a_ticket_is_open(
    held: Life, event: Any, unreachable: bool
) -> None:
    held.to_desk.clear()
    held.hear(event)
    assert held.conversation.unreachable == unreachable
    assert held.said == []
    held.hear(CustomerUnblocked())
    assert not held.conversation.unreachable


def test_an_undelivered_message_is_told_to_the_operators(held: Life) -> None:
    held.reply("1", "Здравствуйте")
    held.to_desk.clear()
    held.hear(DeliveryFailed(1, "chat not found"))
    assert any("chat not found" in line for line in held.to_desk)


def test_an_event_that_cannot_be_answered_calls_people(life: Life) -> None:
    event = MessageReceived(say("яд"))
    moment = life.stage.moments(life.now)(
        Waiting(1, life.conversation, event, life.now, 3), itertools.count(1)
    )
    turn = set_aside(life.conversation, event, moment)
    (opened,) = wanted(turn, OpenTicket)
    assert opened.ticket.lines == ("яд",)
    assert opened.ticket.reason
    assert turn.trace[0].rule == SET_ASIDE
    assert turn.conversation.held


def test_where_people_have_the_conversation_such_an_event_is_only_relayed(held: Life) -> None:
    event = MessageReceived(say("яд"))
    moment = held.stage.moments(held.now)(
        Waiting(1, held.conversation, event, held.now, 3), itertools.count(9)
    )
    turn = set_aside(held.conversation, event, moment)
    assert [effect.message.text.plain for effect in wanted(turn, Send)] == ["яд"]
    assert not wanted(turn, OpenTicket)


def test_after_a_close_the_mark_is_written_down_and_the_next_word_is_the_bots(held: Life) -> None:
    held.reply("1", "/take")
    held.reply("1", "Здравствуйте")
    turn_count = held.turns
    held.reply("1", "/close")
    assert held.turns > turn_count
    assert held.conversation.ticket is not None
    assert held.conversation.ticket.state == "closed"
    held.text("5")
    assert held.conversation.ticket.mark == 5
    held.text("/start")
    assert held.said[-1]


def test_no_turn_edits_what_it_was_not_asked_to(held: Life) -> None:
    turn = held.hear(MessageReceived(say("и ещё")))
    assert not [one for one in wanted(turn, Edit) if one.to is None]
    assert not wanted(turn, CloseTicket)
