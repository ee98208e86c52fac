"""Many rows are written as one by one: in order, each counted, repeats left out."""

import sqlite3
from contextlib import closing

import pytest

from bot.storage.insert import TOGETHER, Insert


@pytest.mark.parametrize("many", [0, 1, TOGETHER - 1, TOGETHER, TOGETHER + 1, 3 * TOGETHER])
def test_any_number_of_rows_is_written_and_counted(many: int) -> None:
    rows = [(number, str(number)) for number in range(many)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT)")
        assert Insert("a (x, y)").write(connection, rows) == many
        assert connection.execute("SELECT x, y FROM a ORDER BY x").fetchall() == rows


def test_a_repeat_is_not_counted_wherever_it_stands() -> None:
    insert = Insert("a (x, y)", "ON CONFLICT (x) DO NOTHING")
    rows = [(number % 20, "") for number in range(2 * TOGETHER + 1)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT)")
        connection.execute(insert.one, (0, "first"))
        assert insert.write(connection, rows) == 19
        assert connection.execute("SELECT y FROM a WHERE x = 0").fetchall() == [("first",)]
