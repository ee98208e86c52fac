"""Whether the program can do its work: every channel is read, and the store saves."""

import asyncio

import structlog

from bot.app import App
from bot.errors import NotSaved

log = structlog.get_logger("health")

LOOK = 10_000
"""How often it is looked, in ms."""
SAVE_WITHIN = 5.0
"""Seconds in which a store that works saves a value."""
KNOWN_FOR = 1_000
"""So long, in ms, what was found out about the store counts: whoever asks must not wear out the disk."""


class Health:
    """`watched`: the channels that are read all the time; one that was not for `deaf_after` ms is deaf (0: never)."""

    def __init__(self, app: App, watched: frozenset[str], deaf_after: int) -> None:
        self._app = app
        self._watched = watched
        self._deaf_after = deaf_after
        self._saves = (0, True)

    def last_read(self, channel: str) -> float | None:
        """How many seconds ago a channel was read, None before the first time."""
        at = self._app.last_read.get(channel)
        return None if at is None else (self._app.clock.now() - at) / 1000

    def deaf(self) -> frozenset[str]:
        """Channels that were not read for too long, or at all since the start."""
        if not self._deaf_after:
            return frozenset()
        oldest = self._app.clock.now() - self._deaf_after
        started, last = self._app.started_at, self._app.last_read
        return frozenset(one for one in self._watched if last.get(one, started) < oldest)

    async def saves(self) -> bool:
        """Whether the store can be written to: tried with a small value."""
        now = self._app.clock.now()
        asked_at, answer = self._saves
        if not asked_at or now >= asked_at + KNOWN_FOR:
            answer = await self._try_to_save(now)
            self._saves = (now, answer)
        return answer

    async def _try_to_save(self, now: int) -> bool:
        try:
            async with asyncio.timeout(SAVE_WITHIN):
                await self._app.store.keep("", {"probe": str(now)})
        except (NotSaved, TimeoutError):
            return False
        return True

    async def run(self) -> None:
        """Tell of each channel once that it is deaf, and once that it is heard again; until cancelled."""
        told: frozenset[str] = frozenset()
        while True:
            deaf = self.deaf()
            for channel in sorted(deaf - told):
                log.error("channel is not read", channel=channel, last_read=self.last_read(channel))
            for channel in sorted(told - deaf):
                log.error("channel is read again", channel=channel)
            told = deaf
            await self._app.clock.sleep_until(self._app.clock.now() + LOOK)
