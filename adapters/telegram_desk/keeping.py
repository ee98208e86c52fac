"""A door that is waited for: what Telegram has done already must be written down, or it would be done again."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from adapters.telegram_desk.budget import Clock
from bot.channel import Door, Said
from bot.errors import NotSaved
from bot.model.event import Incoming

log = structlog.get_logger("telegram_desk")

PAUSE = 1_000


class PatientDoor:
    """As the door behind it, but `keep` returns only when the values are safe."""

    def __init__(self, door: Door, clock: Clock) -> None:
        self._door = door
        self._clock = clock

    async def keep(self, values: Mapping[str, str | None]) -> None:
        """See `Door.keep`; a database that cannot save is waited for."""
        while True:
            try:
                await self._door.keep(values)
                return
            except NotSaved:
                log.error("not kept, trying again", names=len(values))
                await self._clock.sleep_until(self._clock.now() + PAUSE)

    async def accept(self, incoming: Sequence[Incoming], cursor: str | None = None) -> None:
        """See `Door.accept`."""
        await self._door.accept(incoming, cursor)

    async def cursor(self) -> str | None:
        """See `Door.cursor`."""
        return await self._door.cursor()

    def alive(self) -> None:
        """See `Door.alive`."""
        self._door.alive()

    async def recall(self, name: str) -> str | None:
        """See `Door.recall`."""
        return await self._door.recall(name)

    async def said(self, address: str, external_id: str) -> Said | None:
        """See `Door.said`."""
        return await self._door.said(address, external_id)

    def file(self, digest: str) -> Path:
        """See `Door.file`."""
        return self._door.file(digest)
