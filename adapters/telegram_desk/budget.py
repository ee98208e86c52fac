"""How much this bot has said in the group lately: 20 messages a minute is what Telegram takes, all topics together."""

import asyncio
import time
from collections import deque
from typing import Protocol

from bot.channel import RetryLater

A_MINUTE = 20
"""Telegram's limit: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"""
MINUTE = 60_000


class Clock(Protocol):
    """The time in ms since the epoch, and waiting for it."""

    def now(self) -> int:
        """The present."""

    async def sleep_until(self, at: int) -> None:
        """Return when `now() >= at`."""


class Steady:
    """The machine's time when the program started, and a clock that nobody sets from there on."""

    def __init__(self) -> None:
        self._began = (time.time_ns() - time.monotonic_ns()) // 1_000_000

    def now(self) -> int:
        """The present."""
        return self._began + time.monotonic_ns() // 1_000_000

    async def sleep_until(self, at: int) -> None:
        """Sleep."""
        await asyncio.sleep(max(0, at - self.now()) / 1000)


class Meter:
    """What one delivery has cost so far: its `Receipt.calls`."""

    def __init__(self) -> None:
        self.calls = 0


class Budget:
    """The calls of the last minute. The outbox paces deliveries by their receipts; here everything else is counted
    too (names of topics, lines of our own), so that both together stay within the limit, `most` calls a minute."""

    def __init__(self, clock: Clock, most: int = A_MINUTE) -> None:
        self.clock = clock
        self.most = most
        self._spent: deque[int] = deque()

    def used(self) -> int:
        """Calls in the last 60 seconds."""
        now = self.clock.now()
        while self._spent and self._spent[0] <= now - MINUTE:
            self._spent.popleft()
        return len(self._spent)

    def spend(self, calls: int, meter: Meter | None = None) -> None:
        """So many calls are made now."""
        self._spent.extend([self.clock.now()] * calls)
        if meter is not None:
            meter.calls += calls

    def check(self, calls: int) -> None:
        """Raises `RetryLater` where so many more would be too many."""
        over = self.used() + calls - self.most
        if over > 0 and self._spent:
            freed = self._spent[min(over, len(self._spent)) - 1] + MINUTE
            raise RetryLater(
                "the group has heard enough this minute",
                max(0.0, (freed - self.clock.now()) / 1000),
                everywhere=True,
            )
