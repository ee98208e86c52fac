"""A copy of a database that is not there yet is refused in words."""

from pathlib import Path

import pytest

from bot import cli


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
