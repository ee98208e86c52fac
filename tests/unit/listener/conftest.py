"""The little server on a program with two channels, asked over real sockets."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.app import App, Limits
from bot.channel import HookAnswer, HookCall
from bot.clock import ObedientClock
from bot.config.settings import Http, Secret, Webhook
from bot.errors import NotSaved
from bot.health import Health
from bot.listener import Listener
from bot.project import read_project
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter

NOW = 1_800_000_000_000
SECRET = "s3cr3t-слово"
CONFIG = """\
name: Echo
language: ru
http: {webhooks: {оплата: {secret: x}}}
"""
FLOWS = {
    "echo": "flow: echo\nstart: {commands: [start]}\nsteps:\n  - say: Слышу.\n  - end: всё\n",
    "оплата": """\
flow: оплата
start: {event: {webhook: оплата}}
slots: {сумма: {type: text}}
steps:
  - say: Получено {{ сумма }}.
  - end: всё
""",
}


class Called(FakeAdapter):
    """A channel that is called over HTTP."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[HookCall] = []
        self.fails: list[Exception] = []

    async def called(self, call: HookCall) -> HookAnswer:
        self.calls.append(call)
        if self.fails:
            raise self.fails.pop()
        return HookAnswer(201, b"taken", "text/x-test")


class Desk:
    """The program and its server. `ask` gives the status and the answer, JSON where it is."""

    def __init__(self, app: App, store: SqliteStore, clock: ObedientClock, folder: Path) -> None:
        self.app, self.store, self.clock = app, store, clock
        self.http = Http(
            "127.0.0.1:0",
            webhooks={
                "оплата": Webhook("оплата", Secret(SECRET)),
                "глубже": Webhook("глубже", Secret(SECRET), "order.phone"),
                "пусто": Webhook("пусто", Secret("")),
            },
            deaf_after=120_000,
            body_limit=2_000,
        )
        self.health = Health(app, frozenset(app.adapters), self.http.deaf_after)
        self.listener = Listener(self.http, app, self.health)
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        await self.app.start()
        await self.listener.start()
        self._session = aiohttp.ClientSession(f"http://127.0.0.1:{self.listener.port}")

    async def close(self) -> None:
        assert self._session is not None
        await self._session.close()
        await self.listener.stop()
        await self.app.stop()

    async def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[int, str, str]:
        """Status, body, content type."""
        assert self._session is not None
        async with self._session.request(method, path, data=body, headers=headers) as answer:
            return answer.status, await answer.text(), answer.content_type


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    (tmp_path / "flows").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG, "utf-8")
    for name, flow in FLOWS.items():
        (tmp_path / "flows" / f"{name}.yaml").write_text(flow, "utf-8")
    read = read_project(tmp_path)
    assert read.script is not None, read.findings
    store, clock = SqliteStore(tmp_path / "x.db", synchronous="NORMAL"), ObedientClock(NOW)
    await store.open()
    app = App(
        read.script,
        read.config.business,
        store,
        {"telegram": FakeAdapter(), "vk": Called()},
        clock,
        Files(tmp_path / "files"),
        limits=Limits(stop=100),
    )
    running = Desk(app, store, clock, tmp_path)
    await running.open()
    yield running
    await running.close()
    await store.close()


def full(desk: Desk) -> None:
    """From now on the disk is full."""

    async def refuse(*_: object, **__: object) -> None:
        raise NotSaved("the disk is full")

    desk.store.keep = refuse  # type: ignore[method-assign]
    desk.store.accept = refuse  # type: ignore[assignment,method-assign]
