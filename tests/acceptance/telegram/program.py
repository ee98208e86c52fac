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

from tests.acceptance.telegram.forge import END, PID
from tests.fakes.telegram import FakeBot, FakeTelegram
from tests.fakes.telegram.bell import PATIENCE, NeverHappened

ROOT = Path(__file__).parents[3]
CUSTOMERS_TOKEN = "1001:AAcustomers-secret"
DESK_TOKEN = "1002:AAdesk-secret"
EXAMPLE = ("faq.yaml", "flows", "replies.yaml", "tables")
STARTED = '"started"'
LONGEST_LINE = 2**24

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

    With the path of a `forge` it is a fork of a process that has everything loaded, and begins at once.
    """

    def __init__(self, folder: Path, forge: str = "") -> None:
        self.folder = folder
        self.printed: list[str] = []
        self._forge = forge
        self._news = asyncio.Event()
        self._pid: asyncio.Future[int] | None = None
        self._life: asyncio.Task[int] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.kill()

    async def start(self, *, wait: bool = True) -> None:
        """Start it, and wait until it says that it has started."""
        assert not self.runs, "it runs already"
        self.printed.clear()
        self._pid = asyncio.get_running_loop().create_future()
        self._life = asyncio.create_task(self._fork() if self._forge else self._spawn())
        self._life.add_done_callback(lambda _: self._news.set())
        await self._pid
        if wait:
            await self.prints(STARTED, 2 * PATIENCE)

    async def _spawn(self) -> int:
        """A process of its own, from beginning to end."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--project", str(self.folder)),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
        )
        assert self._pid
        assert process.stderr
        self._pid.set_result(process.pid)
        async for line in process.stderr:
            self._hear(line.decode(errors="replace").rstrip())
        return await process.wait()

    async def _fork(self) -> int:
        """The same, forked by the forge."""
        reader, writer = await asyncio.open_unix_connection(self._forge, limit=LONGEST_LINE)
        code = 1
        try:
            writer.write(f"{self.folder}\n".encode())
            async for line in reader:
                self._hear(line.decode(errors="replace").rstrip())
            code = int(self.printed.pop().removeprefix(END))
        finally:
            writer.close()
            await writer.wait_closed()
        return code

    def _hear(self, line: str) -> None:
        if line.startswith(PID):
            assert self._pid
            self._pid.set_result(int(line.removeprefix(PID)))
        else:
            self.printed.append(line)
            self._news.set()

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._life is not None and not self._life.done()

    @property
    def pid(self) -> int:
        assert self._pid is not None, "it was not started"
        return self._pid.result()

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
        os.kill(self.pid, signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for its end; its exit code, negative for a signal."""
        assert self._life is not None
        try:
            return await asyncio.wait_for(asyncio.shield(self._life), PATIENCE)
        except TimeoutError:
            raise NeverHappened(f"it did not end:\n{self.tail()}") from None

    async def kill(self) -> None:
        """SIGKILL, if it still runs."""
        if self.runs:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            await self.ended()


def bots(server: FakeTelegram) -> tuple[FakeBot, FakeBot]:
    """The customers' bot and the desk's, as the configuration names them."""
    desk = server.bot(DESK_TOKEN, "Стойка", "impulse_desk_bot")
    return server.bot(CUSTOMERS_TOKEN, "Импульс", "impulse_bot"), desk


def leaked(printed: list[str], *secrets: Any) -> list[str]:
    """Lines of the log in which a token or other secret stands."""
    tokens = (CUSTOMERS_TOKEN.partition(":")[2], DESK_TOKEN.partition(":")[2], *secrets)
    return [line for line in printed if any(secret in line for secret in tokens)]
