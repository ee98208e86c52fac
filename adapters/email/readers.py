"""The processes that read letters, and their time limit."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import msgspec
import structlog

from adapters.email.child import LENGTH, Answer
from adapters.email.letter import Letter, Reading
from adapters.email.mime import stub_of

log = structlog.get_logger("email")

AT_ONCE, SLOW = 2, 1
"""Letters that are read at once; beside them one that turned out to be slow."""
PATIENCE = 1.5
"""Seconds after which a letter is slow."""
_ROOT = Path(__file__).resolve().parent.parent.parent
_LONGEST_ANSWER = 200_000_000
_GOODBYE = 5.0
_NEEDED = frozenset({"PATH", "HOME", "LANG", "TMPDIR", "TZ", "SYSTEMROOT"})
_NEEDED_KINDS = ("LC_", "LD_", "DYLD_", "PYTHON")
STARTING = 3.0
"""Seconds more for the first letter of a process, which has to start."""


class Readers:
    """Processes, started when they are needed. A letter that is slow is begun anew in a lane of its own, so that slow ones
    wait for each other alone; one that takes longer than `limit` seconds there is given up."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._quick = asyncio.Semaphore(AT_ONCE)
        self._slow = asyncio.Semaphore(SLOW)
        self._idle: list[asyncio.subprocess.Process] = []
        self._all: set[asyncio.subprocess.Process] = set()
        self._ready: set[asyncio.subprocess.Process] = set()

    async def letter(self, asked: Reading) -> Letter:
        """The letter; a stub of it where it could not be read in time."""
        try:
            told = await self._ask(asked)
        except TimeoutError:
            return await asyncio.to_thread(stub_of, asked.raw, "time")
        except (OSError, EOFError, msgspec.MsgspecError) as problem:
            log.warning("letter not read", problem=type(problem).__name__)
            return await asyncio.to_thread(stub_of, asked.raw, "broken")
        assert told.letter is not None
        return told.letter

    async def content(self, asked: Reading) -> bytes | None:
        """The content of a part; None if there is none. Raises `TimeoutError`, `OSError`, `EOFError`."""
        return (await self._ask(asked)).content

    async def _ask(self, asked: Reading) -> Answer:
        if self._limit > PATIENCE:
            try:
                return await self._within(self._quick, asked, PATIENCE)
            except TimeoutError:
                pass
        return await self._within(self._slow, asked, self._limit)

    async def _within(self, lane: asyncio.Semaphore, asked: Reading, seconds: float) -> Answer:
        async with lane:
            child = self._idle.pop() if self._idle else await self._start()
            try:
                async with asyncio.timeout(seconds + (0 if child in self._ready else STARTING)):
                    told = await _exchange(child, msgspec.msgpack.encode(asked))
            except BaseException:
                await self._end(child)
                raise
            self._ready.add(child)
            self._idle.append(child)
            return told

    async def _start(self) -> asyncio.subprocess.Process:
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            # Nothing that lies in the project's folder is taken for a module of Python's.
            "-P",
            "-m",
            "adapters.email.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # A traceback would quote the letter.
            stderr=asyncio.subprocess.DEVNULL,
            env={**_without_secrets(), "PYTHONPATH": path},
        )
        self._all.add(child)
        return child

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        self._all.discard(child)
        self._ready.discard(child)
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await child.wait()
        if child.stdin is not None:
            child.stdin.close()

    async def close(self) -> None:
        """End them all."""
        self._idle.clear()
        for child in list(self._all):
            await self._end(child)


def _without_secrets() -> dict[str, str]:
    """What a process needs to start: a letter that takes it over shall find no token in it."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _NEEDED or name.startswith(_NEEDED_KINDS)
    }


async def _exchange(child: asyncio.subprocess.Process, question: bytes) -> Answer:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(LENGTH.pack(len(question)))
    child.stdin.write(question)
    await child.stdin.drain()
    (length,) = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))
    if length > _LONGEST_ANSWER:
        raise OSError("an answer that long is none")
    return msgspec.msgpack.decode(await child.stdout.readexactly(length), type=Answer)
