"""The Callback API: the community's server is called with every event, until it says `ok`."""

import asyncio
from contextlib import suppress

import aiohttp

from tests.fakes.vk.schema import Json
from tests.fakes.vk.world import World

MOST_TRIES = 2000


class Callbacks:
    """VK's end of it. An answer that is late counts as none, and the event is sent again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns: dict[int, asyncio.Lock] = {}
        self.patience = 10.0
        self.pause = 0.05
        self.answers: list[tuple[str, int, str]] = []
        """What was answered: the event's id, status, body."""

    def start(self, url: str, secret: str) -> None:
        """Call there from now on."""
        self._world.on_event = lambda event: self._begin(url, {**event, "secret": secret})

    async def confirm(self, url: str) -> str:
        """What the server says to the question for confirmation."""
        event = {"type": "confirmation", "group_id": self._world.group_id}
        async with aiohttp.ClientSession() as session, session.post(url, json=event) as answer:
            return await answer.text()

    def _begin(self, url: str, event: Json) -> None:
        task = asyncio.ensure_future(self._call(url, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, url: str, event: Json) -> None:
        """One person's events go one after another."""
        inside = event["object"]
        about = inside.get("message", inside)
        person = int(about.get("from_id") or about.get("user_id") or 0)
        async with self._turns.setdefault(person, asyncio.Lock()):
            await self._until_heard(url, event)

    async def _until_heard(self, url: str, event: Json) -> None:
        limit = aiohttp.ClientTimeout(total=self.patience)
        for _ in range(MOST_TRIES):
            status, body = 0, ""
            with suppress(aiohttp.ClientError, TimeoutError):
                async with (
                    aiohttp.ClientSession(timeout=limit) as session,
                    session.post(url, json=event) as answer,
                ):
                    status, body = answer.status, await answer.text()
            self.answers.append((event["event_id"], status, body))
            self._world.bell.ring()
            if status == 200 and body == "ok":
                return
            await asyncio.sleep(self.pause)

    async def close(self) -> None:
        """Call no more."""
        self._world.on_event = lambda event: None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
