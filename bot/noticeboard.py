"""The list of open tickets, kept up to date: a change of any ticket becomes an event of the desk's own conversation."""

from collections.abc import Callable

import structlog

from bot import desk
from bot.clock import Bell, Clock
from bot.errors import NotSaved
from bot.model.event import Happened, Incoming
from bot.storage.store import Store

log = structlog.get_logger("noticeboard")

PAUSE = 1_000
"""How long the loop rests after the database refused an event, in ms."""


class Noticeboard:
    """One loop. The list is shown at most once in `every` ms; `kind` is that of the desk's channel. While nobody can be
    told (`reachable`) nothing is shown: the changes of a night would wait there in a row."""

    def __init__(self, store: Store, clock: Clock, kind: str, every: int) -> None:
        self._store = store
        self._clock = clock
        self._kind = kind
        self._every = every
        self._shown_at = -every
        self._again_at = 0
        self._filing = False
        self.bell = Bell(clock)
        self.on_events: Callable[[], None] = lambda: None
        self.reachable: Callable[[], bool] = lambda: True

    @property
    def busy(self) -> bool:
        """Whether the list is being brought up to date, or is about to be."""
        return self._filing or self.bell.due

    def changed(self, again_at: int = 0) -> None:
        """The list is not right any more; at `again_at` (0: never) it changes by itself."""
        self._again_at = max(self._again_at, again_at)
        self.bell.ring(self._shown_at + self._every)

    async def run(self) -> None:
        """Until cancelled."""
        self.changed()
        while True:
            await self.bell.wait()
            self._filing = True
            try:
                await self._file()
            except NotSaved as problem:
                log.error("list not brought up to date", problem=str(problem))
                self.bell.ring(self._clock.now() + PAUSE)
            finally:
                self._filing = False

    async def _file(self) -> None:
        now = self._clock.now()
        if not self.reachable():
            self.bell.ring(now + self._every)
            return
        event = Incoming(f"list:{now}", Happened(desk.LISTED), address=desk.GENERAL.id)
        await self._store.accept(desk.CHANNEL, self._kind, [event], None, now)
        self._shown_at = now
        self.on_events()
        if self._again_at > now:
            self.bell.ring(self._again_at)
