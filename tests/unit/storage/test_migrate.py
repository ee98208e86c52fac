"""Migrations: one transaction each, a copy before, and nothing half done."""

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreBroken
from bot.storage.migrate import Migration, copy, migrate, migrations, statements
from bot.storage.sqlite import SqliteStore
from bot.storage.store import Outcome

STEPS = [
    Migration(1, "CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n"),
    Migration(
        2,
        "CREATE TABLE b (y);\nINSERT INTO b SELECT x FROM a;\nDROP TABLE a;\nCREATE TABLE c (z);\n",
    ),
]


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def tables(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            row[0] for row in connection.execute("SELECT name FROM sqlite_schema ORDER BY name")
        ]


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_new_database_gets_every_migration_and_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(connect(path)) as connection:
        assert migrate(connection, path, STEPS) == [1, 2]
        assert migrate(connection, path, STEPS) == []
    assert tables(path) == ["b", "c"]
    assert not list(tmp_path.glob("*.bak"))


def test_an_old_database_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(connect(path)) as connection:
        migrate(connection, path, STEPS[:1])
        assert migrate(connection, path, STEPS) == [2]
    assert tables(path) == ["b", "c"]
    assert tables(tmp_path / "x.db.before-2.bak") == ["a"]
    assert version(tmp_path / "x.db.before-2.bak") == 1


def test_a_copy_is_nobody_elses_to_read_from_its_first_byte_on(tmp_path: Path) -> None:
    modes: set[int] = set()

    def look() -> int:
        modes.update(file.stat().st_mode & 0o077 for file in tmp_path.glob("*.unfinished"))
        return 0

    path = tmp_path / "x.db"
    with closing(connect(path)) as connection:
        migrate(connection, path, STEPS[:1])
        connection.set_progress_handler(look, 1)
        copy(connection, tmp_path / "copy.db")
    assert modes == {0}
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    bad = [
        *STEPS[:1],
        Migration(2, "DROP TABLE a;\nCREATE TABLE b (y);\nINSERT INTO nowhere VALUES (1);\n"),
    ]
    with closing(connect(path)) as connection:
        migrate(connection, path, STEPS[:1])
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            migrate(connection, path, bad)
    assert (tables(path), version(path)) == (["a"], 1)


class Deadly(sqlite3.Connection):
    """Kills the process before its nth statement."""

    left = -1

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        if Deadly.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        Deadly.left -= 1
        return super().execute(sql, *values)  # type: ignore[arg-type]


@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # forking beside threads: the child only runs SQLite
def test_killed_before_any_statement_the_database_is_old_or_new(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(connect(path)) as connection:
        migrate(connection, path, STEPS[:1])
    finished, statement, killed = False, 0, 0
    while not finished:
        child = os.fork()
        if child == 0:
            connection = sqlite3.connect(path, isolation_level=None, factory=Deadly)
            Deadly.left = statement
            migrate(connection, path, STEPS)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        finished = os.WIFEXITED(status)
        killed += not finished
        assert (tables(path), version(path)) in [(["a"], 1), (["b", "c"], 2)]
        if version(path) == 1:
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("SELECT x FROM a").fetchall() == [(1,)]
        statement += 1
    assert version(path) == 2
    assert killed > 8


def test_every_statement_of_our_own_migrations_is_complete() -> None:
    found = migrations()
    assert [step.number for step in found] == list(range(1, len(found) + 1))
    for step in found:
        assert list(statements(step.sql))


def test_a_migration_that_breaks_off_is_refused() -> None:
    with pytest.raises(StoreBroken, match="middle"):
        list(statements("CREATE TABLE a (x);\nCREATE TABLE"))


async def test_a_database_of_a_newer_frontdesk_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    store = SqliteStore(path)
    await store.open()
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreBroken, match="version 999"):
        await store.open()
    assert version(path) == 999


async def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreBroken, match="another program"):
        await SqliteStore(path).open()
    assert tables(path) == ["theirs"]


async def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_text("это не база" * 100)
    with pytest.raises(StoreBroken, match=r"x\.db"):
        await SqliteStore(path).open()
    assert path.read_text().startswith("это не база")


async def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a" / "b" / "x.db")
    await store.open()
    await store.close()
    assert (tmp_path / "a" / "b" / "x.db").exists()


async def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    with pytest.raises(StoreBroken, match="cannot be made"):
        await SqliteStore(tmp_path / "a" / "b" / "x.db").open()


def test_what_stands_where_is_still_known_after_the_tables_changed(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    steps = migrations()
    with closing(connect(path)) as connection:
        migrate(connection, path, steps[:1])
        connection.execute("INSERT INTO pairs VALUES ('operators', '5', '90', 7, 0)")
        connection.execute(
            "INSERT INTO outbox (id, channel, address, conversation) VALUES (8, 'operators', '5', 1)"
        )
        assert migrate(connection, path, steps) == [step.number for step in steps[1:]]
        assert list(connection.execute("SELECT * FROM pairs")) == [
            ("operators", "5", "90", 7, 0, 0)
        ]
        assert list(connection.execute("SELECT id, operator FROM outbox")) == [(8, "")]
        connection.execute("INSERT INTO pairs VALUES ('operators', '5', '90', 8, 0, 1)")


async def test_lines_of_before_they_had_a_table_of_marks_are_delivered_and_known(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.db"
    with closing(connect(path)) as connection:
        migrate(connection, path, migrations()[:4])
        connection.executescript(
            """
            INSERT INTO customers VALUES (1, '{"id":1}');
            INSERT INTO conversations (id, channel, address, kind, customer, last_line, dialog)
                VALUES (1, 'telegram', '5', 'telegram', 1, 8, '{}');
            INSERT INTO messages VALUES (7, 1, 0, 'bot', '', 10, '{"text":{"plain":"раз"}}', '90', 11, '');
            INSERT INTO messages VALUES (8, 1, 7, 'bot', '', 10, '{"text":{"plain":"два"}}', '', 0, '');
            INSERT INTO outbox (id, channel, address, conversation) VALUES (8, 'telegram', '5', 1);
            """.replace("'{", "CAST('{").replace("}'", "}' AS BLOB)")
        )
    store = SqliteStore(path)
    await store.open()
    [waiting] = await store.due_deliveries("telegram", after=0, limit=9)
    assert (waiting.id, waiting.message.text.plain) == (8, "два")
    await store.settle([Outcome(8, "delivered", ("91",))], 12)
    said = [(one.id, one.external_id, one.delivered_at) for one in await store.lines(1)]
    assert said == [(7, "90", 11), (8, "91", 12)]
    assert [await store.message_of("telegram", "5", id) for id in ("90", "91")] == [7, 8]
    assert await store.counts() | {"outbox": 0} == await store.counts()
    await store.close()
