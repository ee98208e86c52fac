"""A real store in a file, a clock that obeys, a channel that is played."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import ObedientClock
from bot.project import read_project
from bot.stage import Stage
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.unit.loops.playing import NOW

TOP = Path(__file__).parents[3]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "frontdesk.db", synchronous="NORMAL")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def stage() -> Stage:
    project = read_project(TOP)
    assert project.script is not None
    return Stage(project.script, project.config.business)


@pytest.fixture
def clock() -> ObedientClock:
    return ObedientClock(NOW)


@pytest.fixture
def adapter() -> FakeAdapter:
    return FakeAdapter()
