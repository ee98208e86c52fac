"""The Callback API: VK calls us (https://dev.vk.com/ru/api/callback/getting-started). Pure, but for the saving."""

import hmac
import json
from typing import Any

import structlog

from adapters.vk.intake import Intake
from adapters.vk.settings import Settings
from bot.channel import Door, HookAnswer, HookCall
from bot.errors import NotSaved

log = structlog.get_logger("vk")

OK = HookAnswer(body=b"ok")
"""Anything else, and VK sends the event again."""


class Hook:
    """Answers VK's calls."""

    def __init__(self, name: str, settings: Settings, intake: Intake) -> None:
        self._name = name
        self._settings = settings
        self._intake = intake
        self.confirmation = settings.confirmation

    async def called(self, call: HookCall, door: Door) -> HookAnswer:
        """Plain `ok` once the event is saved; 503 where it could not be, and VK offers it again."""
        update = _read(call)
        if update is None:
            return HookAnswer(400, b"a JSON object is expected")
        if not self._is_ours(update):
            log.warning("call refused", channel=self._name)
            return HookAnswer(403, b"wrong group_id or secret")
        if update.get("type") == "confirmation":
            return HookAnswer(body=self.confirmation.encode())
        try:
            updates = await self._intake.completed([update])
            await self._intake.accept(self._intake.read(updates), door)
        except NotSaved:
            return HookAnswer(503, b"not saved")
        door.alive()
        return OK

    def _is_ours(self, update: dict[str, Any]) -> bool:
        if update.get("group_id") != self._settings.group_id:
            return False
        # VK asks for confirmation before a secret is set.
        if update.get("type") == "confirmation" and "secret" not in update:
            return True
        told = str(update.get("secret", ""))
        return hmac.compare_digest(told.encode(errors="replace"), self._settings.secret.encode())


def _read(call: HookCall) -> dict[str, Any] | None:
    if call.method != "POST":
        return None
    try:
        update = json.loads(call.body)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) else None
