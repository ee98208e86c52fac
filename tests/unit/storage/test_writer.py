"""One thread, groups of jobs, one commit for each group."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.errors import NotSaved
from bot.storage.writer import Writer


class Disk:
    """Opens connections whose commits can be made to fail."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened = self.undone = self.commits = 0
        self.broken = False

    def connect(self) -> sqlite3.Connection:
        disk = self

        class Breakable(sqlite3.Connection):
            def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
                if sql == "COMMIT":
                    disk.commits += 1
                    if disk.broken:
                        # As SQLite does it: what could not be committed is rolled back by itself.
                        super().execute("ROLLBACK")
                        raise sqlite3.OperationalError("disk I/O error")
                return super().execute(sql, *values)  # type: ignore[arg-type]

        self.opened += 1
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, factory=Breakable
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS t (x INTEGER PRIMARY KEY)")
        return connection

    def note_undone(self) -> None:
        self.undone += 1

    def rows(self) -> list[int]:
        with sqlite3.connect(self.path) as connection:
            found = [row[0] for row in connection.execute("SELECT x FROM t ORDER BY x")]
        connection.close()
        return found


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "x.db")


@pytest.fixture
async def writer(disk: Disk) -> AsyncIterator[Writer]:
    writer = Writer(disk.connect, undone=disk.note_undone, reopened=lambda connection: None)
    writer.start(disk.connect())
    yield writer
    await writer.stop()


def insert(x: int) -> Callable[[sqlite3.Connection], int]:
    return lambda connection: connection.execute("INSERT INTO t VALUES (?)", (x,)).rowcount


def fail(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO t VALUES (99)")
    raise ValueError("a fault of the job's own")


async def test_a_result_comes_when_it_is_committed(writer: Writer, disk: Disk) -> None:
    assert await writer.submit(insert(1)) == 1
    assert disk.rows() == [1]


async def test_what_waits_is_committed_together(writer: Writer, disk: Disk) -> None:
    await writer.submit(insert(0))
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()
    held = writer.submit(lambda _: asyncio.run_coroutine_threadsafe(gate.wait(), loop).result())
    before = disk.commits
    waiting = [writer.submit(insert(x)) for x in range(1, 31)]
    gate.set()
    await asyncio.gather(held, *waiting)
    assert disk.commits <= before + 2
    assert disk.rows() == list(range(31))


async def test_a_job_that_fails_fails_alone(writer: Writer, disk: Disk) -> None:
    results = await asyncio.gather(
        writer.submit(insert(1)),
        writer.submit(fail),
        writer.submit(insert(2)),
        return_exceptions=True,
    )
    assert results[0] == results[2] == 1
    assert isinstance(results[1], ValueError)
    assert disk.rows() == [1, 2]
    undone = disk.undone
    assert undone
    with pytest.raises(ValueError, match="own"):
        await writer.submit(fail)
    assert disk.rows() == [1, 2]
    assert disk.undone == undone + 1


async def test_what_stood_beside_a_job_that_failed_is_done_again_and_gives_what_was_committed(
    writer: Writer, disk: Disk
) -> None:
    runs: list[int] = []

    def counted(connection: sqlite3.Connection) -> tuple[int, int]:
        runs.append(disk.undone)
        return len(runs), connection.execute("INSERT INTO t VALUES (1)").rowcount

    result, problem = await asyncio.gather(
        writer.submit(counted), writer.submit(fail), return_exceptions=True
    )
    assert isinstance(problem, ValueError)
    assert disk.rows() == [1]
    assert result == (2, 1)
    assert runs == [0, 1], "whoever keeps things in memory is told before the second run"


async def test_a_group_in_which_nothing_fails_needs_no_savepoint(disk: Disk) -> None:
    said: list[str] = []
    connection = disk.connect()
    connection.set_trace_callback(said.append)
    writer = Writer(disk.connect, undone=disk.note_undone, reopened=lambda connection: None)
    writer.start(connection)
    await asyncio.gather(writer.submit(insert(1)), writer.submit(insert(2)))
    await writer.stop()
    assert [line.split()[0] for line in said[:4]] == ["BEGIN", "INSERT", "INSERT", "COMMIT"]


async def test_a_database_error_of_a_job_is_not_saved(writer: Writer, disk: Disk) -> None:
    await writer.submit(insert(1))
    with pytest.raises(NotSaved, match="UNIQUE"):
        await writer.submit(insert(1))
    assert disk.rows() == [1]


async def test_a_cancelled_wait_neither_stops_nor_loses_the_job(writer: Writer, disk: Disk) -> None:
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()
    held = writer.submit(lambda _: asyncio.run_coroutine_threadsafe(gate.wait(), loop).result())
    waiting = writer.submit(insert(1))
    waiting.cancel()
    gate.set()
    await held
    await writer.submit(insert(2))
    assert disk.rows() == [1, 2]


async def test_a_failed_commit_fails_its_jobs_and_the_next_one_has_a_new_connection(
    writer: Writer, disk: Disk
) -> None:
    await writer.submit(insert(1))
    disk.broken = True
    for _ in range(2):
        results = await asyncio.gather(
            writer.submit(insert(2)), writer.submit(insert(3)), return_exceptions=True
        )
        assert [type(result) for result in results] == [NotSaved, NotSaved]
    assert disk.rows() == [1]
    assert disk.undone
    opened = disk.opened
    disk.broken = False
    assert await writer.submit(insert(2)) == 1
    assert disk.opened == opened + 1
    assert disk.rows() == [1, 2]


async def test_what_was_submitted_before_the_end_is_finished(disk: Disk) -> None:
    writer = Writer(disk.connect, undone=disk.note_undone, reopened=lambda connection: None)
    writer.start(disk.connect())
    waiting = [writer.submit(insert(x)) for x in range(100)]
    await writer.stop()
    await asyncio.gather(*waiting)
    assert disk.rows() == list(range(100))
    with pytest.raises(NotSaved, match="closed"):
        await writer.submit(insert(1))


async def test_a_database_that_lost_what_was_acknowledged_is_not_written_to(disk: Disk) -> None:
    def refuse(connection: sqlite3.Connection) -> None:
        raise sqlite3.DatabaseError("something is missing")

    writer = Writer(disk.connect, undone=disk.note_undone, reopened=refuse)
    writer.start(disk.connect())
    disk.broken = True
    with pytest.raises(NotSaved):
        await writer.submit(insert(1))
    disk.broken = False
    with pytest.raises(NotSaved, match="missing"):
        await writer.submit(insert(1))
    await writer.stop()
