"""The doctor: what it finds without a network, and the cure it names."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner

from bot.channel import Door, Finding
from bot.cli import program
from bot.commands import running
from bot.commands.doctor.machine import machine
from bot.commands.terminal import speak
from bot.config.load import load_config
from bot.errors import ConfigurationError, NotSaved
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter

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


def test_tokens_that_everybody_may_read_are_a_warning(project: Path) -> None:
    env = project / ".env"
    env.write_text("TELEGRAM_TOKEN=1\n", "utf-8")
    env.chmod(0o644)
    assert _about(_lines(project), ".env")["cure"] == "chmod 600 .env"

    env.chmod(0o640)
    assert not any(".env" in line["what"] for line in _lines(project))


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


def test_a_database_that_the_program_does_not_start_with_is_a_failure(project: Path) -> None:
    lines = _lines(project, "storage: postgresql://anna:secret@db/desk\n")
    line = _about(lines, "PostgreSQL")
    assert (line["state"], line["cure"]) == ("failure", "storage: sqlite:///data/frontdesk.db")
    assert "secret" not in str(lines)


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


class Looking(FakeAdapter):
    """A channel that can look at itself, and notes what it could see."""

    made: ClassVar[list["Looking"]] = []
    fails: ClassVar[Exception | None] = None

    def __init__(self, name: str, settings: dict[str, Any]) -> None:
        super().__init__()
        self.name, self.settings = name, settings
        self.seen: list[object] = []
        self.closed = False
        Looking.made.append(self)

    async def examine(self, door: Door) -> list[Finding]:
        self.seen = [await door.recall("group"), await door.cursor()]
        self.seen.append(await door.said("5", "90"))
        self.seen.append(door.file(DIGEST).name)
        for forbidden in (door.keep({"a": "b"}), door.accept([])):
            with pytest.raises(NotSaved):
                await forbidden
        if self.fails is not None:
            raise self.fails
        return [Finding("warning", f"{self.name}: прав нет", "дайте права")]

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> type[Looking]:
    monkeypatch.setattr(running, "adapter_factory", lambda kind: Looking)
    monkeypatch.setattr(Looking, "made", [])
    monkeypatch.setattr(Looking, "fails", None)
    return Looking


DIGEST = "ab" * 32
ONLINE = """\
name: Чайная
channels: {telegram: {token: x, proxy: null}}
operators: {telegram: {token: y}, owners: [7]}
"""


def _online(project: Path) -> list[dict[str, Any]]:
    (project / "config.yaml").write_text(ONLINE, "utf-8")
    result = CliRunner().invoke(
        program, ["--project", str(project), "doctor", "--online", "--json"]
    )
    lines: list[dict[str, Any]] = json.loads(result.stdout)
    return lines


def test_each_channel_and_the_room_look_at_themselves_beside_the_database(
    project: Path, looking: type[Looking]
) -> None:
    async def fill() -> None:
        store = SqliteStore(project / "data/frontdesk.db")
        await store.open()
        await store.keep("operators", {"group": "-100"})
        await store.accept("telegram", "telegram", [], "77", 0)
        await store.close()

    (project / "data").mkdir()
    asyncio.run(fill())
    found = _online(project)
    for name in ("telegram", "operators"):
        line = _about(found, f"{name}: прав нет")
        assert (line["state"], line["cure"]) == ("warning", "дайте права")
    telegram, room = looking.made
    assert telegram.seen == [None, "77", None, DIGEST]
    assert room.seen == ["-100", None, None, DIGEST]
    assert telegram.closed
    assert room.closed
    assert (telegram.settings["language"], telegram.settings["business"]) == ("ru", "Чайная")
    assert room.settings["owners"] == ("7",)


def test_before_the_first_start_there_is_nothing_to_recall(
    project: Path, looking: type[Looking]
) -> None:
    assert _about(_online(project), "operators: прав нет")
    assert [one.seen[:3] for one in looking.made] == [[None, None, None]] * 2
    assert not (project / "data" / "frontdesk.db").exists()


@pytest.mark.parametrize(
    "problem, told",
    [
        (ConfigurationError("неверный токен"), "telegram: неверный токен"),
        (OSError("https://api.telegram.org/bot1:x/getMe"), "telegram: не соединился (OSError)"),
    ],
)
def test_what_a_look_comes_to_is_told_without_the_librarys_words(
    project: Path, looking: type[Looking], problem: Exception, told: str
) -> None:
    looking.fails = problem
    found = _online(project)
    assert _about(found, told)["state"] == "failure"
    assert "bot1:x" not in str(found)
    assert all(one.closed for one in looking.made)


def test_a_channel_that_cannot_look_at_itself_is_opened(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "adapter_factory", lambda kind: FakeAdapter.factory)
    assert _about(_online(project), "telegram: соединился")["state"] == "ok"


def test_what_waits_to_be_called_needs_somebody_who_listens(project: Path) -> None:
    called = "channels: {vk: {token: x, group_id: 1, mode: callback}}\n"
    assert _about(_lines(project, called), "vk: никто не слушает")["state"] == "failure"
    heard = called + "http: {listen: '127.0.0.1:8080'}\n"
    assert _about(_lines(project, heard), "слушает 127.0.0.1:8080")["state"] == "ok"
    hook = "http: {webhooks: {оплата: {secret: x}}}\n"
    assert _about(_lines(project, hook), "webhooks/оплата: никто не слушает")["state"] == "warning"
