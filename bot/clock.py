"""The time, and waiting for it. Everything that waits does so through a clock, so that tests need not."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol

import structlog

log = structlog.get_logger("clock")

_NEVER = 1 << 62
SET_BACK = 1_000
"""By more than so many ms a clock is set by somebody; less is what time servers do all day."""


def asked_to_end() -> bool:
    """Whether the task that runs was cancelled. A `CancelledError` without that is a fault of what it awaited."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Clock(Protocol):
    """Gives the time in ms since the epoch, UTC, and sleeps until one."""

    def now(self) -> int:
        """The present."""

    async def sleep_until(self, at: int) -> None:
        """Return when `now() >= at`."""


class SystemClock:
    """The machine's clock, but that it never goes back: set back, it goes half as fast until the machine's has caught up.
    Everything that was to be done in a second would else wait for as long as it was set back. A jump forward is noticed
    within `patience` ms."""

    patience = 30_000

    def __init__(
        self,
        wall: Callable[[], int] = time.time_ns,
        steady: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Both in ns; `steady` is never set."""
        self._wall = wall
        self._steady = steady
        self._believed = 0
        """From which time on the machine's clock is believed, in ms: the latest that was told; while it goes slowly,
        never."""
        self._slow: tuple[int, int] | None = None
        """Since when it goes slowly, by `steady`, and the time that it told then, in ms."""

    def now(self) -> int:
        """The present."""
        now = self._wall() // 1_000_000
        if now < self._believed:
            return self._slowed(now)
        self._believed = now
        return now

    def _slowed(self, wall: int) -> int:
        steady = self._steady() // 1_000_000
        if self._slow is None:
            self._slow = (steady, self._believed)
            if self._believed - wall > SET_BACK:
                log.warning(
                    "the clock was set back, going slowly until it has caught up",
                    ms=self._believed - wall,
                )
            self._believed = _NEVER
        since, told = self._slow
        slow = told + (steady - since) // 2
        if wall < slow:
            return slow
        self._slow, self._believed = None, wall
        return wall

    async def sleep_until(self, at: int) -> None:
        """Sleep in pieces: the wall clock may be set forward while we sleep."""
        while (left := at - self.now()) > 0:  # noqa: ASYNC110  (time is what is waited for)
            await asyncio.sleep(min(left, self.patience) / 1000)


class ObedientClock:
    """A clock that stands still until it is told to advance."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._order = itertools.count()
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []

    def now(self) -> int:
        """The time it was last told."""
        return self._now

    async def sleep_until(self, at: int) -> None:
        """Return when the clock was advanced that far."""
        if at <= self._now:
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at, next(self._order), woken))
        await woken

    def next_wake(self) -> int | None:
        """When the earliest sleeper wants to wake."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def advance_to(self, at: int) -> None:
        """Set the time and wake those whose time has come; it never goes back."""
        self._now = max(self._now, at)
        while (due := self.next_wake()) is not None and due <= self._now:
            heapq.heappop(self._sleepers)[2].set_result(None)

    def advance(self, ms: int) -> None:
        """Let `ms` pass."""
        self.advance_to(self._now + ms)


class Bell:
    """Wakes one loop: `ring()` at once, `ring(at)` at a time. Rings while nobody waits are kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = False
        self._at: int | None = None
        self._waiting: asyncio.Future[None] | None = None

    def ring(self, at: int | None = None) -> None:
        """Wake the loop now, or no later than `at`."""
        if at is None:
            self._rung = True
        elif self._at is None or at < self._at:
            self._at = at
        else:
            return
        self._wake()

    @property
    def due(self) -> bool:
        """Whether `wait` would return at once."""
        return self._rung or (self._at is not None and self._at <= self._clock.now())

    async def wait(self) -> None:
        """Return when the bell was rung, or its time has come."""
        while not self._is_time():
            self._waiting = asyncio.get_running_loop().create_future()
            alarm = None if self._at is None else asyncio.ensure_future(self._alarm(self._at))
            try:
                await self._waiting
            finally:
                self._waiting = None
                if alarm is not None:
                    alarm.cancel()

    def _is_time(self) -> bool:
        if self._rung:
            self._rung = False
            return True
        if self._at is not None and self._at <= self._clock.now():
            self._at = None
            return True
        return False

    async def _alarm(self, at: int) -> None:
        await self._clock.sleep_until(at)
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
