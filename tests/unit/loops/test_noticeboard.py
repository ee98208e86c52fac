"""The list of open tickets: shown soon after a change, never more often than its face allows, and not into the void."""

import pytest

from bot.clock import ObedientClock
from bot.errors import NotSaved
from bot.model.event import Happened
from bot.noticeboard import Noticeboard
from bot.storage.sqlite import SqliteStore
from tests.unit.loops.playing import NOW, events, failing_once, running, settled

EVERY = 30_000
LISTED = Happened("desk:list")


@pytest.fixture
def board(store: SqliteStore, clock: ObedientClock) -> Noticeboard:
    return Noticeboard(store, clock, "telegram_desk", EVERY)


async def test_the_list_is_shown_at_the_start_in_a_conversation_of_its_own(
    store: SqliteStore, board: Noticeboard
) -> None:
    async with running(board):
        await settled(board)
    assert await events(store) == [LISTED]
    there = await store.find_conversation("operators", "general")
    assert there is not None
    assert there.kind == "telegram_desk"


async def test_many_changes_are_one_list_and_the_next_comes_half_a_minute_later(
    store: SqliteStore, board: Noticeboard, clock: ObedientClock
) -> None:
    async with running(board):
        await settled(board)
        for _ in range(300):
            board.changed()
            clock.advance(50)
            await settled(board)
        assert await events(store) == [LISTED]
        clock.advance_to(NOW + EVERY)
        await settled(board)
        assert await events(store) == [LISTED]
        clock.advance(10 * EVERY)
        await settled(board)
        assert await events(store) == []
        board.changed()
        await settled(board)
        assert await events(store) == [LISTED]


async def test_what_changes_by_itself_is_shown_then(
    store: SqliteStore, board: Noticeboard, clock: ObedientClock
) -> None:
    async with running(board):
        await settled(board)
        clock.advance(EVERY)
        board.changed(NOW + 600_000)
        await settled(board)
        assert await events(store) == [LISTED, LISTED]
        clock.advance_to(NOW + 600_000)
        await settled(board)
        assert await events(store) == [LISTED]


async def test_while_nobody_can_be_told_nothing_is_piled_up(
    store: SqliteStore, board: Noticeboard, clock: ObedientClock
) -> None:
    there = False
    board.reachable = lambda: there
    async with running(board):
        for _ in range(20):
            board.changed()
            clock.advance(EVERY)
            await settled(board)
        assert await events(store) == []
        there = True
        clock.advance(EVERY)
        await settled(board)
    assert await events(store) == [LISTED]


async def test_a_database_that_refuses_is_asked_again(
    store: SqliteStore,
    board: Noticeboard,
    clock: ObedientClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "accept", failing_once(store.accept, NotSaved("full")))
    async with running(board):
        await settled(board)
        assert await events(store) == []
        clock.advance(1_000)
        await settled(board)
    assert await events(store) == [LISTED]
