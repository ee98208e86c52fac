"""The whole program as a process, connected to the fake Telegram."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
from pathlib import Path
from typing import Any, Self

from tests.fakes.telegram import FakeBot, FakeTelegram
from tests.fakes.telegram.bell import PATIENCE, NeverHappened

ROOT = Path(__file__).parents[3]
CUSTOMERS_TOKEN = "1001:AAcustomers-secret"
DESK_TOKEN = "1002:AAdesk-secret"
EXAMPLE = ("faq.yaml", "flows", "replies.yaml", "tables")
STARTED = '"started"'

CONFIG = """
name: Мастерская «Импульс»
language: ru
timezone: Europe/Moscow
vars: {{телефон_офиса: +7 495 000-00-00, адрес: "улица Ленина, 10, вход со двора"}}
channels:
  telegram: {{token: "{customers}", api_url: "{url}"{telegram}}}
operators:
  telegram: {{token: "{desk}", api_url: "{url}"{operators}}}
  queues:
    ремонт: {{title: Ремонт}}
    качество: {{title: Жалобы и возвраты}}
http: {{allow: [api.example.ru]{http}}}
{more}
"""
CONSENT = """
consent:
  text: Чтобы записать номер, нужно ваше согласие на обработку данных. Попросите - удалим.
  link: https://example.ru/privacy
  on_refuse: без_согласия
"""


def example(
    folder: Path,
    server: FakeTelegram,
    *,
    telegram: str = "",
    operators: str = "",
    http: str = "",
    more: str = "",
) -> Path:
    """The example business in a folder of its own; the arguments are further lines of its configuration."""
    folder.mkdir(parents=True)
    for part in EXAMPLE:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("*.test.yaml"))
        else:
            shutil.copy(source, folder / part)
    configure(
        folder, server, telegram=telegram, operators=operators, http=http, more=CONSENT + more
    )
    return folder


def configure(
    folder: Path,
    server: FakeTelegram,
    *,
    telegram: str = "",
    operators: str = "",
    http: str = "",
    more: str = "",
) -> None:
    """Write config.yaml."""
    text = CONFIG.format(
        customers=CUSTOMERS_TOKEN,
        desk=DESK_TOKEN,
        url=server.url,
        telegram=telegram,
        operators=operators,
        http=http,
        more=more,
    )
    (folder / "config.yaml").write_text(text, encoding="utf-8")


class Program:
    """`frontdesk run`, from start to stop, as often as is wanted. What it printed since its start is in `printed`.

    `swift`: it is started as a fork of a process that has everything loaded.
    """

    def __init__(self, folder: Path, *, swift: bool = False) -> None:
        self.folder = folder
        self.printed: list[str] = []
        self._swift = swift
        self._news = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._pid = 0
        self._ended: asyncio.Future[int] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.close()

    async def start(self, *, wait: bool = True) -> None:
        """Start it, and wait until it says that it has started."""
        assert not self.runs, "it runs already"
        self.printed.clear()
        if self._process is None or not self._swift:
            await self._spawn()
        if self._swift:
            assert self._process
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(f"{self.folder}\n".encode())
            self._pid = int(await self._process.stdout.readline())
        self._ended = asyncio.ensure_future(self._end())
        if wait:
            await self.prints(STARTED)

    async def _spawn(self) -> None:
        """The program itself, or what forks it."""
        plain = ("bot", "run", "--project", str(self.folder))
        module = ("tests.acceptance.telegram.forge",) if self._swift else plain
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *module,
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE if self._swift else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if self._swift else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            limit=2**24,
        )
        self._pid = self._process.pid
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process
        assert self._process.stderr
        async for line in self._process.stderr:
            self.printed.append(line.decode(errors="replace").rstrip())
            self._news.set()
        self._news.set()

    async def _end(self) -> int:
        """Its exit code, once it has one; negative is a signal's number."""
        assert self._process
        if self._swift:
            assert self._process.stdout
            code = int(await self._process.stdout.readline() or 1)
        else:
            code = await self._process.wait()
            if self._reading:
                await self._reading
        self._news.set()
        return code

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._ended is not None and not self._ended.done()

    async def prints(self, words: str, patience: float = PATIENCE) -> str:
        """The first line with these words, once it is there."""
        end = asyncio.get_running_loop().time() + patience
        while True:
            for line in self.printed:
                if words in line:
                    return line
            if not self.runs:
                raise NeverHappened(f"it ended without «{words}»:\n{self.tail()}")
            self._news.clear()
            left = end - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self._news.wait(), max(left, 0.001))
            except TimeoutError:
                raise NeverHappened(f"it did not print «{words}»:\n{self.tail()}") from None

    async def code(self) -> str:
        """The code for /connect."""
        line = await self.prints("/connect ")
        found = re.search(r"/connect (\d{6})", line)
        assert found, line
        return found[1]

    def tail(self, lines: int = 40) -> str:
        """What it printed last."""
        return "\n".join(self.printed[-lines:])

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        os.kill(self._pid, signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for its end; its exit code."""
        assert self._ended is not None
        return await asyncio.wait_for(asyncio.shield(self._ended), PATIENCE)

    async def kill(self) -> None:
        """SIGKILL, if it still runs."""
        if self.runs:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            await self.ended()

    async def close(self) -> None:
        """It, and what forks it, are gone."""
        await self.kill()
        if self._process is not None and self._swift:
            assert self._process.stdin
            self._process.stdin.close()
            await asyncio.wait_for(self._process.wait(), PATIENCE)
        if self._reading is not None:
            await self._reading


def bots(server: FakeTelegram) -> tuple[FakeBot, FakeBot]:
    """The customers' bot and the desk's, as the configuration names them."""
    desk = server.bot(DESK_TOKEN, "Стойка", "impulse_desk_bot")
    return server.bot(CUSTOMERS_TOKEN, "Импульс", "impulse_bot"), desk


def leaked(printed: list[str], *secrets: Any) -> list[str]:
    """Lines of the log in which a token or other secret stands."""
    tokens = (CUSTOMERS_TOKEN.partition(":")[2], DESK_TOKEN.partition(":")[2], *secrets)
    return [line for line in printed if any(secret in line for secret in tokens)]
