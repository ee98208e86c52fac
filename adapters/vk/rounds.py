"""What is to be done where VK calls us: look in from time to time, since VK gives up calling after a while."""

import asyncio

import structlog

from adapters.vk.api import Api
from adapters.vk.faults import Refused, Unreached
from adapters.vk.gap import missed
from adapters.vk.hook import Hook
from adapters.vk.intake import Intake
from adapters.vk.longpoll import Cursor, read_cursor, write_cursor
from adapters.vk.settings import Settings
from bot.channel import Door
from bot.errors import NotSaved

log = structlog.get_logger("vk")

EVERY = 300.0
"""Seconds between two looks through the conversations."""
AGAIN = 10.0


class Rounds:
    """The loop of a channel that is called."""

    def __init__(self, name: str, settings: Settings, api: Api, intake: Intake, hook: Hook) -> None:
        self._name = name
        self._settings = settings
        self._api = api
        self._intake = intake
        self._hook = hook

    async def run(self, door: Door) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._once(door)
                await asyncio.sleep(EVERY)
            except (NotSaved, Refused, Unreached, KeyError, TypeError, ValueError) as problem:
                log.warning("VK not read", channel=self._name, problem=type(problem).__name__)
                await asyncio.sleep(AGAIN)

    async def _once(self, door: Door) -> None:
        group = self._settings.group_id
        if not self._hook.confirmation:
            got = await self._api.call("groups.getCallbackConfirmationCode", group_id=group)
            self._hook.confirmation = str(got["code"])
        now = await self._api.call("utils.getServerTime")
        before = read_cursor(await door.cursor())
        found = []
        if before is not None:
            found = self._intake.from_history(await missed(self._api, group, before.at))
        await self._intake.accept(found, door, write_cursor(Cursor(at=int(now))))
        door.alive()
