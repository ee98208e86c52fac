"""Numbered migrations, each in one transaction, with a copy of the database before."""

import os
import re
import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec

from bot.errors import StoreBroken

APPLICATION = 0x46726F6E
"""What marks a file as ours (`PRAGMA application_id`)."""


class Migration(msgspec.Struct, frozen=True):
    """One numbered file of SQL."""

    number: int
    sql: str


def migrations() -> list[Migration]:
    """Those that travel with the program, in order."""
    found = []
    for entry in files("bot.storage").joinpath("migrations").iterdir():
        number = re.match(r"(\d{4})_\w+\.sql$", entry.name)
        if number is not None:
            found.append(Migration(int(number[1]), entry.read_text("utf-8")))
    return sorted(found, key=lambda migration: migration.number)


def version_of(connection: sqlite3.Connection) -> int:
    """The number of the last migration that was run; raises `StoreBroken` for a file that is not ours."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    if (version or tables) and application != APPLICATION:
        raise StoreBroken(
            "this file is a database of another program: choose another path",
            "этот файл - база другой программы: выберите другой путь",
        )
    return version


def check_version(version: int, newest: int) -> None:
    """Raises `StoreBroken` for a database that a newer Frontdesk wrote."""
    if version > newest:
        raise StoreBroken(
            f"the database is of version {version}, this Frontdesk knows {newest}: "
            "install the newer Frontdesk again, or put back a backup",
            f"база версии {version}, а этот Frontdesk знает только {newest}: "
            "поставьте прежний, более новый Frontdesk или верните резервную копию",
        )


def migrate(connection: sqlite3.Connection, path: Path, steps: list[Migration]) -> list[int]:
    """Bring the database to the newest version; the numbers of the migrations that were run."""
    version = version_of(connection)
    check_version(version, steps[-1].number)
    waiting = [step for step in steps if step.number > version]
    is_new = version == 0
    for step in waiting:
        if not is_new:
            copy(connection, path.with_name(f"{path.name}.before-{step.number}.bak"), replace=True)
        _run(connection, step)
    return [step.number for step in waiting]


def copy(connection: sqlite3.Connection, target: Path, *, replace: bool = False) -> None:
    """A consistent copy into a new file; complete or not there at all."""
    if target.exists() and not replace:
        raise StoreBroken(
            f"{target} exists already: choose another name",
            f"{target} уже есть: выберите другое имя",
        )
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    # SQLite takes an empty file as it is: so nobody else can read the copy while it grows, either.
    unfinished.touch(0o600)
    connection.execute("VACUUM INTO ?", (str(unfinished),))
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)


def _run(connection: sqlite3.Connection, step: Migration) -> None:
    connection.execute("BEGIN EXCLUSIVE")
    try:
        for statement in statements(step.sql):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {step.number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def statements(sql: str) -> Iterator[str]:
    """The statements of a file, one by one."""
    waiting = ""
    for line in sql.splitlines(keepends=True):
        waiting += line
        if sqlite3.complete_statement(waiting):
            yield waiting
            waiting = ""
    if waiting.strip():
        raise StoreBroken("a migration ends in the middle of a statement")
