"""What the README shows is what the program says."""

import re
from pathlib import Path

from typer.testing import CliRunner

from bot.check.render import render
from bot.cli import program
from bot.commands.init import copy_starter
from bot.commands.project import load_project

TOP = Path(__file__).parents[2]
TALK, MISTAKE = re.findall(
    r"^```text\n(.*?)^```", (TOP / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
)


def test_the_talk_goes_as_it_is_shown() -> None:
    typed = [line.removeprefix("› ") for line in TALK.splitlines() if line.startswith("› ")]
    shown = [line.strip() for line in TALK.splitlines() if not line.startswith("› ")]

    result = CliRunner().invoke(
        program,
        ["--project", str(TOP), "chat", "--now", "2026-06-10 14:00"],
        input="\n".join(typed) + "\n",
    )

    assert result.exit_code == 0, result.stderr
    said = iter(line.strip() for line in result.stdout.splitlines())
    # `in` on an iterator goes on from where it stands: the lines must come in this order.
    assert [line for line in shown if line not in said] == []


def test_the_mistake_is_told_as_it_is_shown(tmp_path: Path) -> None:
    copy_starter(tmp_path)
    flow = tmp_path / "flows" / "заявка.yaml"
    line = "    retry: Расскажите чуть подробнее"
    flow.write_text(flow.read_text("utf-8").replace(line, line.replace("retry", "rety")), "utf-8")

    errors = load_project(tmp_path).errors

    assert render(errors, "text", "ru") == MISTAKE.strip()
