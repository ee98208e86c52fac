"""Reminders, time limits, snoozes: a due timer becomes an event of its conversation."""

from collections.abc import Callable

import structlog

from bot.clock import Bell, Clock
from bot.errors import NotSaved
from bot.storage.store import Store

log = structlog.get_logger("timers")

AT_ONCE = 500
PAUSE = 1_000


class Timers:
    """Fires timers of those channels that have been read since the start: after an outage the customer's answer may
    lie at the messenger, and a reminder would come before it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._awake: frozenset[str] = frozenset()
        self.bell = Bell(clock)
        self.on_events: Callable[[], None] = lambda: None
        self._firing = False

    @property
    def busy(self) -> bool:
        """Whether timers are being fired, or are about to be."""
        return self._firing or self.bell.due

    def wake_channel(self, channel: str) -> None:
        """The channel was read: its timers may fire from now on."""
        if channel not in self._awake:
            self._awake |= {channel}
            self.bell.ring()

    async def run(self) -> None:
        """Until cancelled."""
        self.bell.ring()
        while True:
            await self.bell.wait()
            self._firing = True
            try:
                await self._fire()
            except NotSaved as problem:
                log.error("timers not fired", problem=str(problem))
                self.bell.ring(self._clock.now() + PAUSE)
            finally:
                self._firing = False

    async def _fire(self) -> None:
        if not self._awake:
            return
        while await self._store.fire_timers(self._awake, now=self._clock.now(), limit=AT_ONCE):
            self.on_events()
        due = await self._store.next_timer(self._awake)
        if due is not None:
            self.bell.ring(due)
