"""Fetches what customers and operators attached, after the event is saved, and keeps it under its content's hash."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from bot.channel import Adapter, RetryLater, Undeliverable
from bot.clock import Bell, Clock
from bot.dialog.slots import content_type
from bot.logs import fault
from bot.model.message import Attachment
from bot.storage.store import Store, WaitingAttachment

log = structlog.get_logger("attachments")

AT_ONCE = 8
"""Fetches of one channel at a time: where its messenger hangs, the others' files still come."""
TRIES = 6
"""So often a fetch may fail in a way that the adapter did not name, before it is given up."""
LONGER_TRIES = 60
"""So often the messenger may ask us to come later: with `LONGEST_PAUSE` between them an hour."""
HEAD = 262
"""Bytes that tell the kind of a file."""
FIRST_PAUSE, LONGEST_PAUSE = 2_000, 64_000


class Files(Protocol):
    """Where contents are kept."""

    async def save(self, chunks: AsyncIterator[bytes], limit: int) -> tuple[str, int]:
        """Keep a content; its digest and size. Raises `ValueError` if it is longer than `limit` bytes."""

    def path(self, digest: str) -> Path:
        """Where a content lies."""


class Attachments:
    """One loop; several files at a time."""

    def __init__(
        self, store: Store, clock: Clock, adapters: Mapping[str, Adapter], files: Files
    ) -> None:
        self._store = store
        self._clock = clock
        self._adapters = adapters
        self.files = files
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._of_channel: Counter[str] = Counter()
        self.bell = Bell(clock)
        self.on_events: Callable[[], None] = lambda: None
        self._looking = False

    @property
    def busy(self) -> bool:
        """Whether a file is being fetched, or is about to be."""
        return bool(self._under_way) or self._looking or self.bell.due

    async def run(self) -> None:
        """Until cancelled; a file in the middle is fetched anew after the next start."""
        self.bell.ring()
        try:
            while True:
                await self.bell.wait()
                self._looking = True
                try:
                    await self._start_due()
                except Exception as problem:  # noqa: BLE001  (fetches under way must not go with it)
                    log.error("attachments not read", **fault(problem))
                    self.bell.ring(self._clock.now() + FIRST_PAUSE)
                self._looking = False
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _start_due(self) -> None:
        now = self._clock.now()
        while await self._start_some(now):
            pass
        if (later := await self._store.next_fetch(now=now)) is not None:
            self.bell.ring(later)

    async def _start_some(self, now: int) -> bool:
        """Whether there may be more of channels that have room."""
        full = [name for name, count in self._of_channel.items() if count >= AT_ONCE]
        limit = AT_ONCE + len(self._under_way)
        found = await self._store.attachments_to_fetch(now=now, limit=limit, without=full)
        for waiting in found:
            if waiting.id not in self._under_way and self._of_channel[waiting.channel] < AT_ONCE:
                task = asyncio.ensure_future(self._fetch(waiting))
                self._under_way[waiting.id] = task
                self._of_channel[waiting.channel] += 1
                task.add_done_callback(partial(self._done, waiting))
        return len(found) == limit

    def _done(self, waiting: WaitingAttachment, _: asyncio.Task[None]) -> None:
        del self._under_way[waiting.id]
        self._of_channel[waiting.channel] -= 1
        self.bell.ring()

    async def _fetch(self, waiting: WaitingAttachment) -> None:
        attachment, again_at = await self._try(waiting)
        try:
            await self._store.settle_attachment(
                waiting.id, attachment, again_at=again_at, now=self._clock.now()
            )
        except Exception as problem:  # noqa: BLE001  (fetched again, but not at once)
            log.error("attachment not written down", attachment=waiting.id, **fault(problem))
            await self._clock.sleep_until(self._clock.now() + FIRST_PAUSE)
            return
        if again_at is None:
            self.on_events()

    async def _try(self, waiting: WaitingAttachment) -> tuple[Attachment, int | None]:
        """The attachment as it now is, and when to try again if it is not there yet."""
        wanted = waiting.attachment
        adapter = self._adapters.get(waiting.channel)
        if adapter is None:
            return msgspec.structs.replace(
                wanted, problem="its channel is no longer configured"
            ), None
        try:
            digest, size = await self.files.save(
                adapter.fetch(wanted), adapter.abilities.download_size
            )
            mime = await asyncio.to_thread(self._type, digest, wanted.mime)
            return msgspec.structs.replace(wanted, digest=digest, size=size, mime=mime), None
        except (Undeliverable, ValueError) as problem:
            return msgspec.structs.replace(wanted, problem=str(problem)), None
        except Exception as problem:  # noqa: BLE001  (an adapter's fault is one file's)
            log.warning(
                "attachment not fetched",
                channel=waiting.channel,
                conversation=waiting.conversation,
                attachment=waiting.id,
                **fault(problem),
            )
            later = problem if isinstance(problem, RetryLater) else None
            if waiting.attempts + 1 >= (TRIES if later is None else LONGER_TRIES):
                return msgspec.structs.replace(wanted, problem="it could not be fetched"), None
            pause = min(FIRST_PAUSE << min(waiting.attempts, 16), LONGEST_PAUSE)
            if later is not None and later.after is not None:
                pause = round(later.after * 1000)
            return wanted, self._clock.now() + pause

    def _type(self, digest: str, told: str) -> str:
        """The media type by the content; what the sender told only where the content says nothing."""
        with self.files.path(digest).open("rb") as file:
            return content_type(file.read(HEAD), told)
