"""Waiting for a condition: the fake rings whenever something has changed."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 60.0
"""Seconds after which a wait is given up: a safety net, never a measure."""


class NeverHappened(AssertionError):
    """What was waited for did not come."""


class Bell:
    """Rung from code that runs in the loop; everyone who waits looks again."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Something has changed."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    async def until(
        self,
        look: Callable[[], Found | None],
        what: Callable[[], str] | str,
        patience: float | None = None,
    ) -> Found:
        """The first thing that is true in what `look` returns; looked at now and after every ring.

        Raises `NeverHappened` with `what` after `patience` seconds.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + (PATIENCE if patience is None else patience)
        while not (found := look()):
            if not await self.rung(end - loop.time()):
                raise NeverHappened(what if isinstance(what, str) else what())
        return found

    async def rung(self, seconds: float | None) -> bool:
        """Wait for the next ring, at most so long; whether it came."""
        if seconds is not None and seconds <= 0:
            return False
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(waiting)
        return True
