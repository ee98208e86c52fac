"""The file of vectors: whole, of this model, or not there."""

from pathlib import Path
from typing import Any

import pytest

from bot.storage.vectors import VectorFile

Logged = list[dict[str, Any]]
PARTS = (b"numbers ", b"", b"of one model")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "faq.vectors"


def content(file: VectorFile) -> bytes | None:
    found = file.read()
    return None if found is None else bytes(found)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_what_was_written_is_read_by_the_next_one_and_by_nobody_else(path: Path) -> None:
    VectorFile(path, "model 1").write(PARTS)

    assert content(VectorFile(path, "model 1")) == b"numbers of one model"
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(path.parent) == [path.name]


def test_where_nothing_was_written_there_is_nothing_to_say(path: Path, logged: Logged) -> None:
    assert VectorFile(path, "model 1").read() is None
    assert logged == []


def test_vectors_of_another_model_are_not_read(path: Path, logged: Logged) -> None:
    VectorFile(path, "model 1").write(PARTS)

    assert VectorFile(path, "model 2").read() is None
    assert [line["level"] for line in logged] == ["info"]

    VectorFile(path, "model 2").write([b"other"])
    assert content(VectorFile(path, "model 2")) == b"other"


@pytest.mark.parametrize("place", [0, 25, 60, -1])
def test_a_file_with_one_wrong_byte_is_told_and_made_again(
    path: Path, logged: Logged, place: int
) -> None:
    file = VectorFile(path, "model 1")
    file.write(PARTS)
    harmed = bytearray(path.read_bytes())
    harmed[place] ^= 1
    path.write_bytes(harmed)

    assert file.read() is None
    assert len(logged) == 1
    assert logged[0]["file"] == str(path)

    file.write(PARTS)
    assert content(file) == b"numbers of one model"


@pytest.mark.parametrize("length", [0, 10, 19, 40, 52, 60, 83])
def test_a_cut_file_is_told(path: Path, logged: Logged, length: int) -> None:
    file = VectorFile(path, "model 1")
    file.write(PARTS)
    assert path.stat().st_size > length
    path.write_bytes(path.read_bytes()[:length])

    assert file.read() is None
    assert [line["level"] for line in logged] == ["warning"]


def test_where_there_is_no_folder_no_file_is_made(tmp_path: Path, logged: Logged) -> None:
    file = VectorFile(tmp_path / "data" / "faq.vectors", "model 1")
    file.write(PARTS)

    assert file.read() is None
    assert not (tmp_path / "data").exists()
    assert logged == []


def test_what_cannot_be_written_or_read_is_told_and_is_no_mistake(
    path: Path, logged: Logged
) -> None:
    path.mkdir()
    file = VectorFile(path, "model 1")
    file.write(PARTS)

    assert file.read() is None
    assert [line["level"] for line in logged] == ["warning", "warning"]
    assert names(path.parent) == [path.name]


def test_a_write_that_was_cut_short_leaves_the_old_file_and_is_tidied_up(path: Path) -> None:
    file = VectorFile(path, "model 1")
    file.write(PARTS)

    def failing() -> Any:
        yield b"half"
        raise MemoryError

    with pytest.raises(MemoryError):
        file.write(failing())
    assert content(file) == b"numbers of one model"

    file.write([b"new"])
    assert content(file) == b"new"
    assert names(path.parent) == [path.name]
