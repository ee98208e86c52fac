"""A live talk written down as a test, and told line by line why it went as it did."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import program
from bot.commands.chat.recording import _scalar
from bot.commands.terminal import speak

FLOW = """\
flow: заказ
start: {commands: [start], phrases: [хочу заказать]}
slots:
  имя: {type: text, keep: customer}
steps:
  - ask: Как вас зовут?
    save: имя
    remind: [{after: 15m, say: Вы здесь?}]
  - choose: "{{ имя }}, что привезти?"
    save: что
    options:
      чай: {text: "Чай: чёрный"}
      кофе: {text: Кофе}
  - end: принят
    say: Везём!
"""
TALK = "/start\n:wait 15m\nАнна, «та самая» # 1\nчто?\n:1\n:нет такого\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(speak, "language", "ru")
    (tmp_path / "flows").mkdir()
    (tmp_path / "config.yaml").write_text("name: Чайная\n", "utf-8")
    (tmp_path / "flows" / "заказ.yaml").write_text(FLOW, "utf-8")
    return tmp_path


def _run(project: Path, *arguments: str, input: str = "") -> Result:
    return CliRunner().invoke(program, ["--project", str(project), *arguments], input=input)


def test_a_recorded_talk_is_a_test_that_passes(project: Path) -> None:
    file = project / "flows" / "заказ.test.yaml"
    for _ in range(2):
        _run(project, "chat", "--channel", "telegram", "--record", str(file), input=TALK)

    played = _run(project, "test", "--json")
    written = file.read_text("utf-8")

    assert [one["ok"] for one in json.loads(played.stdout)["tests"]] == [True, True]
    assert '- tap: "Чай: чёрный"' in written
    assert "- wait: " in written
    assert "expect: {ended: принят}" in written
    assert "нет такого" not in written
    assert _run(project, "check").exit_code == 0


def test_a_recorded_talk_fails_when_the_flow_says_something_else(project: Path) -> None:
    file = project / "flows" / "заказ.test.yaml"
    _run(project, "chat", "--channel", "telegram", "--record", str(file), input=TALK)
    flow = project / "flows" / "заказ.yaml"
    flow.write_text(FLOW.replace("Везём!", "Несём!"), "utf-8")

    failed = _run(project, "test")

    assert failed.exit_code == 1
    assert "не сказано: «Везём!»" in failed.stdout


@pytest.mark.parametrize("text", ["да: нет", "# x", "-", "{a}", "123", "* x", "", "a\nb", '"'])
def test_what_means_something_to_yaml_is_quoted(text: str) -> None:
    assert json.loads(_scalar(text)) == text


def test_a_trace_tells_who_did_what_which_rule_decided_and_where(project: Path) -> None:
    told = _run(project, "chat", "--trace", input=TALK).stderr

    assert "клиент пишет: «/start»" in told
    assert "правило 2, команда" in told
    assert "прошло время" in told
    assert "правило 8, текст записан" in told
    assert "не понято" in told
    assert "заказ/что" in told
