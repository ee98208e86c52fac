"""Our own reading of getUpdates: raw updates, one fault at a time, and never the end of it."""

import asyncio
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from aiogram.methods import DeleteWebhook, TelegramMethod

from adapters.telegram.api import Api, Garbled, Refused, TelegramFault, is_unauthorized
from adapters.telegram.inbound import WANTED
from adapters.telegram.intake import Intake
from adapters.telegram.timing import Timing
from bot.channel import Door
from bot.errors import NotSaved

log = structlog.get_logger("telegram")

BATCH = 100
"""The most that Telegram gives at once."""
WEBHOOK = "webhook"
"""The name under which the address of a webhook that we set is kept."""


class RawUpdates(TelegramMethod[list[Any]]):
    """getUpdates, its updates as they came: aiogram's own refuses a hundred for one that it cannot read."""

    __returning__: ClassVar[Any] = list[Any]
    __api_method__: ClassVar[str] = "getUpdates"

    offset: int | None = None
    limit: int = BATCH
    timeout: int = 0
    allowed_updates: list[str] | None = None


class Polling:
    """Reads until cancelled."""

    def __init__(self, name: str, door: Door, api: Api, intake: Intake, timing: Timing) -> None:
        self._log = log.bind(channel=name)
        self._door = door
        self._api = api
        self._intake = intake
        self._timing = timing
        self._failures = 0
        self._webhook_gone = False

    async def run(self) -> None:
        """Read, save, read on; after a fault wait and try again, whatever it was."""
        while True:
            pause: float | None
            try:
                pause = await self._read()
            except TelegramFault as problem:
                pause = self._told(problem)
            except NotSaved as problem:
                pause = self._later()
                self._log.warning("updates not saved, they wait at Telegram", problem=str(problem))
            except Exception as problem:  # noqa: BLE001  (a fault of ours must not make us deaf)
                pause = self._later()
                self._log.error("reading failed", problem=type(problem).__name__)
            if pause is not None:
                await asyncio.sleep(pause)

    async def _read(self) -> float | None:
        """One breath; how long to wait before the next, None for not at all."""
        await self._intake.load()
        await self._take_our_webhook_away()
        wait = self._timing.poll
        if (album := self._intake.next_album()) is not None:
            # Telegram counts whole seconds; an album that is just about whole is looked at after one.
            wait = min(wait, max(1, round(album + 0.49)))
        method = RawUpdates(
            offset=self._intake.offset or None, timeout=wait, allowed_updates=WANTED
        )
        found = await self._api.call(method, within=wait + self._timing.margin)
        updates = [one for one in found if isinstance(one, dict) and _is_id(one.get("update_id"))]
        if found and not updates:
            raise Garbled(HTTPStatus.OK)
        if updates:
            await self._intake.take(updates)
        await self._intake.finish_albums()
        # Not before what was read is safe: reminders wait for this, and the answer may be among it.
        self._door.alive()
        self._failures = 0
        return None

    async def _take_our_webhook_away(self) -> None:
        """One that we set when we were called by webhook; another's is for its owner to take away."""
        if self._webhook_gone:
            return
        if await self._door.recall(WEBHOOK) is not None:
            await self._api.call(DeleteWebhook())
            await self._door.keep({WEBHOOK: None})
        self._webhook_gone = True

    def _told(self, problem: TelegramFault) -> float:
        """Say what is wrong and what to do; how long to wait."""
        if isinstance(problem, Refused) and problem.wait is not None:
            self._log.warning("Telegram asks to wait", seconds=problem.wait)
            return problem.wait
        pause = self._later()
        if is_unauthorized(problem):
            pause = max(pause, self._timing.unauthorized)
            self._log.error("the token is not accepted; nothing is lost, mend it", cure=TOKEN_CURE)
        elif isinstance(problem, Refused) and problem.code == HTTPStatus.CONFLICT:
            cure = WEBHOOK_CURE if problem.says("webhook") else READER_CURE
            self._log.error("somebody else reads this bot's messages", cure=cure)
        else:
            self._log.warning("Telegram was not read, trying again", problem=str(problem))
        return pause

    def _later(self) -> float:
        self._failures += 1
        return self._timing.pause(self._failures)


TOKEN_CURE = "take the token from @BotFather, put it into .env, start again: frontdesk doctor --online tries it"  # noqa: S105  (words)
READER_CURE = "a second program polls with this token: stop it, or take a new token from @BotFather"
WEBHOOK_CURE = (
    "a webhook is set for this bot: take it away with deleteWebhook, or write mode: webhook"
)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
