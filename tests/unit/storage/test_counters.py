"""Numbers are given once, whatever happens to the transaction that took them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.storage.counters import Counters, TicketNumbers


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)")
        yield connection


def again(connection: sqlite3.Connection) -> Counters:
    """The counters after a restart."""
    counters = Counters()
    counters.load(connection)
    return counters


def test_after_a_kill_numbers_go_on_behind_all_that_may_have_been_given(
    connection: sqlite3.Connection,
) -> None:
    counters = again(connection)
    counters.message = 5
    assert counters.save(connection)
    counters.message = 900
    assert not counters.save(connection)
    assert again(connection).message >= 900


def test_after_a_clean_end_numbers_go_on_without_a_gap(connection: sqlite3.Connection) -> None:
    counters = again(connection)
    counters.message = 5
    counters.save(connection)
    counters.save(connection, exactly=True)
    assert again(connection).message == 5


def test_what_was_reserved_in_a_transaction_that_was_undone_is_reserved_again(
    connection: sqlite3.Connection,
) -> None:
    counters = again(connection)
    connection.execute("BEGIN")
    counters.message = 5
    counters.save(connection)
    connection.execute("ROLLBACK")
    counters.undone()
    counters.save(connection)
    assert again(connection).message >= 5


def test_numbers_that_people_read_have_no_gaps(connection: sqlite3.Connection) -> None:
    counters = again(connection)
    assert next(TicketNumbers(counters)) == 1
    counters.save(connection)
    assert next(iter(TicketNumbers(again(connection)))) == 2


def test_a_database_that_was_opened_again_does_not_turn_numbers_back(
    connection: sqlite3.Connection,
) -> None:
    counters = again(connection)
    counters.inbox = 7
    counters.load(connection)
    assert counters.inbox == 7
