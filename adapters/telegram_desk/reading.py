"""The loop that reads Telegram: updates and the offset are saved together, then the next are asked for."""

import random
from collections.abc import Sequence
from typing import Any

import structlog
from telegram import Update

from adapters.telegram_desk.api import Api, BadToken, Migrated, OtherReader, Refused, Unsure
from adapters.telegram_desk.api import GroupLost as Lost
from adapters.telegram_desk.budget import Clock
from adapters.telegram_desk.listening import Listener
from adapters.telegram_desk.me import Me
from bot.channel import Door, RetryLater
from bot.errors import NotSaved, UnknownConversation
from bot.model.event import Incoming

log = structlog.get_logger("telegram_desk")

FIRST_PAUSE, LONGEST_PAUSE = 500, 30_000
QUIET = 1_000
"""Ms that the parts of an album are waited for. Until then their updates stay unconfirmed at Telegram: killed in
between, we get them again."""
ALBUM = 10
FAULTS = 3
"""So often events are offered again after a fault that is none of the database's, before they are tried one by one."""

_FAULTS = (RetryLater, Unsure, BadToken, OtherReader, Refused, Lost, Migrated)


class Reader:
    """One reader a token. `wait` is how long Telegram may hold a question, in seconds."""

    def __init__(self, api: Api, listener: Listener, me: Me, clock: Clock, wait: int) -> None:
        self._api = api
        self._listener = listener
        self._me = me
        self._clock = clock
        self._wait = wait
        self._trouble = ""
        self._failures = 0
        self._albums: dict[str, int] = {}

    async def run(self, door: Door) -> None:
        """Until cancelled."""
        offset = int(await door.cursor() or 0)
        while True:
            try:
                if not self._me.id:
                    await self._me.learn(self._api)
                raw = await self._api.updates(offset, 0 if self._albums else self._wait)
            except _FAULTS as problem:
                await self._pause(problem)
                continue
            self._recovered()
            door.alive()
            if raw:
                offset = await self._take(door, raw, offset)

    async def _take(self, door: Door, raw: list[dict[str, Any]], offset: int) -> int:
        """Handle what is complete, save it, and say from where on to read."""
        raw.sort(key=_number)
        ready, self._albums = complete(raw, self._albums)
        if ready:
            await self._save(door, await self._heard(raw[:ready]), _number(raw[ready - 1]) + 1)
            offset = _number(raw[ready - 1]) + 1
        if ready < len(raw):
            await self._clock.sleep_until(self._clock.now() + QUIET)
        return offset

    async def _heard(self, raw: Sequence[dict[str, Any]]) -> list[Incoming]:
        """The events of a batch. An update that breaks us costs only itself."""
        incoming: list[Incoming] = []
        albums: dict[str, list[Update]] = {}
        for one in raw:
            group = album_of(one)
            try:
                update = Update.de_json(one, self._api.bot)
                if group:
                    parts = albums.setdefault(group, [])
                    parts.append(update)
                    if len(parts) == sum(album_of(other) == group for other in raw):
                        incoming += await self._listener.hear_album(parts)
                else:
                    incoming += await self._listener.hear(update)
            except NotSaved:
                raise
            except Exception as problem:  # noqa: BLE001  (it would come again for ever)
                log.error("update set aside", update=_number(one), problem=type(problem).__name__)
        return incoming

    async def _save(self, door: Door, incoming: list[Incoming], cursor: int) -> None:
        """Until it is saved: nothing is confirmed to Telegram before that."""
        faults = 0
        while True:
            try:
                await door.accept(incoming, str(cursor))
                return
            except NotSaved:
                pass
            except UnknownConversation:
                incoming = await self._singly(door, incoming)
                continue
            except Exception as problem:  # noqa: BLE001  (a fault of ours must not make us deaf)
                log.error("not saved, offering it again", problem=type(problem).__name__)
                faults += 1
                if faults >= FAULTS:
                    incoming = await self._singly(door, incoming)
            await self._clock.sleep_until(self._clock.now() + FIRST_PAUSE)

    async def _singly(self, door: Door, incoming: list[Incoming]) -> list[Incoming]:
        """One by one: what cannot be saved, as a line in the topic of a customer who was erased, costs only itself.
        What is left to save then: nothing. Raises `NotSaved`."""
        for one in incoming:
            try:
                await door.accept([one])
            except NotSaved:
                raise
            except Exception as problem:  # noqa: BLE001  (see above)
                log.error("event set aside", update=one.external_id, problem=type(problem).__name__)
        return []

    async def _pause(self, problem: Exception) -> None:
        """Back off; each new kind of trouble is told once."""
        if isinstance(problem, OtherReader) and problem.webhook:
            log.warning(
                "a webhook was set for the operators' bot, taking it away: it is read by polling"
            )
            try:
                await self._api.call("delete_webhook")
            except _FAULTS as another:
                problem = another
        trouble = type(problem).__name__
        if trouble != self._trouble:
            log.error("operators' bot not read", reason=str(problem), cure=_cure(problem))
        self._trouble = trouble
        pause = min(FIRST_PAUSE << min(self._failures, 10), LONGEST_PAUSE)
        self._failures += 1
        after = problem.after if isinstance(problem, RetryLater) else None
        ms = after * 1000 if after is not None else pause * random.uniform(0.5, 1.0)  # noqa: S311
        await self._clock.sleep_until(self._clock.now() + round(ms))

    def _recovered(self) -> None:
        if self._trouble:
            log.info("operators' bot read again")
        self._trouble, self._failures = "", 0


def complete(raw: Sequence[dict[str, Any]], seen: dict[str, int]) -> tuple[int, dict[str, int]]:
    """How many updates, from the first on, may be handled: up to an album that may still grow. An album is whole when
    it has ten parts, or no more than when it was looked at before (`seen`). Pure."""
    parts: dict[str, int] = {}
    first: dict[str, int] = {}
    for place, one in enumerate(raw):
        if group := album_of(one):
            parts[group] = parts.get(group, 0) + 1
            first.setdefault(group, place)
    growing = {
        group: count for group, count in parts.items() if count < ALBUM and seen.get(group) != count
    }
    ready = min((first[group] for group in growing), default=len(raw))
    return ready, {group: count for group, count in growing.items() if first[group] >= ready}


def album_of(raw: dict[str, Any]) -> str:
    """The album that an update's message is a part of, "" if of none."""
    message = raw.get("message")
    return str(message.get("media_group_id") or "") if isinstance(message, dict) else ""


def _number(raw: dict[str, Any]) -> int:
    number = raw.get("update_id")
    return number if isinstance(number, int) else 0


def _cure(problem: Exception) -> str:
    if isinstance(problem, BadToken):
        return "take the right token from @BotFather and put it into operators.telegram.token"
    if isinstance(problem, OtherReader):
        return "stop the other program that reads this bot: one token has one reader"
    return "nothing to do, it is tried again"
