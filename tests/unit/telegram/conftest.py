"""A Telegram of our own with one bot and one customer, and runs of the adapter against it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from msgspec.structs import replace

from adapters.telegram.adapter import TelegramAdapter
from tests.contract.adapter.door import Memory
from tests.contract.adapter.life import Life
from tests.contract.adapter.telegram import QUICK, TOKEN
from tests.fakes.telegram import FakeBot, FakeTelegram, Person


@pytest.fixture
async def server() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as running:
        yield running


@pytest.fixture
def bot(server: FakeTelegram) -> FakeBot:
    return server.bot(TOKEN, "Импульс", "impuls_repair_bot")


@pytest.fixture
async def anna(server: FakeTelegram, bot: FakeBot) -> Person:
    """Has pressed Start before; the bot has read it."""
    person = server.person("Анна", username="anna")
    await person.starts(bot)
    bot.account.queue.waiting.clear()
    return person


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path)


class Runs:
    """Makes runs of the adapter on one memory; `timing` and settings as keywords."""

    def __init__(self, server: FakeTelegram, memory: Memory) -> None:
        self.server = server
        self.memory = memory
        self.made: list[Life] = []

    def adapter(self, timing: dict[str, Any] | None = None, **settings: Any) -> TelegramAdapter:
        told = {"token": TOKEN, "api_url": self.server.url, **settings}
        return TelegramAdapter("telegram", told, replace(QUICK, **(timing or {})))

    def life(self, timing: dict[str, Any] | None = None, **settings: Any) -> Life:
        self.made.append(Life(self.adapter(timing, **settings), self.memory))
        return self.made[-1]


@pytest.fixture
async def runs(server: FakeTelegram, bot: FakeBot, memory: Memory) -> AsyncIterator[Runs]:
    made = Runs(server, memory)
    yield made
    for one in made.made:
        await one.end()


@pytest.fixture
async def life(runs: Runs) -> Life:
    """A run that reads."""
    return await runs.life().begin()


class Log:
    """What is logged, as it comes."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self._came = asyncio.Condition()
        self._rings: set[asyncio.Task[None]] = set()

    def __call__(self, logger: Any, name: str, event: Any) -> Any:
        self.lines.append({"level": name, **event})
        ring = asyncio.get_running_loop().create_task(self._ring())
        self._rings.add(ring)
        ring.add_done_callback(self._rings.discard)
        raise structlog.DropEvent

    async def _ring(self) -> None:
        async with self._came:
            self._came.notify_all()

    def about(self, words: str) -> list[dict[str, Any]]:
        """The lines with these words."""
        return [line for line in self.lines if words in line["event"]]

    async def says(self, words: str) -> dict[str, Any]:
        """The first line with these words, once it is there."""
        async with asyncio.timeout(30), self._came:
            await self._came.wait_for(lambda: self.about(words))
        return self.about(words)[0]


@pytest.fixture
def log() -> Iterator[Log]:
    """Watches the log instead of printing it."""
    watched = Log()
    before = structlog.get_config()
    structlog.configure(
        processors=[watched],
        # A command that was tried before in this process may have asked for silence.
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )
    yield watched
    structlog.configure(**before)
