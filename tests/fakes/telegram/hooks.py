"""Webhooks: each bot's updates are posted one after another, each until the answer is a 2xx."""

import asyncio
import contextlib
from typing import Any

import aiohttp

from tests.fakes.telegram.world import Account, World

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
PATIENCE = 60.0


class Hooks:
    """Delivers to the webhooks that are set. `repeat` posts each update so many times at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._task: asyncio.Task[None] | None = None
        self.attempts: list[tuple[int, int]] = []
        """(update id, status; 0 for no answer), in the order of the attempts."""
        self.repeat = 1

    def start(self) -> None:
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _work(self) -> None:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session,
            asyncio.TaskGroup() as group,
        ):
            served: set[int] = set()
            while True:
                for account in list(self._world.accounts.values()):
                    if account.webhook and account.id not in served:
                        served.add(account.id)
                        group.create_task(self._serve(session, account))
                await self._world.bell.rung(None)

    async def _serve(self, session: aiohttp.ClientSession, account: Account) -> None:
        pause = FIRST_PAUSE
        while True:
            if not account.webhook or not account.queue.waiting:
                await self._world.bell.rung(None)
                continue
            number, update = account.queue.waiting[0]
            statuses = await asyncio.gather(
                *(self._post(session, account, number, update) for _ in range(self.repeat))
            )
            if any(200 <= status < 300 for status in statuses):
                account.queue.confirm(number + 1)
                self._world.bell.ring()
                pause = FIRST_PAUSE
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(
        self, session: aiohttp.ClientSession, account: Account, number: int, update: Any
    ) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": account.secret} if account.secret else {}
        try:
            async with session.post(account.webhook["url"], json=update, headers=headers) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        self.attempts.append((number, status))
        return status
