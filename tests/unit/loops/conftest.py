"""A real store in a file, a clock that obeys, a channel that is played."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

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


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """What goes into the log, line by line: its fields, with `event` and `level`."""
    lines: list[dict[str, Any]] = []

    def keep(_: object, level: str, line: Any) -> Any:
        lines.append({**line, "level": level})
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[keep],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )
    yield lines
    structlog.configure(**before)
