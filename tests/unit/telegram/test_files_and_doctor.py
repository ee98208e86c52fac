"""Customers' files, and what the doctor sees."""

from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web

from bot.channel import Examined, Finding, Hooked, RetryLater, Undeliverable
from bot.errors import ConfigurationError
from bot.model.message import Attachment, say
from tests.contract.adapter.driver import delivery
from tests.contract.adapter.life import Life
from tests.contract.adapter.telegram import TOKEN, TelegramDriver
from tests.fakes.telegram import FakeBot, FakeTelegram, Person
from tests.fakes.telegram.faults import FaultKind
from tests.unit.telegram.conftest import Log, Runs


async def fetched(life: Life, file: Attachment) -> bytes:
    return b"".join([chunk async for chunk in life.adapter.fetch(file)])


async def sent(life: Life, anna: Person, size: int = -1) -> Attachment:
    """A file from Anna, as it came in."""
    await anna.sends("document", b"abc" * 100_000, "смета.pdf", "вот", size=size)
    came = await life.door.brings("вот")
    (file,) = came.event.message.attachments  # type: ignore[union-attr]
    return file


async def test_a_file_is_fetched_whole(anna: Person, life: Life) -> None:
    assert await fetched(life, await sent(life, anna)) == b"abc" * 100_000


async def test_a_file_that_bots_cannot_have_is_told_in_words(anna: Person, life: Life) -> None:
    file = await sent(life, anna, size=25 * 1024 * 1024)
    with pytest.raises(Undeliverable) as caught:
        await fetched(life, file)
    assert "20 МБ" in str(caught.value)


async def test_a_file_that_is_gone_is_told_in_words(
    server: FakeTelegram, anna: Person, life: Life
) -> None:
    file = await sent(life, anna)
    for kept in server.world.files.values():
        kept.gone = True
    with pytest.raises(Undeliverable) as caught:
        await fetched(life, file)
    assert "больше не отдаёт" in str(caught.value)


async def test_an_id_of_nothing_is_told_in_words(life: Life) -> None:
    with pytest.raises(Undeliverable) as caught:
        await fetched(life, Attachment("photo", source="nonsense"))
    assert "больше не отдаёт" in str(caught.value)


@pytest.mark.parametrize(
    "method,kinds", [("getFile", ["500", "502", "cut"]), ("file", ["500", "502"])]
)
async def test_a_file_that_cannot_be_had_just_now_is_fetched_later_and_no_token_is_told(
    server: FakeTelegram, anna: Person, life: Life, method: str, kinds: list[FaultKind]
) -> None:
    file = await sent(life, anna)
    for kind in kinds:
        server.fails(method, kind)
        with pytest.raises(RetryLater) as caught:
            await fetched(life, file)
        assert TOKEN not in str(caught.value)
    assert await fetched(life, file) == b"abc" * 100_000


# the doctor


async def findings(runs: Runs, **settings: Any) -> Sequence[Finding]:
    life = runs.life(**settings)
    adapter = life.adapter
    assert isinstance(adapter, Examined)
    return await adapter.examine(life.door)


def told(found: Sequence[Finding], state: str) -> str:
    return " / ".join(f"{one.what}: {one.cure}" for one in found if one.state == state)


async def test_a_bot_in_order_is_told_so(runs: Runs) -> None:
    found = await findings(runs)
    assert {one.state for one in found} == {"ok"}
    assert "@impuls_repair_bot" in told(found, "ok")
    assert "других читателей нет" in told(found, "ok")


async def test_english_is_spoken_where_the_configuration_does(runs: Runs) -> None:
    assert "no other reader" in told(await findings(runs, language="en"), "ok")


async def test_a_wrong_token_is_a_failure_with_its_cure(runs: Runs) -> None:
    found = await findings(runs, token="4002:AAE-unknown")
    assert "@BotFather" in told(found, "failure")
    assert "AAE-unknown" not in repr(found)


async def test_telegram_that_is_away_is_a_failure_with_its_cure(
    server: FakeTelegram, runs: Runs
) -> None:
    await server.goes_down()
    assert "proxy" in told(await findings(runs), "failure")
    await server.comes_up()


