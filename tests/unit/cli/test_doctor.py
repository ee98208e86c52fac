"""The doctor: what it finds without a network, and the cure it names."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import program
from bot.commands.examined import machine
from bot.commands.terminal import speak
from bot.config.load import load_config
from bot.storage.sqlite import SqliteStore

FLOW = "flow: привет\nstart: {commands: [start]}\nsteps:\n  - say: Добрый день!\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(speak, "language", "ru")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "привет.yaml").write_text(FLOW, "utf-8")
    (tmp_path / "config.yaml").write_text("name: Чайная\n", "utf-8")
    return tmp_path


def _lines(project: Path, config: str = "") -> list[dict[str, Any]]:
    if config:
        (project / "config.yaml").write_text(config, "utf-8")
    result = CliRunner().invoke(program, ["--project", str(project), "doctor", "--json"])
    lines: list[dict[str, Any]] = json.loads(result.stdout)
    assert result.exit_code == (1 if any(one["state"] == "failure" for one in lines) else 0)
    return lines


def _about(lines: list[dict[str, Any]], words: str) -> dict[str, Any]:
    return next(line for line in lines if words in line["what"])


def _made(project: Path) -> Path:
    async def make() -> None:
        store = SqliteStore(project / "data/frontdesk.db")
        await store.open()
        await store.close()

    (project / "data").mkdir()
    asyncio.run(make())
    return project / "data/frontdesk.db"


def test_everything_that_is_not_fine_has_a_cure(project: Path) -> None:
    assert all(line.get("cure") for line in _lines(project) if line["state"] != "ok")


def test_a_token_that_is_none_is_a_failure(project: Path) -> None:
    found = _lines(project, "name: x\nchannels: {telegram: {token: abc}}\n")
    assert _about(found, "не похоже на токен")["state"] == "failure"
    good = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"
    found = _lines(project, f"name: x\nchannels: {{telegram: {{token: '{good}'}}}}\n")
    assert _about(found, "похож на токен")["state"] == "ok"
    assert good not in json.dumps(found)


def test_a_queue_without_hours_is_a_warning_and_one_that_never_opens_a_failure(
    project: Path,
) -> None:
    assert _about(_lines(project), "часы не заданы")["state"] == "warning"
    shut = _lines(project, "name: x\nhours: {default: {mon: выходной}}\n")
    assert _about(shut, "никогда не открыта")["state"] == "failure"
    fine = _lines(project, 'name: x\nhours: {default: {mon-fri: "09:00-18:00"}}\n')
    assert _about(fine, "часы заданы")["state"] == "ok"


def test_a_database_is_looked_into_and_a_running_program_named(project: Path) -> None:
    file = _made(project)
    assert _about(_lines(project), "база цела")["state"] == "ok"
    assert _about(_lines(project), "не запущена")["state"] == "ok"

    async def while_open() -> list[dict[str, Any]]:
        store = SqliteStore(file)
        await store.open()
        try:
            return await asyncio.to_thread(_lines, project)
        finally:
            await store.close()

    assert _about(asyncio.run(while_open()), "программа работает")["state"] == "ok"


def test_a_file_that_is_no_database_is_a_failure(project: Path) -> None:
    (project / "data").mkdir()
    (project / "data/frontdesk.db").write_bytes(b"not a database at all" * 100)

    assert any(
        line["state"] == "failure" and "frontdesk.db" in line["what"] for line in _lines(project)
    )


def test_the_age_of_the_last_backup_is_told(project: Path) -> None:
    _made(project)
    assert _about(_lines(project), "резервной копии ещё нет")["state"] == "warning"
    target = project / "copy.db"
    CliRunner().invoke(program, ["--project", str(project), "backup", str(target)])
    assert _about(_lines(project), "резервной копии дней: 0")["state"] == "ok"
    os.utime(project / "data/.last_backup", (1_700_000_000, 1_700_000_000))
    assert _about(_lines(project), "резервной копии дней")["state"] == "warning"


def test_a_clock_behind_the_database_is_a_failure(project: Path) -> None:
    written = _made(project).stat().st_mtime
    config = load_config(project).config

    states = [[line.state for line in machine(config, written - late)] for late in (0, 3600)]

    assert "failure" not in states[0]
    assert "failure" in states[1]
