"""A commit that fails: nothing in memory may say that it did not."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.channel import Delivery
from bot.errors import NotSaved
from bot.model.effect import Send
from bot.model.event import Incoming, MessageReceived
from bot.model.message import Address, say
from bot.model.turn import Turn
from bot.storage.sqlite import SqliteStore
from bot.storage.store import Waiting


class Moody(sqlite3.Connection):
    """Refuses to commit while `broken`."""

    broken = False

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql == "COMMIT" and Moody.broken:
            super().execute("ROLLBACK")
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *values)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqliteStore:
    connect = sqlite3.connect
    monkeypatch.setattr(
        "bot.storage.sqlite.sqlite3.connect",
        lambda *place, **options: connect(*place, **{"factory": Moody, **options}),
    )
    monkeypatch.setattr(Moody, "broken", False)
    return SqliteStore(tmp_path / "x.db")


def answer(waiting: Waiting, numbers: object) -> Turn:
    return Turn(waiting.conversation, (Send(say("да"), Address("operators", "5")),))


async def accept(store: SqliteStore, id: str) -> None:
    event = Incoming(id, MessageReceived(say("привет")), "100")
    await store.accept("telegram", "telegram", [event], id, 1)


async def turn(store: SqliteStore) -> tuple[Delivery, ...]:
    return (await store.take_turns(answer, answer, limit=9, now=1)).deliveries


async def test_turns_that_were_not_saved_are_taken_again(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.open()
    await accept(store, "1")
    monkeypatch.setattr(Moody, "broken", True)
    with pytest.raises(NotSaved):
        await turn(store)
    monkeypatch.setattr(Moody, "broken", False)
    assert len(await turn(store)) == 1
    assert await turn(store) == ()
    await store.close()


async def test_events_that_were_not_saved_are_accepted_when_they_are_offered_again(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.open()
    monkeypatch.setattr(Moody, "broken", True)
    with pytest.raises(NotSaved):
        await accept(store, "1")
    monkeypatch.setattr(Moody, "broken", False)
    assert await store.cursor("telegram") is None
    await accept(store, "1")
    assert len(await turn(store)) == 1
    await store.close()


async def test_no_id_is_given_twice_though_its_reservation_was_not_saved(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await store.open()
    await accept(store, "1")
    monkeypatch.setattr(Moody, "broken", True)
    with pytest.raises(NotSaved):
        await turn(store)
    monkeypatch.setattr(Moody, "broken", False)
    first = await turn(store)
    await store.backup(tmp_path / "as-killed.db")  # what a killed process leaves behind
    await store.close()
    after = SqliteStore(tmp_path / "as-killed.db")
    await after.open()
    assert after.unclean
    await accept(after, "2")
    second = await turn(after)
    assert second[0].id > first[0].id
    await after.close()


@pytest.mark.parametrize("replaced", [False, True])
async def test_into_a_file_that_was_removed_or_replaced_nothing_is_saved(
    tmp_path: Path, *, replaced: bool
) -> None:
    store = SqliteStore(tmp_path / "x.db")
    await store.open()
    await accept(store, "1")
    away = store.path.rename(tmp_path / "away.db")
    if replaced:
        store.path.write_bytes(away.read_bytes())

    with pytest.raises(NotSaved, match="removed or replaced"):
        await accept(store, "2")

    away.replace(store.path)
    await accept(store, "2")
    assert (await store.counts())["inbox"] == 2
    await store.close()
