"""Strings that break programs, typed by a customer at every kind of question: what is accepted comes out as typed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.project import Project, read_project
from tests.invariants.flows import CONFIG, TYPES
from tests.invariants.life import Life
from tests.invariants.test_any_sequence import NAUGHTY

Tell = Callable[[str], None]


def asking(folder: Path, slot: dict[str, object]) -> Project:
    """A business that asks one thing and hands it to people, in every place where it can stand."""
    (folder / "flows").mkdir(parents=True)
    flow = {
        "flow": "вопрос",
        "start": {"commands": ["start"]},
        "slots": {"ответ": slot},
        "steps": [
            {"ask": "Что?", "save": "ответ", "tries": 9, "hint": "Ждём"},
            {"say": "Вы написали: {{ ответ }}"},
            {"action": "ticket.create", "with": {"title": "{{ ответ }}", "слова": "{{ ответ }}"}},
            {"handoff": "Причина: {{ ответ }}", "note": "{{ ответ }}", "say": "Зову: {{ ответ }}"},
        ],
    }
    config = json.dumps(CONFIG, ensure_ascii=False)
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    (folder / "flows" / "вопрос.yaml").write_text(json.dumps(flow), encoding="utf-8")
    return read_project(folder)


@pytest.mark.parametrize("slot", TYPES, ids=lambda slot: "-".join(map(str, slot.values())))
def test_what_is_accepted_comes_out_as_typed(
    tmp_path: Path, tell: Tell, slot: dict[str, object]
) -> None:
    project = asking(tmp_path / "business", slot)
    accepted = 0
    for words in NAUGHTY:
        life = Life([project])
        life.text("/start")
        life.text(words)
        ticket = life.conversation.ticket
        if ticket is None or not any(said.startswith("Вы написали: ") for said in life.said):
            continue
        accepted += 1
        said = next(said for said in life.said if said.startswith("Вы написали: "))
        value = said.removeprefix("Вы написали: ")
        assert ticket.reason == f"Причина: {value}"
        assert ticket.note == value
        assert f"Зову: {value}" in life.said
        assert any(value in card for card in life.to_desk), "the operators' card has other words"
        if slot["type"] == "text":
            assert value in (words, words.strip())
    tell(f"{accepted} of {len(NAUGHTY)} accepted as {slot['type']}")
    if slot["type"] == "text":
        assert accepted > len(NAUGHTY) / 3
