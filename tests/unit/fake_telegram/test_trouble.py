"""Limits, and faults on demand."""

import asyncio
import json

import aiogram
import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from tests.fakes.telegram import FakeBot, FakeTelegram, Limits, Person
from tests.fakes.telegram.faults import FaultKind
from tests.fakes.telegram.pace import Pace


class Hands:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_chat_takes_a_small_burst_then_one_a_second() -> None:
    clock = Hands()
    pace = Pace(Limits(), clock)
    assert [pace.retry_after(5, group=False) for _ in range(4)] == [0, 0, 0, 1]
    assert pace.retry_after(6, group=False) == 0
    clock.now += 1
    assert [pace.retry_after(5, group=False) for _ in range(2)] == [0, 1]


def test_a_group_takes_twenty_a_minute_whatever_the_topic() -> None:
    clock = Hands()
    pace = Pace(Limits(), clock)
    for _ in range(20):
        clock.now += 1
        assert pace.retry_after(-100, group=True) == 0
    assert pace.retry_after(-100, group=True) == 41
    clock.now += 41
    assert [pace.retry_after(-100, group=True) for _ in range(2)] == [0, 1]


def test_thirty_a_second_go_out_overall_and_speed_makes_all_of_it_faster() -> None:
    clock = Hands()
    pace = Pace(Limits(), clock)
    assert [pace.retry_after(chat, group=False) for chat in range(31)] == [0] * 30 + [1]
    fast = Pace(Limits(speed=60), clock)
    assert [fast.retry_after(-100, group=True) for _ in range(21)] == [0] * 20 + [1]
    clock.now += 1
    assert fast.retry_after(-100, group=True) == 0


async def test_more_than_the_limits_is_429_with_the_wait() -> None:
    clock = Hands()
    async with FakeTelegram(clock=clock, limits=Limits()) as server:
        bot, anna = server.bot("1:a"), server.person("Анна")
        await anna.starts(bot)
        session = aiogram.client.session.aiohttp.AiohttpSession(
            api=aiogram.client.telegram.TelegramAPIServer.from_base(server.url)
        )
        async with aiogram.Bot(bot.token, session=session) as gram:
            for _ in range(3):
                await gram.send_message(anna.id, "раз")
            with pytest.raises(TelegramRetryAfter) as waits:
                await gram.send_message(anna.id, "много")
            assert waits.value.retry_after == 1
            clock.now += 1
            await gram.send_message(anna.id, "снова")
        assert anna.reads() == ["раз", "раз", "раз", "снова"]


@pytest.mark.parametrize(
    "kind, problem, done",
    [
        ("429", TelegramRetryAfter, False),
        ("400", TelegramBadRequest, False),
        ("500", TelegramServerError, False),
        ("502", ClientDecodeError, False),
        ("cut", TelegramNetworkError, False),
        ("truncated", ClientDecodeError, True),
        ("html", ClientDecodeError, True),
        ("dropped", TelegramNetworkError, True),
        ("reset", TelegramNetworkError, True),
    ],
)
async def test_a_fault_happens_once_before_or_after_the_work(
    server: FakeTelegram,
    bot: FakeBot,
    gram: aiogram.Bot,
    anna: Person,
    kind: FaultKind,
    problem: type[Exception],
    done: bool,
) -> None:
    await anna.starts(bot)
    fault = server.fails("sendMessage", kind, chat=anna.id, words="no")
    await gram.get_me()
    with pytest.raises(problem):
        await gram.send_message(anna.id, "раз")
    assert anna.reads() == (["раз"] if done else [])
    assert len(server.calls_of("sendMessage")) == done
    await gram.send_message(anna.id, "два")
    assert anna.reads()[-1] == "два"
    assert fault.happened == 1


@pytest.mark.parametrize("kind, done", [("hang", False), ("silent", True)])
async def test_an_answer_may_never_come(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, anna: Person, kind: FaultKind, done: bool
) -> None:
    await anna.starts(bot)
    fault = server.fails("sendMessage", kind)
    asking = asyncio.create_task(gram.send_message(anna.id, "раз"))
    await server.until(lambda: fault.happened)
    assert anna.reads() == (["раз"] if done else [])
    assert not asking.done()
    asking.cancel()


async def test_a_server_that_was_down_comes_back_on_its_port_and_remembers(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    await anna.starts(bot)
    await server.goes_down()
    with pytest.raises(TelegramNetworkError):
        await gram.get_updates()
    await server.comes_up()
    assert len(await gram.get_updates()) == 1


async def test_an_update_may_be_poison(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot
) -> None:
    bot.gets({"message": {"message_id": "nine", "chat": None}})
    with pytest.raises(ClientDecodeError) as problem:
        await gram.get_updates()
    assert "nine" in json.dumps(problem.value.data)
