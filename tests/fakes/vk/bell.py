"""Waiting for a condition: the fake rings whenever something has changed."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 30.0
"""Seconds after which a wait is given up: a safety net, never a measure."""


class Bell:
    """Rung from code that runs in the loop; everyone who waits looks again."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something has changed."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """The next ring, or so many seconds."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return

    async def until(
        self, look: Callable[[], Found | None], what: Callable[[], str], patience: float = PATIENCE
    ) -> Found:
        """The first true thing that `look` returns; an `AssertionError` that says `what` was waited for."""
        loop = asyncio.get_running_loop()
        end = loop.time() + patience
        while not (found := look()):
            left = end - loop.time()
            if left <= 0:
                raise AssertionError(what())
            await self.wait(left)
        return found
