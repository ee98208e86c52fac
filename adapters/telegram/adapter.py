"""A Telegram bot that customers write to, behind the port that every channel implements."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import structlog
from aiogram.methods import GetMe
from msgspec.structs import replace

from adapters.telegram.api import Api, TelegramFault, is_unauthorized
from adapters.telegram.examining import Examination
from adapters.telegram.intake import Intake
from adapters.telegram.polling import Polling
from adapters.telegram.sending import Sending
from adapters.telegram.timing import Timing
from adapters.telegram.webhook import Webhook
from adapters.telegram.words import language_of, phrase
from bot.channel import Delivery, Door, Finding, HookAnswer, HookCall, Receipt
from bot.errors import ConfigurationError
from bot.model.abilities import TELEGRAM, Abilities
from bot.model.message import Attachment

log = structlog.get_logger("telegram")

OPENING = 5
"""Seconds that the start waits for Telegram; the reading has more patience."""


class TelegramAdapter:
    """One bot of customers.

    Settings: `token`, `api_url`, `proxy` (http://…; socks5://… with the package aiohttp-socks), `mode` (polling or
    webhook), `webhook` (`url`, `secret`), `pace_per_address`, `language`. Raises `ConfigurationError` for a token or a
    proxy that cannot be one.
    """

    def __init__(
        self,
        name: str,
        settings: dict[str, Any],
        timing: Timing = Timing(),  # noqa: B008  (frozen)
    ) -> None:
        self.name = name
        self.abilities: Abilities = TELEGRAM
        self._settings = settings
        self._language = language_of(settings)
        pace = settings.get("pace_per_address")
        self._timing = replace(timing, gap=min(timing.gap, 1 / pace)) if pace else timing
        self._api = Api(
            settings.get("token") or "",
            settings.get("api_url") or "https://api.telegram.org",
            settings.get("proxy") or None,
            self._language,
        )
        self._intake: Intake | None = None
        self._sending: Sending | None = None
        self._webhook: Webhook | None = None

    async def open(self, door: Door) -> None:
        """Make ready. Raises `ConfigurationError` for a token that Telegram does not know."""
        timing = self._timing
        self._intake = Intake(self.name, door, self._api, self._language, timing.quiet)
        self._sending = Sending(self.name, door, self._api, self._language, timing.gap)
        if self._settings.get("mode") == "webhook":
            how = self._settings.get("webhook") or {}
            self._webhook = Webhook(self.name, how, door, self._api, self._intake, timing)
        try:
            me = await self._api.call(GetMe(), within=OPENING)
        except TelegramFault as problem:
            if is_unauthorized(problem):
                raise ConfigurationError(phrase(self._language, "unknown_token")) from None
            log.warning("Telegram does not answer yet", channel=self.name, problem=str(problem))
        else:
            self._intake.link = f"t.me/{me.username}"

    async def receive(self, door: Door) -> None:
        """Read, or be called, until cancelled."""
        assert self._intake is not None, "receive before open"
        if self._webhook is not None:
            await self._webhook.run()
        await Polling(self.name, door, self._api, self._intake, self._timing).run()

    async def called(self, call: HookCall) -> HookAnswer:
        """What Telegram brings by webhook."""
        return await self._webhook.called(call) if self._webhook is not None else HookAnswer(404)

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Say it. Raises `RetryLater`, `Undeliverable`."""
        assert self._sending is not None, "deliver before open"
        return await self._sending.deliver(delivery)

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """A file that a customer sent: its `source` is Telegram's id of it."""
        return self._api.download(attachment.source)

    async def examine(self, door: Door) -> Sequence[Finding]:
        """Look at the token, the webhook, other readers and what waits."""
        return await Examination(self.name, self._settings, self._api, self._language).look(door)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._intake is not None:
            await self._intake.close()
        await self._api.close()
