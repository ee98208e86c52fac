"""The server, and a bot of each library that talks to it."""

from collections.abc import AsyncIterator
from typing import Any

import aiogram
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from pydantic import TypeAdapter

from tests.fakes.telegram import FakeBot, FakeTelegram, Person, wire


@pytest.fixture
async def server() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server
        for call in server.calls:
            if call.answer is not None:
                returning: Any = wire.models()[call.method].__returning__
                wire.unknown(TypeAdapter(returning).validate_python(call.answer), call.method)


@pytest.fixture
def bot(server: FakeTelegram) -> FakeBot:
    return server.bot("1001:customers", "Импульс")


@pytest.fixture
def desk(server: FakeTelegram) -> FakeBot:
    return server.bot("1002:desk", "Стойка")


@pytest.fixture
def anna(server: FakeTelegram) -> Person:
    return server.person("Анна", "Котова", username="anna_k")


@pytest.fixture
async def gram(server: FakeTelegram, bot: FakeBot) -> AsyncIterator[aiogram.Bot]:
    """aiogram's Bot with the customers' token."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    async with aiogram.Bot(bot.token, session=session) as client:
        yield client


@pytest.fixture
async def ptb(server: FakeTelegram, desk: FakeBot) -> AsyncIterator[telegram.Bot]:
    """python-telegram-bot's Bot with the desk's token."""
    base, files = f"{server.url}/bot", f"{server.url}/file/bot"
    async with telegram.Bot(desk.token, base_url=base, base_file_url=files) as client:
        yield client
