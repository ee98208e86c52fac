"""Contents of attachments, by their hash."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.files import Files


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def left_in(folder: Path) -> list[str]:
    """The names of all files."""
    return [path.name for path in folder.rglob("*") if path.is_file()]


async def test_a_content_is_kept_under_its_hash(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    content = b"abc" * 200_000
    digest, size = await files.save(chunks(content[:7], content[7:]), 1_000_000)
    assert (digest, size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert files.path(digest).read_bytes() == content
    assert files.path(digest).parent.name == digest[:2]
    assert await files.save(chunks(content), 1_000_000) == (digest, size)


async def test_nothing_at_all_is_a_content_too(tmp_path: Path) -> None:
    files = Files(tmp_path)
    digest, size = await files.save(chunks(), 10)
    assert size == 0
    assert files.path(digest).read_bytes() == b""


async def test_what_is_too_long_leaves_nothing_behind(tmp_path: Path) -> None:
    files = Files(tmp_path)
    with pytest.raises(ValueError, match="longer than 5 bytes"):
        await files.save(chunks(b"abc", b"def"), 5)
    assert left_in(tmp_path) == []


async def test_what_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"abc"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await Files(tmp_path).save(broken(), 100)
    assert left_in(tmp_path) == []


async def test_what_a_killed_process_left_unfinished_is_cleared_away(tmp_path: Path) -> None:
    files = Files(tmp_path)
    digest, _ = await files.save(chunks(b"abc"), 10)
    (tmp_path / "0123.unfinished").write_bytes(b"half")
    files.tidy()
    assert left_in(tmp_path) == [digest]


async def test_a_removed_content_is_gone_and_removing_it_again_is_fine(tmp_path: Path) -> None:
    files = Files(tmp_path)
    digest, _ = await files.save(chunks(b"abc"), 10)
    assert files.remove(digest)
    assert not files.remove(digest)
    assert not files.path(digest).exists()


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_hash_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        Files(tmp_path).path(name)
