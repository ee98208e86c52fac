"""A look at the connection for `frontdesk doctor --online`. It confirms no update and changes no setting."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aiogram.methods import GetMe, GetWebhookInfo
from aiogram.types import WebhookInfo

from adapters.telegram.api import Api, Refused, TelegramFault, is_unauthorized
from adapters.telegram.polling import WEBHOOK, RawUpdates
from adapters.telegram.words import Language, phrase
from bot.channel import Door, Finding

PATIENCE = 10
GLANCE = 2
"""Seconds that the look for a second reader lasts: a reader that was interrupted comes back within one."""


class Examination:
    """One look at one bot."""

    def __init__(self, name: str, settings: dict[str, Any], api: Api, language: Language) -> None:
        self._name = name
        self._settings = settings
        self._api = api
        self._language = language
        self._found: list[Finding] = []

    async def look(self, door: Door) -> list[Finding]:
        """The token first: without it there is nothing else to see."""
        try:
            me = await self._api.call(GetMe(), within=PATIENCE)
            self._add("ok", "bot_answers", username=me.username)
            info = await self._api.call(GetWebhookInfo(), within=PATIENCE)
            if info.pending_update_count:
                state = "warning" if info.pending_update_count > 100 else "ok"
                self._add(state, "waiting", count=info.pending_update_count)
            if self._settings.get("mode") == "webhook":
                self._called(info)
            else:
                await self._polled(info, door)
        except TelegramFault as problem:
            if is_unauthorized(problem):
                self._found.append(
                    Finding("failure", f"{self._name}: {phrase(self._language, 'unknown_token')}")
                )
            else:
                self._add("failure", "no_answer", problem=problem)
        return self._found

    def _add(self, state: Any, key: str, **values: object) -> None:
        cure = "" if state == "ok" else phrase(self._language, f"{key}_cure")
        what = f"{self._name}: {phrase(self._language, key, **values)}"
        self._found.append(Finding(state, what, cure))

    def _called(self, info: WebhookInfo) -> None:
        base = str((self._settings.get("webhook") or {}).get("url") or "").rstrip("/")
        if info.url != f"{base}/hooks/{quote(self._name)}":
            self._add("warning", "webhook_unset")
        elif info.last_error_date is not None and info.pending_update_count:
            self._add("failure", "webhook_error")
        else:
            self._add("ok", "webhook_set")

    async def _polled(self, info: WebhookInfo, door: Door) -> None:
        if not info.url:
            await self._second_reader(info.pending_update_count)
        elif info.url == await door.recall(WEBHOOK):
            self._add("ok", "webhook_ours")
        else:
            self._add("failure", "webhook_other")

    async def _second_reader(self, waiting: int) -> None:
        """A poll of ours ends another's with a conflict, and the other's next one ends ours. Where updates wait nobody
        reads, and a poll would only fetch them. Without an offset it confirms nothing, and the kinds of updates that
        are asked for stay as they are."""
        if waiting:
            return
        try:
            await self._api.call(RawUpdates(limit=1, timeout=GLANCE), within=GLANCE + PATIENCE)
        except Refused as problem:
            if problem.code != HTTPStatus.CONFLICT:
                raise
            self._add("warning", "second_reader")
        else:
            self._add("ok", "only_reader")
