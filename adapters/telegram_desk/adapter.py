"""The operators' group in Telegram, behind the port that every channel implements."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from msgspec.structs import replace

from adapters.telegram_desk.api import (
    READ_SECONDS,
    Api,
    BadAddress,
    BadProxy,
    BadToken,
    GroupLost,
    Migrated,
    OtherReader,
    Refused,
    Unsure,
)
from adapters.telegram_desk.budget import A_MINUTE, Budget, Clock, Steady
from adapters.telegram_desk.calling import Caller
from adapters.telegram_desk.examining import Examination
from adapters.telegram_desk.gentle import SPAN, Gentle
from adapters.telegram_desk.group import Group
from adapters.telegram_desk.keeping import PatientDoor
from adapters.telegram_desk.listening import Listener
from adapters.telegram_desk.me import Me
from adapters.telegram_desk.pairing import Pairing, on_terminal
from adapters.telegram_desk.presses import Presses
from adapters.telegram_desk.reading import Reader
from adapters.telegram_desk.sending import Sender
from adapters.telegram_desk.topics import SPARE, Topics
from adapters.telegram_desk.voice import Voice
from adapters.telegram_desk.whereabouts import Whereabouts
from adapters.telegram_desk.words import say
from bot.channel import Delivery, Door, Finding, Receipt, RetryLater, Undeliverable
from bot.errors import ConfigurationError
from bot.model.abilities import TELEGRAM_DESK, Abilities
from bot.model.message import Attachment

POLL_SECONDS = 25
OPEN_SECONDS = 5.0
PIECE = 256 * 1024
_PASSING = (RetryLater, Refused, Unsure, GroupLost, Migrated, OtherReader)
_BUDGET = ("per_minute", "merge_after", "edit_every", "pace", "pace_per_address")


class TelegramDeskAdapter:
    """Settings: `token`, `group` (an id, or null: `/connect` tells it), `api_url`, `proxy`, `language`, and the
    group's budget (`per_minute`, `merge_after`, `edit_every`, `gentle_start`). Who may do what is the desk's to know.

    `clock` and `tell` (where the code for `/connect` is shown) are for tests.
    """

    def __init__(
        self,
        name: str,
        settings: dict[str, Any],
        clock: Clock | None = None,
        tell: Callable[[str], None] = on_terminal,
    ) -> None:
        self.name = name
        given = {key: settings[key] for key in _BUDGET if settings.get(key) is not None}
        self.abilities: Abilities = replace(TELEGRAM_DESK, **given)
        self._clock = clock = clock or Steady()
        language = str(settings.get("language") or "ru")
        api_url = str(settings.get("api_url") or "https://api.telegram.org")
        group = _group_id(settings.get("group"))
        patience = float(settings.get("patience_seconds") or READ_SECONDS)
        token = str(settings.get("token") or "")
        try:
            self._api = Api(token, api_url, settings.get("proxy"), patience)
        except BadToken:
            raise ConfigurationError(say(language, "bad_token")) from None
        except BadAddress:
            raise ConfigurationError(say(language, "bad_address")) from None
        except BadProxy:
            raise ConfigurationError(say(language, "bad_proxy")) from None
        self._group = Group(self._api, group)
        budget = Budget(clock, max(A_MINUTE, self.abilities.per_minute + SPARE))
        span = settings.get("gentle_start")
        self._gentle = Gentle(self._group, clock, SPAN if span is None else int(span))
        self._topics = Topics(self._api, self._group, budget, self._gentle)
        self._places = Whereabouts(self._group)
        self._presses = Presses(self._api, clock)
        voice = Voice(self._api, self._group, budget, language)
        self._me = Me()
        self._language = language
        caller = Caller(self._api, self._group, self._topics, budget)
        self._pairing = Pairing(self._api, self._group, self._topics, voice, self._me, clock, tell)
        self._sender = Sender(
            self._group, self._topics, self._places, self._presses, budget, voice, caller
        )
        self._listener = Listener(
            self._group,
            self._topics,
            self._places,
            self._presses,
            self._pairing,
            caller,
            voice,
            self._me,
        )
        wait = int(settings.get("poll_seconds") or POLL_SECONDS)
        self._reader = Reader(self._api, self._listener, self._me, clock, wait)

    async def open(self, door: Door) -> None:
        """See `Adapter.open`."""
        # What Telegram does not say within a few seconds is asked again by the reading.
        with contextlib.suppress(TimeoutError, *_PASSING):
            async with asyncio.timeout(OPEN_SECONDS):
                await self._learn()
        door = PatientDoor(door, self._clock)
        await self._group.open(door)
        await self._gentle.open()
        for part in (self._topics, self._places, self._sender, self._listener):
            part.open(door)

    async def _learn(self) -> None:
        try:
            await self._me.learn(self._api)
        except BadToken:
            await self._api.close()
            raise ConfigurationError(say(self._language, "bad_token")) from None

    async def receive(self, door: Door) -> None:
        """See `Adapter.receive`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._reader.run(door))
            tasks.create_task(self._topics.keep_names())
            tasks.create_task(self._pairing.offer())

    async def deliver(self, delivery: Delivery) -> Receipt:
        """See `Adapter.deliver`."""
        return self._gentle.receipt(delivery, await self._sender.deliver(delivery))

    def price(self, delivery: Delivery) -> int:
        """See `Priced.price`."""
        return self._gentle.price(delivery, self._sender.price(delivery))

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """See `Adapter.fetch`."""
        try:
            content = await self._api.download(attachment.source)
        except Refused as problem:
            raise Undeliverable(str(problem)) from None
        except (BadToken, *_PASSING) as problem:
            after = problem.after if isinstance(problem, RetryLater) else None
            raise RetryLater(str(problem), after) from None
        for start in range(0, len(content), PIECE):
            yield content[start : start + PIECE]

    async def examine(self, door: Door) -> Sequence[Finding]:
        """See `Examined.examine`."""
        await self._group.open(door)
        return await Examination(self._api, self._group, self._me, self._language).look()

    async def close(self) -> None:
        """See `Adapter.close`."""
        await self._presses.close()
        await self._api.close()


def _group_id(value: Any) -> str:
    text = str(value or "").strip()
    if text and not text.removeprefix("-").isdecimal():
        raise ConfigurationError(
            f"operators.telegram.group: «{text}»: нужно число вида -1001234567890, или null и команда /connect / "
            "a number like -1001234567890 is wanted, or null and the command /connect"
        )
    return text
