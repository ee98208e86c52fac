"""getUpdates and webhooks: what is confirmed, what waits, who may read."""

import asyncio
from typing import Any, Self

import aiogram
import aiohttp
import pytest
from aiogram.exceptions import TelegramConflictError, TelegramUnauthorizedError
from aiohttp import web

from tests.fakes.telegram import FakeBot, FakeTelegram, Person


def ids(updates: list[aiogram.types.Update]) -> list[int]:
    return [one.update_id for one in updates]


async def three(bot: FakeBot, anna: Person) -> None:
    for text in ("раз", "два", "три"):
        await anna.writes(text, to=bot)


async def test_an_offset_confirms_everything_below(
    bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    await three(bot, anna)
    first = ids(await gram.get_updates(limit=2))
    assert len(first) == 2
    everything = ids(await gram.get_updates())
    assert everything[:2] == first
    assert ids(await gram.get_updates(offset=everything[1])) == everything[1:]
    assert ids(await gram.get_updates()) == everything[1:]
    assert ids(await gram.get_updates(offset=-1)) == everything[2:]
    assert ids(await gram.get_updates(offset=everything[2] + 1)) == []


async def test_a_long_poll_ends_as_soon_as_something_comes(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    poll = asyncio.create_task(gram.get_updates(timeout=50))
    await server.until(lambda: bot.account.reader)
    await anna.writes("Здравствуйте", to=bot)
    assert len(await asyncio.wait_for(poll, 10)) == 1


async def test_kinds_that_nobody_asked_for_are_not_kept(
    bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    await anna.writes("раз", to=bot)
    await anna.reacts("👍", "раз")
    await gram.get_updates(allowed_updates=["message_reaction"])
    await anna.reacts("👀", "раз")
    await anna.writes("два")
    kinds = [one.event_type for one in await gram.get_updates()]
    assert kinds == ["message", "message_reaction"]


async def test_a_second_reader_ends_the_first(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot
) -> None:
    first = asyncio.create_task(gram.get_updates(timeout=50))
    await server.until(lambda: bot.account.reader)
    second = asyncio.create_task(gram.get_updates(timeout=50))
    with pytest.raises(TelegramConflictError, match="only one bot instance"):
        await asyncio.wait_for(first, 10)
    bot.is_revoked()
    with pytest.raises(TelegramUnauthorizedError):
        await asyncio.wait_for(second, 10)


async def test_offsets_may_be_forgotten_shuffled_and_begin_again(
    bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    await three(bot, anna)
    everything = ids(await gram.get_updates())
    bot.repeats_updates()
    assert ids(await gram.get_updates(offset=everything[-1] + 1)) == everything
    bot.shuffles_updates()
    assert sorted(shuffled := ids(await gram.get_updates())) == everything != shuffled
    await gram.get_updates(offset=everything[-1] + 1)
    bot.numbers_updates_from(7)
    await anna.writes("через неделю")
    assert ids(await gram.get_updates(offset=everything[-1] + 1)) == [7]
    assert ids(await gram.get_updates(offset=8)) == []


class Listener:
    """A webhook that answers with the statuses it is given, then with 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hook", self.called)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._runner.cleanup()

    async def called(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


async def test_a_webhook_is_called_until_it_answers_200(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    async with Listener(500, 503) as listener:
        await gram.set_webhook(listener.url, secret_token="s3cret", allowed_updates=["message"])
        with pytest.raises(TelegramConflictError, match="webhook is active"):
            await gram.get_updates()
        await anna.writes("раз", to=bot)
        await anna.writes("два")
        await server.until(lambda: not bot.unconfirmed)
        texts = [one["message"]["text"] for one in listener.got]
        assert texts == ["раз", "раз", "раз", "два"]
        assert listener.secrets == {"s3cret"}
        info = await gram.get_webhook_info()
        assert info.url == listener.url
        await gram.delete_webhook()
        assert await gram.get_updates() == []


async def test_json_bodies_and_queries_are_understood_too(
    server: FakeTelegram, bot: FakeBot, anna: Person
) -> None:
    await anna.starts(bot)
    async with aiohttp.ClientSession() as session:
        url = f"{server.url}/bot{bot.token}/sendMessage"
        body = {"chat_id": anna.id, "text": "раз", "reply_markup": {"remove_keyboard": True}}
        assert (await (await session.post(url, json=body)).json())["ok"]
        got = await session.get(url, params={"chat_id": str(anna.id), "text": "два"})
        assert (await got.json())["result"]["text"] == "два"
        wrong = {"chat_id": anna.id, "text": ["раз"]}
        assert (await (await session.post(url, json=wrong)).json())["error_code"] == 400
        assert len(server.complaints) == 1
        server.complaints.clear()
