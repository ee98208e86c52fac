"""From VK's updates to the door: translated, completed with names and answered messages, saved together."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any

import structlog
from msgspec.structs import replace

from adapters.vk import comments
from adapters.vk.api import Api
from adapters.vk.faults import Refused, Unreached
from adapters.vk.inbound import Found, Press, translate, unreadable, whole
from adapters.vk.media import Raw
from adapters.vk.people import People
from adapters.vk.settings import Settings
from adapters.vk.words import words_in
from bot.channel import Door
from bot.errors import NotSaved
from bot.model.event import Incoming, MessageReceived
from bot.model.message import say
from bot.model.text import Text, join

log = structlog.get_logger("vk")

AT_ONCE = 500
"""Events saved in one transaction."""


class Intake:
    """What comes in, whichever way."""

    def __init__(self, name: str, settings: Settings, api: Api) -> None:
        self._name = name
        self._settings = settings
        self._api = api
        self._words = words_in(settings.language)
        self._people = People(api)
        self._background: set[asyncio.Task[None]] = set()
        self.ignored: Counter[str] = Counter()
        """Updates that say nothing to us, by their type."""

    def read(self, updates: Sequence[Any]) -> list[Found]:
        """The events among updates. One that cannot be read costs only itself, and is shown to people if it can be."""
        found = []
        for update in updates:
            one = self._read(update)
            if one is not None:
                found.append(one)
            else:
                self.ignored[_type(update)] += 1
        return found

    def from_history(self, messages: Sequence[Raw]) -> list[Found]:
        """The events among messages of the history."""
        return self.read([{"type": "message_new", "object": {"message": one}} for one in messages])

    async def accept(self, found: Sequence[Found], door: Door, cursor: str | None = None) -> None:
        """Save events, the cursor with the last of them. Raises `NotSaved`."""
        await self._people.look_up({one.person for one in found})
        for at in range(0, len(found), AT_ONCE):
            chunk = found[at : at + AT_ONCE]
            incoming = [await self._completed(one, door) for one in chunk]
            last = at + AT_ONCE >= len(found)
            await self._save(incoming, door, cursor if last else None)
            self._answer(chunk)
        if not found:
            await door.accept((), cursor)
        await comments.remember(found, door)

    async def close(self) -> None:
        """Drop what is under way beside."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    async def completed(self, updates: Sequence[Any]) -> Sequence[Any]:
        """The same updates, with those messages whole that VK cut off for their size."""
        return [await self._uncropped(one) if _is_cropped(one) else one for one in updates]

    async def _uncropped(self, update: Any) -> Any:
        message = update["object"].get("message", update["object"])
        try:
            answer = await self._api.call(
                "messages.getByConversationMessageId", peer_id=message["peer_id"],
                conversation_message_ids=[message["conversation_message_id"]],
            )  # fmt: skip
            whole_message = answer["items"][0]
        except (Refused, Unreached, KeyError, TypeError, IndexError) as problem:
            log.warning("message not completed", channel=self._name, problem=type(problem).__name__)
            return update
        return {**update, "object": {**update["object"], "message": whole_message}}

    def _read(self, update: Any) -> Found | None:
        try:
            if self._settings.comments and comments.is_comment(update):
                return comments.translate(update, self._settings.group_id, self._words)
            return translate(update, self._words)
        except Exception as problem:  # noqa: BLE001 - one update must not cost the others
            log.error(
                "update not understood", channel=self._name, kind=_type(update),
                problem=type(problem).__name__,
            )  # fmt: skip
            return unreadable(update, self._words) if isinstance(update, dict) else None

    async def _completed(self, found: Found, door: Door) -> Incoming:
        """The event with the person's name and the message of ours that is answered."""
        incoming = found.incoming
        sender = self._people.sender(found.person, incoming.sender)
        incoming = replace(incoming, sender=sender)
        event = incoming.event
        if not isinstance(event, MessageReceived) or not found.replied:
            return incoming
        said = await door.said(incoming.address, found.replied)
        if said is not None:
            message = replace(event.message, reply_to=said.message)
        elif found.quoted:
            message = replace(event.message, text=join([Text(found.quoted), event.message.text]))
        else:
            return incoming
        return replace(incoming, event=MessageReceived(message))

    async def _save(self, incoming: Sequence[Incoming], door: Door, cursor: str | None) -> None:
        try:
            await door.accept(incoming, cursor)
        except NotSaved:
            raise
        except Exception as problem:  # noqa: BLE001 - an event that no database takes must cost only itself
            log.error(
                "events not saved together", channel=self._name, problem=type(problem).__name__
            )
            await self._save_singly(incoming, door)
            await door.accept((), cursor)

    async def _save_singly(self, incoming: Sequence[Incoming], door: Door) -> None:
        """Each for itself; in place of one that cannot be saved a line that tells of it."""
        for one in incoming:
            told = replace(
                one, event=MessageReceived(say(self._words["unreadable"]), aside="people")
            )
            for each in (one, told):
                try:
                    await door.accept([each])
                    break
                except NotSaved:
                    raise
                except Exception as problem:  # noqa: BLE001 - see `_save`
                    log.error(
                        "event not saved", channel=self._name, event=one.external_id,
                        problem=type(problem).__name__,
                    )  # fmt: skip

    def _answer(self, found: Sequence[Found]) -> None:
        """Tell VK that presses were heard: until then the button shows that it is waited for."""
        for one in found:
            if one.press is not None:
                self._beside(self._heard(one.press))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _heard(self, press: Press) -> None:
        try:
            await self._api.call(
                "messages.sendMessageEventAnswer",
                event_id=press.event_id, user_id=press.user_id, peer_id=press.peer_id,
            )  # fmt: skip
        except (Refused, Unreached) as problem:
            log.info("press not answered", channel=self._name, problem=str(problem))


def _is_cropped(update: Any) -> bool:
    inside = update.get("object") if isinstance(update, dict) else None
    message = inside.get("message", inside) if isinstance(inside, dict) else None
    return isinstance(message, dict) and bool(message.get("is_cropped"))


def _type(update: Any) -> str:
    return whole(update.get("type")) if isinstance(update, dict) else type(update).__name__
