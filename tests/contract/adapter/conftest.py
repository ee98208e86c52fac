"""The adapters that have to pass this suite: a new one joins by a line in `DRIVERS`; driver.py tells how."""

from collections.abc import AsyncIterator, Callable
from importlib import import_module
from pathlib import Path
from typing import cast

import pytest

from tests.contract.adapter.door import Memory
from tests.contract.adapter.driver import Driver
from tests.contract.adapter.life import Life

DRIVERS = {
    "email": "tests.contract.adapter.email:EmailDriver",
    "vk": "tests.contract.adapter.vk:VkDriver",
    "telegram": "tests.contract.adapter.telegram:TelegramDriver",
    "telegram_desk": "tests.contract.adapter.telegram_desk:TelegramDeskDriver",
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*parts): skipped where the channel has none of that")


def _driver(name: str) -> Driver:
    module, _, made = DRIVERS[name].partition(":")
    return cast("Driver", getattr(import_module(module), made)())


@pytest.fixture(params=DRIVERS)
async def driver(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Driver]:
    """The channel under test, its messenger running."""
    made = _driver(request.param)
    needed = request.node.get_closest_marker("needs")
    missing = [part for part in needed.args if part not in made.can] if needed else []
    if missing:
        pytest.skip(f"{request.param} has no {', '.join(missing)}")
    await made.start(tmp_path)
    yield made
    await made.stop()


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """What survives a kill."""
    return Memory(tmp_path)


@pytest.fixture
async def lives(driver: Driver, memory: Memory) -> AsyncIterator[Callable[[], Life]]:
    """Makes runs of adapters, one after another, on one memory; all are ended."""
    made: list[Life] = []

    def new() -> Life:
        made.append(Life(driver.adapter(), memory))
        return made[-1]

    yield new
    for one in made:
        await one.end()


@pytest.fixture
async def life(lives: Callable[[], Life]) -> Life:
    """A run that reads."""
    return await lives().begin()
