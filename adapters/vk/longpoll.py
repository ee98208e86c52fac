"""Bots Long Poll (https://dev.vk.com/ru/api/bots-long-poll/getting-started), so that nothing is lost.

`ts` is kept with the events that came before it, in one transaction, and VK is asked for the next ones only then. Its
server says `failed` 1 when our `ts` is too old, 2 when the key is, 3 when it forgot both; after 1 and 3 there is a gap.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog

from adapters.vk.api import Api
from adapters.vk.faults import Refused, Unreached
from adapters.vk.gap import missed
from adapters.vk.intake import Intake
from bot.channel import Door
from bot.errors import NotSaved

log = structlog.get_logger("vk")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between tries, doubled each time, with jitter."""
SAVING_PAUSE = 5.0
"""The longest pause where it is our own database that takes nothing: nobody has to be spared."""
ALARMING = 5
"""So many failures in a row are told as an error."""
FIRST_LOOK = 3600
"""So far back (seconds) the very first start looks for people who wait for an answer."""
STALE = 300
"""Seconds without a read after which the conversations are looked through at the start, whatever the server says."""


class Cursor(msgspec.Struct, frozen=True):
    """What is kept: the server's `ts`, and when it was read last (seconds of VK's clock)."""

    ts: str = ""
    at: int = 0


class Odd(Exception):
    """The long poll's server answered with something that no page describes."""


def read_cursor(kept: str | None) -> Cursor | None:
    """A cursor that was kept; None on the first start, or where it cannot be read."""
    try:
        return msgspec.json.decode(kept, type=Cursor) if kept else None
    except msgspec.DecodeError:
        return None


def write_cursor(cursor: Cursor) -> str:
    """A cursor to be kept."""
    return msgspec.json.encode(cursor).decode()


class LongPoll:
    """The loop that reads."""

    def __init__(
        self,
        name: str,
        group_id: int,
        api: Api,
        intake: Intake,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._group = group_id
        self._api = api
        self._intake = intake
        self._rest = rest
        self._rng = random.Random()  # noqa: S311 - jitter
        self._server = self._key = ""
        self._cursor: Cursor | None = None
        self._since = 0
        self._failures = 0

    async def run(self, door: Door) -> None:
        """Until cancelled."""
        self._cursor = read_cursor(await door.cursor())
        self._server = ""
        while True:
            try:
                await self._once(door)
            except (NotSaved, Odd, Refused, Unreached) as problem:
                self._server = ""
                await self._wait(problem)
            except (KeyError, TypeError, ValueError) as problem:
                self._server = ""
                await self._wait(Odd(type(problem).__name__))

    async def _once(self, door: Door) -> None:
        if not self._server:
            await self._connect(door)
        if self._since:
            await self._fill_gap(door)
        cursor = self._cursor
        assert cursor is not None
        answer, now = await self._api.poll(self._server, self._key, cursor.ts)
        if not isinstance(answer, dict):
            raise Odd(type(answer).__name__)
        if "failed" in answer:
            await self._mend(answer, cursor)
            return
        updates, ts = answer["updates"], answer["ts"]
        if not isinstance(updates, list):
            raise Odd("updates")
        fresh = Cursor(str(ts), now or _now())
        found = self._intake.read(await self._intake.completed(updates))
        await self._intake.accept(found, door, write_cursor(fresh))
        door.alive()
        self._cursor = fresh
        self._failures = 0

    async def _connect(self, door: Door) -> None:
        """A server and its key; the place to read on from is the one that was kept."""
        got = await self._api.call("groups.getLongPollServer", group_id=self._group)
        server, key, ts = str(got["server"]), str(got["key"]), str(got["ts"])
        if self._cursor is None:
            await self._begin(ts, door)
        elif not self._cursor.ts:
            self._cursor = Cursor(ts, self._cursor.at)
        elif _now() - self._cursor.at > STALE:
            self._since = self._since or self._cursor.at
        self._server, self._key = server, key

    async def _begin(self, ts: str, door: Door) -> None:
        """The very first start: people who wrote lately and wait are answered, what is older is the community's past."""
        waiting = await missed(self._api, self._group, _now() - FIRST_LOOK, unanswered=True)
        first = Cursor(ts, _now())
        await self._intake.accept(self._intake.from_history(waiting), door, write_cursor(first))
        self._cursor = first

    async def _mend(self, answer: dict[str, Any], cursor: Cursor) -> None:
        """What a `failed` asks for. The old `ts` is kept where the key alone is too old."""
        failed = answer["failed"]
        log.warning("long poll interrupted", channel=self._name, failed=failed)
        match failed:
            case 1:
                self._since = self._since or cursor.at
                self._cursor = Cursor(str(answer["ts"]), cursor.at)
            case 2:
                self._server = ""
            case 3:
                self._since = self._since or cursor.at
                self._cursor = Cursor("", cursor.at)
                self._server = ""
            case _:
                raise Odd(f"failed {failed}")
        self._failures += 1
        if self._failures > 1:
            await self._pause()

    async def _fill_gap(self, door: Door) -> None:
        """Messages of the time that nobody heard, kept together with the place to go on from."""
        cursor = self._cursor
        assert cursor is not None
        found = self._intake.from_history(await missed(self._api, self._group, self._since))
        fresh = Cursor(cursor.ts, _now())
        await self._intake.accept(found, door, write_cursor(fresh))
        log.warning("gap read", channel=self._name, messages=len(found))
        self._cursor, self._since = fresh, 0

    async def _wait(self, problem: Exception) -> None:
        self._failures += 1
        tell = log.error if self._failures == ALARMING else log.warning
        tell(
            "VK not read", channel=self._name, failures=self._failures,
            problem=f"{type(problem).__name__}: {problem}",
        )  # fmt: skip
        await self._pause(SAVING_PAUSE if isinstance(problem, NotSaved) else LONGEST_PAUSE)

    async def _pause(self, most: float = LONGEST_PAUSE) -> None:
        longest = min(FIRST_PAUSE * 2 ** min(self._failures - 1, 16), most)
        await self._rest(longest * self._rng.uniform(0.5, 1.0))


def _now() -> int:
    return round(time.time())
