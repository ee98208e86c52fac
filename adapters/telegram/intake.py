"""Updates become events and are saved together with the cursor, whichever way they came: by polling or by a webhook."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiogram.methods import AnswerCallbackQuery, LeaveChat, SendMessage
from msgspec.structs import replace

from adapters.telegram.albums import (
    Album,
    Cursor,
    Part,
    finish,
    gather,
    read_cursor,
    write_cursor,
)
from adapters.telegram.api import Api, TelegramFault
from adapters.telegram.inbound import Heard, hear, salvage
from adapters.telegram.words import Language, phrase
from bot.channel import Door
from bot.errors import NotSaved
from bot.model.event import Incoming, MessageEdited, MessageReceived

log = structlog.get_logger("telegram")

ASIDE = 100
"""So many small calls (a button's answer, leaving a group) may be under way; beyond that they are left out."""


class Intake:
    """The way in. `quiet` is how many seconds of silence end an album; `link` names the bot to groups it leaves."""

    def __init__(self, name: str, door: Door, api: Api, language: Language, quiet: float) -> None:
        self._log = log.bind(channel=name)
        self._door = door
        self._api = api
        self._language = language
        self._quiet = quiet
        self._lock = asyncio.Lock()
        self._cursor = Cursor()
        self._loaded = False
        self._last_part: dict[str, float] = {}
        self._aside: set[asyncio.Task[None]] = set()
        self._leaving: set[int] = set()
        self.link = phrase(language, "write_me")
        self.skipped = 0

    async def load(self) -> None:
        """Take up the cursor that was saved last. An album that is not whole gets its silence anew: what is missing
        may be lying at Telegram."""
        if self._loaded:
            return
        self._cursor = read_cursor(await self._door.cursor())
        self._last_part = {album.name: time.monotonic() for album in self._cursor.albums}
        self._loaded = True

    @property
    def offset(self) -> int:
        """From where to read on; 0 at the beginning."""
        return self._cursor.offset

    def next_album(self) -> float | None:
        """In how many seconds an album is whole if nothing more of it comes; None while none is waiting."""
        if not self._last_part:
            return None
        return max(0.0, min(self._last_part.values()) + self._quiet - time.monotonic())

    async def take(self, raws: Sequence[dict[str, Any]], *, polled: bool = True) -> None:
        """Save what these updates bring; returns when it is safe. Raises `NotSaved`: then nothing is acknowledged.

        Updates of one breath may come in any order: their ids tell the true one. What was `polled` moves the offset,
        to behind the newest of these and not of all that ever came: ids start again after a quiet week.
        """
        heards = [self._hear(raw) for raw in sorted(raws, key=lambda raw: int(raw["update_id"]))]
        async with self._lock:
            cursor, incoming = self._cursor, list[Incoming]()
            for heard in heards:
                cursor, events = await self._next(cursor, heard)
                incoming += events
            if polled and heards:
                cursor = replace(cursor, offset=heards[-1].update + 1)
            await self._save(cursor, incoming)
        for heard in heards:
            self._acknowledge(heard)

    async def finish_albums(self) -> None:
        """Save the albums of which nothing more came for a while. Raises `NotSaved`."""
        async with self._lock:
            cursor, incoming = self._cursor, list[Incoming]()
            ripe = time.monotonic() - self._quiet
            for album in cursor.albums:
                if self._last_part.get(album.name, 0.0) <= ripe:
                    cursor, whole = finish(cursor, album)
                    incoming.append(whole)
            if incoming:
                await self._save(cursor, incoming)

    # one update

    def _hear(self, raw: dict[str, Any]) -> Heard:
        """Read it; one that cannot be read hurts only itself."""
        try:
            return hear(raw, self._language)
        except Exception as problem:  # noqa: BLE001  (whatever is wrong with it, the others go on)
            heard = salvage(raw, self._language)
            self._count("unreadable", heard, problem)
            return heard

    def _count(self, what: str, heard: Heard, problem: Exception | None = None) -> None:
        """Told without its content: an id and a class are enough to look for it."""
        self.skipped += 1
        self._log.warning(
            f"{what} update",
            update=heard.update,
            seen_by_a_person=heard.incoming is not None,
            problem=type(problem).__name__ if problem else "",
            skipped=self.skipped,
        )

    async def _next(self, cursor: Cursor, heard: Heard) -> tuple[Cursor, list[Incoming]]:
        """The cursor and the events after one more update. Whatever else a customer does ends their album."""
        incoming = heard.incoming
        if incoming is None or heard.update in cursor.merged:
            return cursor, []
        incoming = await self._with_reply(incoming, heard.reply_to)
        events: list[Incoming] = []
        for album in _of_chat(cursor, incoming.address):
            if album.name != heard.album:
                cursor, whole = finish(cursor, album)
                events.append(whole)
        if heard.album:
            return gather(cursor, heard.album, Part(heard.update, incoming)), events
        return cursor, [*events, incoming]

    async def _with_reply(self, incoming: Incoming, reply_to: str) -> Incoming:
        event = incoming.event
        if not reply_to or not isinstance(event, (MessageReceived, MessageEdited)):
            return incoming
        said = await self._door.said(incoming.address, reply_to)
        if said is None:
            return incoming
        message = replace(event.message, reply_to=said.message)
        return replace(incoming, event=replace(event, message=message))

    # saving

    async def _save(self, cursor: Cursor, incoming: Sequence[Incoming]) -> None:
        """One transaction. An event that the store refuses (and not its state) must not stop the others."""
        try:
            await self._door.accept(incoming, write_cursor(cursor))
        except NotSaved:
            raise
        except Exception as problem:  # noqa: BLE001  (see above)
            self._log.error("events refused, saving them singly", problem=type(problem).__name__)
            for one in incoming:
                await self._save_alone(one)
            await self._door.accept([], write_cursor(cursor))
        now = time.monotonic()
        known = {album.name: len(album.parts) for album in self._cursor.albums}
        self._last_part = {
            album.name: self._last_part[album.name]
            if known.get(album.name) == len(album.parts)
            else now
            for album in cursor.albums
        }
        self._cursor = cursor

    async def _save_alone(self, incoming: Incoming) -> None:
        try:
            await self._door.accept([incoming])
        except NotSaved:
            raise
        except Exception as problem:  # noqa: BLE001  (told, and the next one)
            heard = Heard(0)
            self._count(f"refused ({incoming.external_id})", heard, problem)

    # after it is safe

    def _acknowledge(self, heard: Heard) -> None:
        """Small courtesies that nothing depends on."""
        if heard.callback:
            self._beside(lambda: self._answer(heard.callback))
        if heard.leave and heard.leave not in self._leaving:
            self._leaving.add(heard.leave)
            self._beside(lambda: self._leave(heard))

    def _beside(self, courtesy: Callable[[], Awaitable[None]]) -> None:
        if len(self._aside) < ASIDE:
            task = asyncio.ensure_future(courtesy())
            self._aside.add(task)
            task.add_done_callback(self._aside.discard)

    async def _answer(self, callback: str) -> None:
        await self._try(AnswerCallbackQuery(callback_query_id=callback))

    async def _leave(self, heard: Heard) -> None:
        """Somebody added us by mistake: one line, and away. A channel's readers need not hear of it."""
        self._log.info("leaving a group: this bot answers in private messages only")
        if not heard.is_channel:
            words = phrase(self._language, "leaving", link=self.link)
            await self._try(SendMessage(chat_id=heard.leave, text=words))
        await self._try(LeaveChat(chat_id=heard.leave))
        self._leaving.discard(heard.leave)

    async def _try(self, method: Any) -> None:
        try:
            await self._api.call(method)
        except TelegramFault as problem:
            self._log.debug("a courtesy failed", problem=str(problem))

    async def close(self) -> None:
        """End what is under way."""
        for task in self._aside:
            task.cancel()
        await asyncio.gather(*self._aside, return_exceptions=True)


def _of_chat(cursor: Cursor, address: str) -> list[Album]:
    return [one for one in cursor.albums if one.name.partition(":")[0] == address]
