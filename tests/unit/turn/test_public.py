"""What everybody reads is answered by people alone."""

import json
from pathlib import Path

import msgspec
import pytest

from bot.model.conversation import PUBLIC
from bot.model.effect import Send
from bot.model.event import ButtonPressed, Happened, MessageReceived
from bot.model.message import Message, say
from bot.model.text import Text
from bot.project import Project, read_project
from tests.invariants.life import Life

FLOW = {
    "flow": "заявка",
    "start": {"commands": ["start"], "phrases": ["ремонт"]},
    "slots": {"телефон": {"type": "phone"}},
    "steps": [{"ask": "Ваш номер?", "save": "телефон"}],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root: Path = tmp_path_factory.mktemp("business")
    (root / "flows").mkdir()
    (root / "config.yaml").write_text(json.dumps({"language": "ru"}), encoding="utf-8")
    (root / "flows" / "заявка.yaml").write_text(json.dumps(FLOW), encoding="utf-8")
    return read_project(root)


@pytest.fixture
def life(project: Project) -> Life:
    life = Life([project], "vk")
    life.conversation = msgspec.structs.replace(life.conversation, address=f"{PUBLIC}wall-1_5_7")
    return life


def held(life: Life) -> bool:
    return life.conversation.held


def comment(text: str) -> MessageReceived:
    return MessageReceived(Message(Text(text), subject="Комментарий: https://vk.com/wall-1_5"))


def test_a_comment_goes_to_people_and_the_bot_says_nothing(life: Life) -> None:
    life.hear(comment("ремонт"))
    assert held(life)
    assert life.said == []
    assert any("Комментарий: https://vk.com/wall-1_5" in card for card in life.to_desk)
    assert "ремонт" in life.to_desk


def test_what_an_operator_says_is_said(life: Life) -> None:
    life.hear(comment("сколько стоит?"))
    life.reply("1", "/take")
    life.reply("1", "500")
    assert life.said == ["500"]


def test_further_comments_are_relayed_and_a_new_one_after_the_end_is_a_ticket_again(
    life: Life,
) -> None:
    life.hear(comment("раз"))
    life.hear(comment("два"))
    assert "два" in life.to_desk
    life.reply("1", "/take")
    life.reply("1", "/close")
    assert not held(life)
    life.hear(comment("три"))
    assert held(life)
    assert life.said == []


def test_given_back_to_the_bot_it_stays_silent(life: Life) -> None:
    life.hear(comment("ремонт"))
    life.reply("1", "/take")
    life.reply("1", "/bot")
    assert life.said == []


def test_nothing_else_wakes_the_bot_there(life: Life) -> None:
    for event in (ButtonPressed("1.abcdefgh.abcdefgh"), Happened("first_contact")):
        turn = life._take(event, life.conversation)
        assert not [one for one in turn.effects if isinstance(one, Send) and one.to is None]
        assert not turn.conversation.held


def test_in_private_the_bot_answers_as_ever(project: Project) -> None:
    life = Life([project], "vk")
    life.hear(MessageReceived(say("ремонт")))
    assert life.said == ["Ваш номер?"]
