"""The stores that have to pass this suite: a new one joins by a line in `STORES`."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.storage.sqlite import SqliteStore
from bot.storage.store import Store

MakeStore = Callable[[], Store]


def sqlite(folder: Path) -> MakeStore:
    """Makes a store on one file: again and again the same one, as after a restart."""
    return lambda: SqliteStore(folder / "data" / "frontdesk.db", synchronous="NORMAL")


STORES: dict[str, Callable[[Path], MakeStore]] = {"sqlite": sqlite}


@pytest.fixture(params=STORES)
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> MakeStore:
    """Makes the store under test; what one saved the next one finds."""
    return STORES[request.param](tmp_path)


@pytest.fixture
async def store(make_store: MakeStore) -> AsyncIterator[Store]:
    """An open, empty store."""
    opened = make_store()
    await opened.open()
    yield opened
    await opened.close()
