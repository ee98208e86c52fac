"""Buttons that were pressed and wait for an answer: Telegram shows a spinning clock until there is one."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import msgspec

from adapters.telegram_desk.api import Api
from adapters.telegram_desk.budget import Clock

ALERT_LENGTH = 200
"""What an alert takes: https://core.telegram.org/bots/api#answercallbackquery"""
PATIENCE = 3_000
"""Ms after which a press is answered with nothing: whatever is said then comes as a message."""


class _Open(msgspec.Struct, frozen=True):
    id: str
    operator: str
    address: str


class Presses:
    """At most one answer a press: an alert to whoever pressed, else nothing after a while."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._open: dict[str, _Open] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def pressed(self, id: str, operator: str, address: str) -> None:
        """A button was pressed by somebody, under a conversation."""
        if id not in self._open:
            self._open[id] = _Open(id, operator, address)
            self._start(self._give_up(id))

    def nothing(self, id: str) -> None:
        """A press that is none of ours is answered at once."""
        self._start(self._empty(id))

    async def alert(self, operator: str, address: str, words: str) -> bool:
        """Tell whoever pressed last under that conversation; whether they were told."""
        mine = [
            one for one in self._open.values() if (one.operator, one.address) == (operator, address)
        ]
        if not mine:
            return False
        # The oldest first: what the desk says comes in the order of the presses.
        query = self._open.pop(mine[0].id)
        try:
            await self._api.call(
                "answer_callback_query", callback_query_id=query.id, text=words, show_alert=True
            )
        except Exception:  # noqa: BLE001  (too late, or no line: the message goes the other way)
            return False
        return True

    def may_alert(self, operator: str, address: str) -> bool:
        """Whether somebody's press under that conversation still waits for an answer."""
        return any(
            (one.operator, one.address) == (operator, address) for one in self._open.values()
        )

    async def _give_up(self, id: str) -> None:
        await self._clock.sleep_until(self._clock.now() + PATIENCE)
        if self._open.pop(id, None) is not None:
            await self._empty(id)

    async def _empty(self, id: str) -> None:
        # Too late, or no line: nobody waits for it any more.
        with contextlib.suppress(Exception):
            await self._api.call("answer_callback_query", callback_query_id=id)

    def _start(self, answer: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(answer)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Whoever still waits gets no answer from us."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
