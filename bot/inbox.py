"""The way in: events are saved before anyone acknowledges them."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeAlias

import structlog

from bot.clock import Clock
from bot.errors import NotSaved
from bot.model.event import Incoming
from bot.storage.store import Store

log = structlog.get_logger("inbox")

TRIAL = 3_600_000
"""So long after an unclean end, in ms, events are saved before their turns begin. A turn that kills the process takes
with it what is saved in the same transaction: what the messenger brings again then is saved for itself, and counted."""


_Offer: TypeAlias = tuple[Sequence[Incoming], str | None, asyncio.Future[None]]
"""What one `accept` brought, its cursor, and who waits for it to be safe."""


class Inbox:
    """Saves what adapters bring. Offers of one channel that arrive in one breath are saved in one transaction."""

    def __init__(self, store: Store, clock: Clock, kinds: dict[str, str]) -> None:
        self._store = store
        self._clock = clock
        self._kinds = kinds
        self._offers: dict[str, list[_Offer]] = {}
        self._refused = False
        self._alone_until = clock.now() + TRIAL if store.unclean else 0
        self.saved = 0
        """Events saved since the start."""
        self._saving: set[asyncio.Task[None] | None] = set()
        self.on_events: Callable[[], None] = lambda: None
        """Called when events are about to be saved, so that their turns may be in the same transaction."""
        self.on_attachments: Callable[[], None] = lambda: None

    def accept(
        self, channel: str, incoming: Sequence[Incoming], cursor: str | None = None
    ) -> asyncio.Future[None]:
        """Save events and the cursor together; done when they are durable. Raises `NotSaved`."""
        saved: asyncio.Future[None] = asyncio.Future()
        offers = self._offers.get(channel)
        if offers is None:
            offers = self._offers[channel] = []
            self._saving.add(asyncio.create_task(self._save_offers(channel)))
        offers.append((incoming, cursor, saved))
        return saved

    @property
    def busy(self) -> bool:
        """Whether something is being saved."""
        return bool(self._saving)

    async def _save_offers(self, channel: str) -> None:
        """A turn of the loop after the first of them: what came in one breath."""
        try:
            await self._save(channel, self._offers.pop(channel))
        finally:
            self._saving.discard(asyncio.current_task())

    async def _save(self, channel: str, offers: list[_Offer]) -> None:
        brought, cursors, waiting = zip(*offers, strict=True)
        incoming = list(chain.from_iterable(brought))
        cursor = next((one for one in reversed(cursors) if one is not None), None)
        now = self._clock.now()
        alone = now < self._alone_until
        if not alone:
            self.on_events()
        try:
            accepted = await self._store.accept(
                channel, self._kinds[channel], incoming, cursor, now
            )
        except Exception as problem:  # noqa: BLE001  (the adapters decide; it must only reach them)
            await self._refuse(channel, offers, problem)
            return
        self._saves(channel)
        self.saved += accepted.new
        for saved in waiting:
            if not saved.done():
                saved.set_result(None)
        if alone:
            self.on_events()
        if accepted.attachments:
            self.on_attachments()

    async def _refuse(self, channel: str, offers: list[_Offer], problem: Exception) -> None:
        """One bad offer must cost only itself; a database that is down costs all."""
        if len(offers) > 1 and not isinstance(problem, NotSaved):
            for offer in offers:
                await self._save(channel, [offer])
            return
        if isinstance(problem, NotSaved):
            self._saves(channel, problem)
        for _, _, saved in offers:
            if not saved.done():
                saved.set_exception(problem)

    def _saves(self, channel: str, problem: NotSaved | None = None) -> None:
        """Tell the owner once that nothing is acknowledged any more, and once that it is again."""
        if problem is not None and not self._refused:
            log.error("events not saved, none acknowledged", channel=channel, problem=str(problem))
        elif problem is None and self._refused:
            log.error("events are saved again", channel=channel)
        self._refused = problem is not None
