"""Albums over the wire: one message with all files, whatever lies between their parts, kills included."""

import asyncio
from typing import Any

import pytest

from bot.model.event import MessageReceived
from tests.contract.adapter.door import Memory
from tests.contract.adapter.life import Life
from tests.fakes.telegram import FakeBot, FakeTelegram, Person
from tests.unit.telegram.conftest import Runs

PATIENT = {"quiet": 1.0}
TEN = [f"вид {number}" for number in range(10)]


def files(memory: Memory) -> list[int]:
    """How many files each message has."""
    return [
        len(one.event.message.attachments)
        for one in memory.events
        if isinstance(one.event, MessageReceived)
    ]


async def test_an_album_is_one_message_with_all_its_files(anna: Person, life: Life) -> None:
    await anna.sends_album(TEN)
    came = await life.door.brings("\n".join(TEN))
    assert files(life.door.memory) == [10]
    assert isinstance(came.event, MessageReceived)
    message = came.event.message
    assert len({file.source for file in message.attachments}) == 10
    assert came.message_id.isdigit()


async def test_gaps_between_the_parts_do_not_split_it(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs
) -> None:
    life = await runs.life(PATIENT).begin()
    for number in range(4):
        anna.sends_part("555", number, f"вид {number}", bot)
        # Each part is read before the next one comes.
        await server.until(lambda: not bot.unconfirmed, "an album holds up the reading")
        assert files(runs.memory) == []
    await life.door.brings("вид 0\nвид 1\nвид 2\nвид 3")
    assert files(runs.memory) == [4]


@pytest.mark.parametrize("before", [1, 3, 9])
async def test_killed_in_the_middle_it_is_still_one_message_with_all_files(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs, before: int
) -> None:
    first = await runs.life(PATIENT).begin()
    for number in range(before):
        anna.sends_part("555", number, f"вид {number}", bot)
    await server.until(lambda: not bot.unconfirmed, "never confirmed")
    await first.end()
    for number in range(before, 10):
        anna.sends_part("555", number, f"вид {number}", bot)
    second = await runs.life(PATIENT).begin()
    await second.door.brings("\n".join(TEN))
    assert files(runs.memory) == [10]


@pytest.mark.parametrize("hang", ["before", "after"])
async def test_killed_while_the_whole_album_is_saved_it_is_there_once(
    server: FakeTelegram, anna: Person, runs: Runs, hang: str
) -> None:
    first = runs.life()
    first.door.hang = hang
    await first.begin()
    await anna.sends_album(TEN)
    await first.door.hung.wait()
    await first.end()
    second = await runs.life().begin()
    await second.door.brings("\n".join(TEN))
    await anna.writes("дальше")
    await second.door.brings("дальше")
    assert files(runs.memory) == [10, 0]


async def test_parts_that_are_brought_again_are_not_said_again(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs
) -> None:
    life = await runs.life().begin()
    await anna.sends_album(TEN)
    updates = list(bot.account.queue.waiting)
    await life.door.brings("\n".join(TEN))
    await server.until(lambda: not bot.unconfirmed, "never confirmed")
    saves = len(runs.memory.saves)
    bot.account.queue.ignore_offset = 1
    bot.account.queue.waiting += updates[4:]
    server.world.bell.ring()
    await life.door.until(lambda: len(runs.memory.saves) > saves, "they were not brought again")
    await anna.writes("дальше")
    await life.door.brings("дальше")
    assert files(runs.memory) == [10, 0]


async def test_what_the_customer_says_next_comes_after_the_album_and_at_once(
    anna: Person, runs: Runs
) -> None:
    life = await runs.life({"quiet": 60.0}).begin()
    await anna.sends_album(["раз", "два"])
    await anna.writes("вот фото")
    await life.door.brings("вот фото")
    assert runs.memory.texts() == ["раз\nдва", "вот фото"]


async def test_other_customers_do_not_wait_for_an_album(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs
) -> None:
    life = await runs.life({"quiet": 60.0}).begin()
    await anna.sends_album(["раз", "два"])
    boris = server.person("Борис")
    await boris.writes("здравствуйте", to=bot)
    await life.door.brings("здравствуйте")
    assert runs.memory.texts() == ["здравствуйте"]


async def test_two_albums_at_once_do_not_mix(
    server: FakeTelegram, bot: FakeBot, anna: Person, life: Life
) -> None:
    boris = server.person("Борис")
    await boris.starts(bot)
    for number in range(3):
        anna.sends_part("1", number, f"а{number}", bot)
        boris.sends_part("1", number, f"б{number}", bot)
    await life.door.brings("а0\nа1\nа2")
    await life.door.brings("б0\nб1\nб2")


async def test_an_album_that_could_not_be_saved_is_saved_later(
    anna: Person, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = runs.life()
    life.door.refuse = 3
    await life.begin()
    await anna.sends_album(TEN)
    await life.door.brings("\n".join(TEN))
    assert life.door.refuse == 0
    assert files(runs.memory) == [10]


async def test_the_reading_goes_on_in_long_breaths_when_no_album_waits(
    server: FakeTelegram, anna: Person, runs: Runs
) -> None:
    waits: list[Any] = []
    life = runs.life({"poll": 2})
    call = life.adapter._api.call  # type: ignore[attr-defined]

    async def noted(method: Any, **more: Any) -> Any:
        waits.append(getattr(method, "timeout", None))
        return await call(method, **more)

    life.adapter._api.call = noted  # type: ignore[attr-defined]
    await life.begin()
    await anna.sends_album(["раз", "два"])
    await life.door.brings("раз\nдва")
    await anna.writes("дальше")
    await life.door.brings("дальше")
    assert 1 in waits
    assert waits[-1] == 2 or await _next(waits) == 2


async def _next(waits: list[Any]) -> Any:
    seen = len(waits)
    async with asyncio.timeout(10):
        while len(waits) == seen:  # noqa: ASYNC110  (a list that grows)
            await asyncio.sleep(0.01)
    return waits[-1]
