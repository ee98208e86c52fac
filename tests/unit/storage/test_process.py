"""The store as a process: one at a time, killed, starved of disk."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import NotSaved, StoreBroken, StoreInUse
from bot.model.event import Incoming, MessageReceived
from bot.model.message import say
from bot.storage.reads import Reads
from bot.storage.sqlite import SqliteStore
from tests.unit.storage.killing import Told, start, work_and_kill


async def test_a_second_process_is_refused_by_the_pid_of_the_first_and_reads_may_stand_beside(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.db"
    program = start(path, "hold")
    try:
        with pytest.raises(StoreInUse, match=str(program.pid)):
            await SqliteStore(path).open()
        async with Reads(path) as reads:
            assert (await reads.counts())["inbox"] == 0
    finally:
        program.kill()
        program.communicate()
    store = SqliteStore(path)
    await store.open()
    assert store.unclean
    await store.close()
    again = SqliteStore(path)
    await again.open()
    assert not again.unclean
    await again.close()


async def test_reading_where_there_is_nothing_is_a_clear_error_and_makes_nothing(
    tmp_path: Path,
) -> None:
    with pytest.raises(StoreBroken, match="no database"):
        async with Reads(tmp_path / "x.db"):
            pass
    assert not (tmp_path / "x.db").exists()


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_done_twice(
    tmp_path: Path,
) -> None:
    path, told = tmp_path / "x.db", Told()
    rng = random.Random(5)
    for seed in range(4):
        work_and_kill(path, seed, told, rng.uniform(0.05, 0.2))
        told.check(path)
    assert len(told.accepted) > 50


async def test_while_somebody_else_locks_the_database_nothing_is_acknowledged_and_nothing_lost(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.db"
    store = SqliteStore(path, busy_timeout=50)
    await store.open()
    event = Incoming("1", MessageReceived(say("привет")), "100")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotSaved, match="locked"):
            await store.accept("telegram", "telegram", [event], None, 1)
        other.execute("ROLLBACK")
    assert (await store.accept("telegram", "telegram", [event], None, 1)).new == 1
    await store.close()


def test_a_full_disk_refuses_what_it_cannot_keep_and_the_store_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    path, told = tmp_path / "x.db", Told()
    program = start(path, "starve", 400_000)
    output, _ = program.communicate(timeout=60)
    for line in output.splitlines(keepends=True):
        told.hear(line)
    assert program.returncode == 0
    assert "refused" in output
    assert "after" in told.accepted
    assert "after" in told.answered
    told.check(path)
    with closing(sqlite3.connect(path)) as connection:
        waiting = "SELECT count(*) FROM inbox WHERE id NOT IN (SELECT id FROM turns)"
        assert connection.execute(waiting).fetchone() == (0,)
