"""Copies of a database: refused in words where there is none, nobody else's to read, remembered when a customer is erased."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli
from bot.commands.terminal import speak
from bot.storage.lock import FileLock


def test_without_a_database_there_is_nothing_to_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "desk"
    monkeypatch.setattr("sys.argv", ["frontdesk", "init", str(project)])
    with pytest.raises(SystemExit):
        cli.main()
    capsys.readouterr()
    command = ["frontdesk", "--project", str(project), "backup", str(tmp_path / "copy.db")]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert "frontdesk.db" in capsys.readouterr().err
    assert not (tmp_path / "copy.db").exists()


@pytest.fixture
def talked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a database in which somebody talked."""
    monkeypatch.setattr(speak, "language", "ru")
    (tmp_path / "flows").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "config.yaml").write_text("name: Чайная\n", "utf-8")
    database = ["chat", "--database", str(tmp_path / "data" / "frontdesk.db")]
    CliRunner().invoke(cli.program, ["--project", str(tmp_path), *database], input="привет\n")
    return tmp_path


def test_the_database_and_its_copies_are_nobody_elses_to_read(talked: Path) -> None:
    copy = talked / "copy.db"
    CliRunner().invoke(cli.program, ["--project", str(talked), "backup", str(copy)])

    for file in (talked / "data" / "frontdesk.db", copy):
        assert file.stat().st_mode & 0o077 == 0, file


def test_what_is_exported_is_nobody_elses_to_read(talked: Path) -> None:
    (talked / "фото.txt").write_text("экран", "utf-8")
    chat = ["--project", str(talked), "chat", "--database", str(talked / "data" / "frontdesk.db")]
    CliRunner().invoke(cli.program, chat, input=f":send {talked / 'фото.txt'}\n")

    folder = talked / "anna"
    export = ["--project", str(talked), "export", "console:customer", "-o", str(folder)]
    assert CliRunner().invoke(cli.program, export).exit_code == 0

    written = list(folder.iterdir())
    assert len(written) == 2
    for place in (folder, *written):
        assert place.stat().st_mode & 0o077 == 0, place


def test_who_is_erased_is_said_to_be_in_the_copies_still(talked: Path) -> None:
    kept = talked / "data" / "frontdesk.db.before-2.bak"
    kept.touch()
    CliRunner().invoke(cli.program, ["--project", str(talked), "backup", str(talked / "copy.db")])

    dry = CliRunner().invoke(cli.program, ["--project", str(talked), "forget", "1", "--dry-run"])
    erased = CliRunner().invoke(cli.program, ["--project", str(talked), "forget", "1"])

    assert str(kept) not in dry.stderr
    assert str(kept) in erased.stderr
    assert "В резервных копиях" in erased.stderr


def test_a_database_in_use_is_refused_in_the_readers_language(
    talked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = FileLock(talked / "data" / "frontdesk.db.lock")
    lock.take()
    monkeypatch.setattr("sys.argv", ["frontdesk", "--project", str(talked), "forget", "1"])
    try:
        with pytest.raises(SystemExit) as left:
            cli.main()
    finally:
        lock.release()

    assert left.value.code == 75
    assert "Frontdesk уже работает с этой базой" in capsys.readouterr().err


def test_what_is_no_database_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "config.yaml").write_text("name: Чайная\n", "utf-8")
    (tmp_path / "data" / "frontdesk.db").write_bytes(b"no database" * 100)
    copy = tmp_path / "copy.db"
    monkeypatch.setattr("sys.argv", ["frontdesk", "--project", str(tmp_path), "backup", str(copy)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert "frontdesk.db не читается: file is not a database" in capsys.readouterr().err
    assert not copy.exists()
