"""VK, behind the port that every channel implements."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from typing import Any

import structlog

from adapters.vk.api import Api
from adapters.vk.comments import place_of
from adapters.vk.examining import examine
from adapters.vk.faults import Refused, Unreached
from adapters.vk.hook import Hook
from adapters.vk.intake import Intake
from adapters.vk.longpoll import LongPoll
from adapters.vk.public import Public
from adapters.vk.rounds import Rounds
from adapters.vk.sending import Private
from adapters.vk.settings import read_settings
from adapters.vk.verdicts import NO_KEY
from adapters.vk.words import words_in
from bot.channel import (
    Delivery,
    Door,
    Finding,
    HookAnswer,
    HookCall,
    Receipt,
    RetryLater,
    Undeliverable,
)
from bot.errors import ConfigurationError, NotSaved
from bot.model.abilities import VK, Abilities
from bot.model.message import Attachment

log = structlog.get_logger("vk")

START = "random_id"
"""Under this name the channel keeps where its random ids begin."""
KNOCK = 10.0
"""Seconds that the start waits to hear whether the key is accepted."""


class VkAdapter:
    """A community on VK. Settings: see `adapters.vk.settings`."""

    def __init__(self, name: str, settings: dict[str, Any]) -> None:
        self.name = name
        self.abilities: Abilities = VK
        self._settings = read_settings(name, settings)
        self._words = words_in(self._settings.language)
        self._api = Api(self._settings)
        self._intake = Intake(name, self._settings, self._api)
        self._private = Private(name, self._settings, self._api)
        self._public = Public(self._settings, self._api)
        self._hook = Hook(name, self._settings, self._intake)
        self._door: Door | None = None
        self._start = 0
        self._starting = asyncio.Lock()

    async def open(self, door: Door) -> None:
        """Look whether the key is accepted; a server that does not answer just now is no reason to fail."""
        self._door = door
        try:
            self._must_be_ours(await self._api.call("groups.getById", seconds=KNOCK))
        except Refused as refusal:
            if refusal.code in NO_KEY:
                raise ConfigurationError(
                    f"channels.{self.name}.token: {self._words['no_key']}"
                ) from None
            log.warning("VK refused a first call", channel=self.name, code=refusal.code)
        except Unreached as problem:
            log.warning("VK does not answer yet", channel=self.name, problem=str(problem))

    def _must_be_ours(self, answer: Any) -> None:
        """A community's key belongs to one community."""
        groups = answer.get("groups") if isinstance(answer, dict) else None
        if groups and groups[0].get("id") not in (None, self._settings.group_id):
            told = self._words["other_group"].format(id=groups[0]["id"])
            raise ConfigurationError(f"channels.{self.name}.group_id: {told}")

    async def receive(self, door: Door) -> None:
        """Read until cancelled."""
        self._door = door
        if self._settings.callback:
            await Rounds(self.name, self._settings, self._api, self._intake, self._hook).run(door)
        else:
            await LongPoll(self.name, self._settings.group_id, self._api, self._intake).run(door)

    async def called(self, call: HookCall) -> HookAnswer:
        """Answer a call of the Callback API."""
        if self._door is None or not self._settings.callback:
            return HookAnswer(404, b"this channel takes no calls")
        return await self._hook.called(call, self._door)

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Say it. Raises `RetryLater` or `Undeliverable`."""
        door = self._door
        assert door is not None
        place = place_of(delivery.address)
        try:
            start = await self._random_start(door)
            if place is not None:
                return await self._public.carry_out(delivery, place, door, start)
            return await self._private.carry_out(delivery, door, start)
        except NotSaved:
            raise RetryLater("the database takes nothing just now") from None
        except (Refused, Unreached) as problem:
            if delivery.kind == "typing":
                return Receipt()
            raise self._private.failed(problem, delivery) from None

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes behind an attachment's address."""
        if not attachment.source.startswith(("https://", "http://")):
            raise Undeliverable(self._words["not_a_file"])
        try:
            async for chunk in self._api.download(attachment.source):
                yield chunk
        except Refused:
            raise Undeliverable(self._words["gone"]) from None
        except Unreached as problem:
            raise RetryLater(str(problem)) from None

    async def examine(self, door: Door) -> Sequence[Finding]:
        """Look at the key, its rights, and what VK tells us of."""
        return await examine(self.name, self._settings, self._api)

    async def close(self) -> None:
        """Let go of connections."""
        await self._intake.close()
        await self._api.close()

    async def _random_start(self, door: Door) -> int:
        """Where this database's random ids begin: drawn once, and kept."""
        if self._start:
            return self._start
        async with self._starting:
            if not self._start:
                kept = await door.recall(START)
                start = int(kept) if kept else secrets.randbelow(1 << 32) + 1
                if not kept:
                    await door.keep({START: str(start)})
                self._start = start
        return self._start
