"""Being called by Telegram: the fake posts to a listener of the test's own, as the program's would."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.channel import HookAnswer, HookCall
from bot.errors import ConfigurationError
from tests.contract.adapter.life import Life
from tests.fakes.telegram import FakeBot, FakeTelegram, Person
from tests.unit.telegram.conftest import Log, Runs
from tests.unit.telegram.payloads import update

SECRET = "пароль"


class Listener:
    """What the program's HTTP listener does for hooks."""

    def __init__(self) -> None:
        self.life: Life | None = None
        self.answers: list[int] = []
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/hooks/{channel}", self._called)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _called(self, request: web.Request) -> web.Response:
        if self.life is None:
            return web.Response(status=503)
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = HookCall(request.method, headers, body=await request.read())
        answer: HookAnswer = await self.life.adapter.called(call)  # type: ignore[attr-defined]
        self.answers.append(answer.status)
        return web.Response(status=answer.status, body=answer.body)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    await made.start()
    yield made
    await made.stop()


async def called_by(
    runs: Runs, listener: Listener, server: FakeTelegram, bot: FakeBot, **webhook: str
) -> Life:
    life = runs.life(mode="webhook", webhook={"url": listener.url, **webhook})
    await life.begin()
    await server.until(lambda: bot.account.webhook, "the webhook was never set")
    listener.life = life
    return life


async def post(life: Life, body: object, secret: str = "", method: str = "POST") -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    call = HookCall(method, {"x-telegram-bot-api-secret-token": secret}, body=raw)
    answer: HookAnswer = await life.adapter.called(call)  # type: ignore[attr-defined]
    return answer.status


async def test_the_webhook_is_set_with_address_kinds_and_a_secret_of_its_own(
    server: FakeTelegram, bot: FakeBot, runs: Runs, listener: Listener
) -> None:
    await called_by(runs, listener, server, bot)
    assert bot.account.webhook["url"] == f"{listener.url}/hooks/telegram"
    assert len(bot.account.secret) >= 32
    assert runs.memory.kept["webhook secret"] == bot.account.secret
    assert "message_reaction" in bot.account.queue.allowed


async def test_what_the_customer_writes_comes_in_order(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs, listener: Listener
) -> None:
    life = await called_by(runs, listener, server, bot, secret="our-own_secret")
    assert bot.account.secret == "our-own_secret"
    lines = [f"строка {number}" for number in range(20)]
    for line in lines:
        await anna.writes(line)
    await life.door.brings("строка 19")
    assert runs.memory.texts() == lines
    await server.until(lambda: not bot.unconfirmed, "never confirmed")
    assert set(listener.answers) == {200}


async def test_the_same_call_three_times_at_once_counts_once(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs, listener: Listener
) -> None:
    server.hooks.repeat = 3
    life = await called_by(runs, listener, server, bot)
    await anna.writes("один раз")
    await life.door.until(lambda: runs.memory.offered >= 3)
    assert runs.memory.texts() == ["один раз"]


async def test_what_could_not_be_saved_is_brought_again(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs, listener: Listener
) -> None:
    life = await called_by(runs, listener, server, bot)
    life.door.refuse = 2
    await anna.writes("с третьего раза")
    await life.door.brings("с третьего раза")
    await server.until(lambda: not bot.unconfirmed, "never confirmed")
    assert listener.answers == [500, 500, 200]


async def test_a_call_is_answered_only_when_it_is_saved(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs, listener: Listener
) -> None:
    life = await called_by(runs, listener, server, bot)
    life.door.hang = "before"
    await anna.writes("сохраните меня")
    await life.door.hung.wait()
    assert listener.answers == []
    assert bot.unconfirmed


@pytest.mark.parametrize("secret", ["", "wrong", "пароль", "\udcff"])
async def test_a_stranger_is_turned_away(
    server: FakeTelegram, bot: FakeBot, runs: Runs, listener: Listener, secret: str
) -> None:
    life = await called_by(runs, listener, server, bot)
    assert await post(life, update("text"), secret) == 403
    assert runs.memory.events == []


async def test_nonsense_with_the_right_secret_is_taken_so_that_it_does_not_come_for_ever(
    server: FakeTelegram, bot: FakeBot, runs: Runs, listener: Listener
) -> None:
    life = await called_by(runs, listener, server, bot)
    bodies: list[Any] = [b"\xff{", [], {"update_id": "x"}, update("broken_beyond_repair")]
    for body in bodies:
        assert await post(life, body, bot.account.secret) == 200
    assert runs.memory.events == []
    assert await post(life, update("broken_message"), bot.account.secret) == 200
    assert runs.memory.texts() == ["не открывается дверь"]
    assert await post(life, {}, bot.account.secret, "GET") == 405


async def test_an_album_is_gathered_and_survives_a_kill(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs, listener: Listener
) -> None:
    first = await called_by(runs, listener, server, bot)
    for number in range(2):
        anna.sends_part("555", number, f"вид {number}", bot)
    await first.door.until(lambda: len(runs.memory.saves) >= 2)
    listener.life = None
    await first.end()
    anna.sends_part("555", 2, "вид 2", bot)
    second = await called_by(runs, listener, server, bot)
    await second.door.brings("вид 0\nвид 1\nвид 2")
    assert len(runs.memory.events) == 1


async def test_a_webhook_that_somebody_took_away_is_set_again(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs, listener: Listener, log: Log
) -> None:
    life = await called_by(runs, listener, server, bot)
    bot.account.webhook = {}
    await log.says("took our webhook away")
    await server.until(lambda: bot.account.webhook, "it was not set again")
    await anna.writes("снова слышно")
    await life.door.brings("снова слышно")


async def test_telegram_that_is_away_or_refuses_is_asked_again(
    server: FakeTelegram, bot: FakeBot, runs: Runs, listener: Listener
) -> None:
    server.fails("setWebhook", "502", times=2)
    server.fails("getWebhookInfo", "429", times=2)
    await called_by(runs, listener, server, bot)


async def test_back_to_polling_our_own_webhook_is_taken_away_first(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs, listener: Listener
) -> None:
    first = await called_by(runs, listener, server, bot)
    await first.end()
    listener.life = None
    second = await runs.life().begin()
    await anna.writes("по-старому")
    await second.door.brings("по-старому")
    assert not bot.account.webhook


async def test_alive_is_told_when_telegram_calls_and_when_the_webhook_stands(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs, listener: Listener
) -> None:
    life = await called_by(runs, listener, server, bot)
    async with asyncio.timeout(20):
        while life.door.reads < 2:  # noqa: ASYNC110  (a number that grows)
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "webhook", [{}, {"url": "bot.example.ru"}, {"url": "https://a.ru", "secret": SECRET}]
)
async def test_an_address_or_a_secret_that_cannot_work_is_told_at_the_start(
    runs: Runs, webhook: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await runs.life(mode="webhook", webhook=webhook).begin(read=False)
    assert "webhook" in str(caught.value)
    assert SECRET not in str(caught.value)


async def test_a_channel_that_polls_has_no_hook(runs: Runs) -> None:
    life = await runs.life().begin(read=False)
    assert await post(life, update("text")) == 404
