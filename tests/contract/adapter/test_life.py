"""Opening and closing."""

import asyncio
from collections.abc import Callable

from bot.model.message import say
from tests.contract.adapter.driver import Driver, delivery
from tests.contract.adapter.life import Life


async def test_opening_does_not_fail_where_the_messenger_is_away(
    driver: Driver, lives: Callable[[], Life]
) -> None:
    await driver.goes_down()
    life = await lives().begin()
    await driver.comes_up()
    await driver.writes("вы вернулись?")
    await life.door.brings("вы вернулись?")


async def test_closing_leaves_nothing_behind(driver: Driver, lives: Callable[[], Life]) -> None:
    before = asyncio.all_tasks()
    life = await lives().begin()
    await driver.writes("до свидания")
    await life.door.brings("до свидания")
    await life.adapter.deliver(delivery(driver, say("до свидания")))
    await life.end()
    ours = [task for task in asyncio.all_tasks() - before if "adapters" in repr(task.get_coro())]
    assert not ours


async def test_closing_without_having_read_is_fine(lives: Callable[[], Life]) -> None:
    life = await lives().begin(read=False)
    await life.end()
