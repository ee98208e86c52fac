"""Letters are read in processes of their own: a hostile one costs nobody but itself."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.email.letter import Reading
from adapters.email.readers import AT_ONCE, Readers
from adapters.email.readers import SLOW as SLOW_LANE
from tests.fakes.mail.letters import letter

SLOW = (
    b"From: Eve <eve@example.org>\r\nMessage-ID: <slow@example.org>\r\n"
    b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    + b"--a\r\n\r\nx\r\n" * 1_000_000
    + b"--a--\r\n"
)
"""Half a minute's work on a quick machine, where nothing limits the parts."""


@pytest.fixture
async def readers() -> AsyncIterator[Readers]:
    made = Readers(limit=30)
    yield made
    await made.close()


def plain(text: str, **more: Any) -> Reading:
    return Reading(letter(text), **more)


async def test_a_letter_is_read(readers: Readers) -> None:
    assert (await readers.letter(plain("Здравствуйте"))).text == "Здравствуйте"


async def test_one_process_reads_many(readers: Readers) -> None:
    for number in range(20):
        assert (await readers.letter(plain(str(number)))).text == str(number)
    assert len(readers._all) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what a process was given")
async def test_a_letter_that_takes_its_process_over_finds_no_token(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:secret")
    await readers.letter(plain("Здравствуйте"))
    (child,) = readers._all
    given = await asyncio.to_thread(Path(f"/proc/{child.pid}/environ").read_bytes)
    assert b"PYTHONPATH=" in given
    assert b"secret" not in given


async def test_a_slow_letter_keeps_nobody_waiting_and_becomes_a_stub() -> None:
    readers = Readers(limit=6)
    try:
        ended: list[str] = []

        async def slow() -> None:
            found = await readers.letter(Reading(SLOW, parts=10**9))
            ended.append(found.problem)
            assert (found.sender, found.message_id) == ("eve@example.org", "<slow@example.org>")

        async def quick() -> None:
            ended.append((await readers.letter(plain("быстро"))).text)

        await asyncio.gather(slow(), quick())
        assert ended == ["быстро", "time"]
        assert (await readers.letter(plain("дальше"))).text == "дальше"
    finally:
        await readers.close()


async def test_a_process_that_dies_costs_one_letter(readers: Readers) -> None:
    task = asyncio.create_task(readers.letter(Reading(SLOW, parts=10**9)))
    async with asyncio.timeout(30):
        while not readers._all:  # noqa: ASYNC110  (a process that is started tells nobody)
            await asyncio.sleep(0.01)
    (child,) = readers._all
    os.kill(child.pid, signal.SIGKILL)
    assert (await task).problem == "broken"
    assert (await readers.letter(plain("дальше"))).text == "дальше"


async def test_there_are_never_more_of_them_than_allowed(readers: Readers) -> None:
    await asyncio.gather(*(readers.letter(plain(str(number))) for number in range(12)))
    assert len(readers._all) <= AT_ONCE + SLOW_LANE


async def test_they_end_with_the_channel(readers: Readers) -> None:
    await readers.letter(plain("x"))
    (child,) = readers._all
    await readers.close()
    assert child.returncode is not None


async def test_they_end_when_the_program_is_killed(readers: Readers) -> None:
    await readers.letter(plain("x"))
    (child,) = readers._all
    assert child.stdin is not None
    child.stdin.close()
    assert await asyncio.wait_for(child.wait(), 30) == 0


async def test_a_file_of_the_project_is_not_taken_for_a_module(
    readers: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mimetypes.py").write_text("raise SystemExit\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert (await readers.letter(plain("Здравствуйте"))).text == "Здравствуйте"
