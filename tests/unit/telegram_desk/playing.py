"""The adapter on the fake Telegram, with a door whose memory can be looked at."""

import asyncio
import contextlib
import itertools
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from adapters.telegram_desk.adapter import TelegramDeskAdapter
from bot.channel import Delivery, Receipt, Said
from bot.clock import ObedientClock
from bot.model.event import Event, Incoming
from bot.model.message import Button, Message
from bot.model.text import Text
from tests.contract.adapter.door import PATIENCE, Memory, WatchedDoor
from tests.fakes.telegram import FakeGroup, FakeTelegram, Person

TOKEN = "2002:operators-secret"
NOW = 1_800_000_000_000
ANNA = 17
CARD = "card:5"


def buttons(*labels: str) -> tuple[tuple[Button, ...], ...]:
    """A row of the desk's buttons; the verb is the label."""
    return (tuple(Button(label, f"t:5:{label.lower()}") for label in labels),)


class WatchedClock(ObedientClock):
    """Stands still, and tells when somebody sleeps on it."""

    def __init__(self, now: int = NOW) -> None:
        super().__init__(now)
        self._slept = asyncio.Event()

    async def sleep_until(self, at: int) -> None:
        self._slept.set()
        await super().sleep_until(at)

    async def asleep(self) -> int:
        """Wait until somebody sleeps; until when."""
        while (at := self.next_wake()) is None:
            self._slept.clear()
            await asyncio.wait_for(self._slept.wait(), PATIENCE)
            await asyncio.sleep(0)
        return at


class Played:
    """A group of operators: Ivan created it, Olga is a member. Anna is a customer, conversation 17."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        limits = settings.pop("limits", None)
        self.clock: WatchedClock = settings.pop("clock", None) or WatchedClock()
        self.server = FakeTelegram(clock=lambda: self.clock.now() / 1000, limits=limits)
        self.memory = Memory(folder)
        self.door = WatchedDoor(self.memory)
        self.printed: list[str] = []
        self._settings = settings
        self._numbers = itertools.count(1)
        self._reading: asyncio.Task[None] | None = None
        self.ivan: Person
        self.olga: Person
        self.group: FakeGroup
        self.adapter: TelegramDeskAdapter

    async def __aenter__(self) -> Self:
        await self.server.start()
        self.bot = self.server.bot(TOKEN, "Операторская", "desk_bot")
        self.ivan = self.server.person("Иван", "Петров", username="ivan")
        self.olga = self.server.person("Ольга")
        kind = self._settings.pop("kind", "forum")
        admin = self._settings.pop("admin", True)
        members = (self.ivan, self.olga)
        if kind == "forum":
            self.group = self.server.forum("Ремонт", members=members, bot=self.bot, admin=admin)
        else:
            self.group = self.server.group(
                "Ремонт", members=members, bot=self.bot, admin=admin, kind=kind
            )
        await self.begins()
        return self

    async def begins(self) -> None:
        """A new run of the adapter on the same memory."""
        self.makes()
        await self.adapter.open(self.door)

    def makes(self) -> None:
        """A new adapter, which is not open yet."""
        settings = {
            "token": TOKEN,
            "api_url": self.server.url,
            "group": str(self.group.id),
            "language": "ru",
            "poll_seconds": 20,
            "gentle_start": 0,
            **self._settings,
        }
        self.adapter = TelegramDeskAdapter(
            "operators", settings, clock=self.clock, tell=self.printed.append
        )

    async def reads(self, *, asked: bool = True) -> None:
        """Begin to read; with `asked`, return when Telegram was asked for the first time."""
        before = self.door.reads
        self._reading = asyncio.create_task(self.adapter.receive(self.door))
        account = self.bot.account
        reader = account.reader
        if asked:
            await self.server.until(lambda: account.reader > reader or self.door.reads > before)

    async def ends(self) -> None:
        """The end of a run, clean or not: nothing is left of it but the memory."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
            self._reading = None
        await self.adapter.close()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.ends()
        await self.server.stop()
        if kind is None:
            assert not self.server.complaints, "\n".join(self.server.complaints)

    # the desk's side

    async def delivers(self, text: str = "", *, to: int | str = ANNA, **more: Any) -> Receipt:
        """Deliver, and keep the pairs as the outbox does. `message` or words; `id`: the same again."""
        message = more.pop("message", None) or Message(
            text=Text(text), buttons=more.pop("buttons", ()), subject=more.pop("subject", "")
        )
        number = more.pop("id", 0) or next(self._numbers)
        conversation = to if isinstance(to, int) else int(more.pop("about", 1))
        delivery = Delivery(
            number, "operators", str(to), message, conversation=conversation, **more
        )
        receipt = await self.adapter.deliver(delivery)
        for external_id in receipt.external_ids:
            self.memory.said[str(to), external_id] = Said(number, conversation)
        return receipt

    async def shows_card(self, state: str = "●", **more: Any) -> Receipt:
        """Anna's card."""
        return await self.delivers(
            "Заявка №5: экран",
            key=CARD,
            subject=f"{state} Анна · №5",
            buttons=buttons("Взять", "Закрыть"),
            **more,
        )

    @property
    def anna(self) -> Any:
        """Her topic."""
        return self.group.topic("Анна")

    async def hears(self, kind: type[Any], **fields: Any) -> Incoming:
        """Wait for an event of that kind with these fields, wherever it is filed."""
        await self.door.until(lambda: self._heard(kind, fields), f"no {kind.__name__} {fields}")
        return self._heard(kind, fields)[-1]

    def _heard(self, kind: type[Any], fields: dict[str, Any]) -> list[Incoming]:
        return [
            one
            for one in self.memory.events
            if isinstance(one.event, kind)
            and all(getattr(one.event, name) == value for name, value in fields.items())
        ]

    def events(self) -> list[Event]:
        """Everything that was filed."""
        return [one.event for one in self.memory.events]