async def test_somebodys_webhook_is_a_failure_for_who_polls(bot: FakeBot, runs: Runs) -> None:
    bot.account.webhook = {"url": "http://127.0.0.1:9/elsewhere"}
    assert "deleteWebhook" in told(await findings(runs), "failure")
    runs.memory.kept["webhook"] = "http://127.0.0.1:9/elsewhere"
    assert "снимет его сам" in told(await findings(runs), "ok")


async def test_a_webhook_that_is_not_set_yet_is_a_warning(bot: FakeBot, runs: Runs) -> None:
    settings: dict[str, Any] = {"mode": "webhook", "webhook": {"url": "http://127.0.0.1:9"}}
    assert "ещё не установлен" in told(await findings(runs, **settings), "warning")
    bot.account.webhook = {"url": "http://127.0.0.1:9/hooks/telegram"}
    assert "вебхук установлен" in told(await findings(runs, **settings), "ok")


async def test_a_second_reader_is_a_warning(server: FakeTelegram, runs: Runs) -> None:
    reader = await runs.life({"poll": 30}).begin()
    await server.until(lambda: reader.door.reads or server.world.accounts, "nobody reads")
    assert "читает кто-то ещё" in told(await findings(runs), "warning")
    assert reader.reads


async def test_a_look_confirms_nothing_and_changes_no_setting(
    bot: FakeBot, anna: Person, runs: Runs
) -> None:
    before = bot.account.queue.allowed
    await findings(runs)
    assert bot.account.queue.allowed == before
    await anna.writes("не трогайте")
    assert "ждут обновления: 1" in told(await findings(runs), "ok")
    assert len(bot.unconfirmed) == 1


# the start


async def test_the_adapter_is_what_the_program_looks_for(runs: Runs) -> None:
    adapter = runs.life().adapter
    assert isinstance(adapter, Hooked)
    assert isinstance(adapter, Examined)


@pytest.mark.parametrize("token", ["", "нет", "123", "12 3:abc"])
async def test_a_token_that_cannot_be_one_is_told_without_it(runs: Runs, token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        runs.adapter(token=token)
    assert "BotFather" in str(caught.value)


@pytest.mark.parametrize("proxy", ["proxy.example.ru:3128", "tg://proxy?server=a", "word"])
async def test_a_proxy_that_cannot_be_one_is_told_without_it(runs: Runs, proxy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        runs.adapter(proxy=proxy)
    assert "http://" in str(caught.value)
    assert proxy not in str(caught.value)


async def test_an_address_without_its_beginning_is_told(runs: Runs) -> None:
    with pytest.raises(ConfigurationError) as caught:
        runs.adapter(api_url="api.telegram.org")
    assert "https://api.telegram.org" in str(caught.value)


async def test_a_socks_proxy_needs_its_package(runs: Runs) -> None:
    with pytest.raises(ConfigurationError) as caught:
        runs.adapter(proxy="socks5://user:word@127.0.0.1:1080")
    assert "aiohttp-socks" in str(caught.value)
    assert "word" not in str(caught.value)


async def test_everything_goes_through_an_http_proxy(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs
) -> None:
    seen: list[str] = []

    async def forward(request: web.BaseRequest) -> web.StreamResponse:
        seen.append(str(request.url))
        import aiohttp

        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method,
                request.url,
                data=await request.read(),
                headers={"Content-Type": request.headers.get("Content-Type", "")},
            ) as answer,
        ):
            return web.Response(
                body=await answer.read(), status=answer.status, content_type=answer.content_type
            )

    runner = web.ServerRunner(web.Server(forward), shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    proxy = f"http://127.0.0.1:{runner.addresses[0][1]}"
    life = await runs.life(proxy=proxy).begin()
    file = await sent(life, anna)
    assert await fetched(life, file) == b"abc" * 100_000
    driver = TelegramDriver()
    driver.address = str(anna.id)
    await life.adapter.deliver(delivery(driver, say("и туда")))
    assert anna.reads() == ["и туда"]
    for method in ("getUpdates", "getFile", "/file/bot", "sendMessage"):
        assert any(method in url for url in seen), method
    await life.end()
    await runner.cleanup()


async def test_a_proxy_that_is_away_is_waited_for(runs: Runs, anna: Person, log: Log) -> None:
    life = await runs.life(proxy="http://user:word@127.0.0.1:9").begin()
    await log.says("trying again")
    assert life.reads
    assert "word" not in repr(log.lines)
