"""Being called by Telegram: one update a request, answered by 200 only when it is saved."""

import asyncio
import hmac
import json
import re
import secrets
from typing import Any
from urllib.parse import quote

import structlog
from aiogram.methods import GetWebhookInfo, SetWebhook

from adapters.telegram.api import Api, TelegramFault, is_unauthorized
from adapters.telegram.inbound import WANTED
from adapters.telegram.intake import Intake
from adapters.telegram.polling import TOKEN_CURE, WEBHOOK
from adapters.telegram.timing import Timing
from bot.channel import Door, HookAnswer, HookCall
from bot.errors import ConfigurationError, NotSaved

log = structlog.get_logger("telegram")

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  (the header's name)
_SECRET = "webhook secret"  # noqa: S105  (the name that it is kept under)
_ALLOWED_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Webhook:
    """Sets the webhook, looks after it, and takes what it brings. Raises `ConfigurationError` for an address or a
    secret that Telegram cannot use."""

    def __init__(
        self,
        name: str,
        settings: dict[str, Any],
        door: Door,
        api: Api,
        intake: Intake,
        timing: Timing,
    ) -> None:
        self._log = log.bind(channel=name)
        base = str(settings.get("url") or "")
        if not base.startswith(("https://", "http://")):
            raise ConfigurationError(
                f"channels.{name}.webhook.url: впишите внешний адрес, https://… / write the address that Telegram can call, https://…"
            )
        self.url = f"{base.rstrip('/')}/hooks/{quote(name)}"
        self._secret = str(settings.get("secret") or "")
        if self._secret and _ALLOWED_SECRET.fullmatch(self._secret) is None:
            raise ConfigurationError(
                f"channels.{name}.webhook.secret: только латинские буквы, цифры, _ и -, до 256 / only A-Z, a-z, 0-9, _ and -, at most 256"
            )
        self._door = door
        self._api = api
        self._intake = intake
        self._timing = timing
        self._new_album = asyncio.Event()
        self._failures = 0

    async def run(self) -> None:
        """Until cancelled: set the webhook, see now and then that it stands, finish albums."""
        is_set, look = False, 0.0
        clock = asyncio.get_running_loop().time
        while True:
            try:
                await self._intake.load()
                if clock() >= look:
                    is_set = await self._look_after(is_set=is_set)
                    look = clock() + self._timing.webhook_check
                await self._intake.finish_albums()
                self._failures = 0
                await self._rest(look - clock())
            except TelegramFault as problem:
                await asyncio.sleep(self._told(problem))
            except NotSaved as problem:
                self._log.error("not saved", problem=str(problem))
                await asyncio.sleep(self._later())
            except Exception as problem:  # noqa: BLE001  (a fault of ours must not make us deaf)
                self._log.error("looking after the webhook failed", problem=type(problem).__name__)
                await asyncio.sleep(self._later())

    async def _rest(self, until_look: float) -> None:
        """Until something is to be done: an album becomes whole, a new one begins, it is time to look."""
        album = self._intake.next_album()
        wait = until_look if album is None else min(until_look, album)
        self._new_album.clear()
        try:
            async with asyncio.timeout(max(wait, 0.01)):
                await self._new_album.wait()
        except TimeoutError:
            return

    async def _look_after(self, *, is_set: bool) -> bool:
        if not self._secret:
            self._secret = await self._door.recall(_SECRET) or ""
        if not self._secret:
            made = secrets.token_urlsafe(32)
            await self._door.keep({_SECRET: made})
            self._secret = made
        info = await self._api.call(GetWebhookInfo())
        if is_set and info.url == self.url:
            if info.last_error_message and info.pending_update_count:
                self._log.warning("Telegram could not call", waiting=info.pending_update_count)
        else:
            if is_set:
                self._log.error("somebody took our webhook away; it is set again")
            await self._door.keep({WEBHOOK: self.url})
            method = SetWebhook(url=self.url, allowed_updates=WANTED, secret_token=self._secret)
            await self._api.call(method)
        self._door.alive()
        return True

    async def called(self, call: HookCall) -> HookAnswer:
        """One update. 200 only when it is safe: for anything else Telegram calls again."""
        if call.method != "POST":
            return HookAnswer(405)
        told = call.headers.get(SECRET_HEADER, "")
        if not self._secret:
            return HookAnswer(503)
        if not hmac.compare_digest(told.encode(errors="replace"), self._secret.encode()):
            return HookAnswer(403)
        raw = _update(call.body)
        if raw is None:
            self._log.warning("a call that brought no update")
            return HookAnswer()
        try:
            await self._intake.load()
            await self._intake.take([raw], polled=False)
        except NotSaved as problem:
            self._log.error("an update was not saved, Telegram keeps it", problem=str(problem))
            return HookAnswer(500)
        self._door.alive()
        if self._intake.next_album() is not None:
            self._new_album.set()
        return HookAnswer()

    def _told(self, problem: TelegramFault) -> float:
        if is_unauthorized(problem):
            self._log.error("the token is not accepted; mend it", cure=TOKEN_CURE)
            return max(self._later(), self._timing.unauthorized)
        self._log.warning("the webhook could not be set or looked at", problem=str(problem))
        return self._later()

    def _later(self) -> float:
        self._failures += 1
        return self._timing.pause(self._failures)


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        raw = json.loads(body)
    except ValueError:
        return None
    is_update = isinstance(raw, dict) and type(raw.get("update_id")) is int
    return raw if is_update else None
