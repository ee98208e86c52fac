"""The operators' Telegram, driven: the fake server, a forum, one operator who writes in the topic of conversation 17."""

import asyncio
import time
from pathlib import Path

from adapters.telegram_desk.adapter import TelegramDeskAdapter
from bot.channel import Delivery, Door
from bot.model.message import say
from tests.contract.adapter.door import Memory, WatchedDoor
from tests.contract.adapter.driver import Part, Shown
from tests.contract.adapter.on_fake_telegram import OnFakeTelegram
from tests.fakes.telegram import FakeTelegram

TOKEN = "4003:AAE-very-secret-desk"


class Hurried:
    """A clock on which a minute takes thirty milliseconds: the group's budget is others' business."""

    speed = 2_000

    def now(self) -> int:
        return int(time.monotonic() * 1000 * self.speed)

    async def sleep_until(self, at: int) -> None:
        await asyncio.sleep(max(0, at - self.now()) / 1000 / self.speed)


class Settled(TelegramDeskAdapter):
    """In a group where the topic has been opened long ago."""

    kept: dict[str, str]

    async def open(self, door: Door) -> None:
        await door.keep(self.kept)
        await super().open(door)


class TelegramDeskDriver(OnFakeTelegram):
    """See `driver.Driver`. Missing parts: presses and edits are an operator's own events here; an edit of what is gone is
    said anew; a wait is the whole group's; an operator cannot forbid messages."""

    can: frozenset[Part] = frozenset(
        {"cursor", "attach", "buttons", "edit", "typing", "garble", "repeat"}
    )
    secrets: tuple[str, ...] = ("AAE-very-secret-desk",)
    address = "17"
    unheard = ("/start@nobody",)

    async def start(self, folder: Path) -> None:
        self.server = FakeTelegram()
        await self.server.start()
        self.bot = self.server.bot(TOKEN, "Операторская")
        self.ivan = self.server.person("Иван")
        self.group = self.server.forum("Ремонт", members=(self.ivan,), bot=self.bot)
        self._kept: dict[str, str] = {}
        memory = Memory(folder)
        before = self.adapter()
        await before.open(WatchedDoor(memory))
        await before.deliver(Delivery(9_999, "shop", "17", say("раньше"), conversation=17))
        await before.close()
        self._kept = memory.kept
        self.topic = self.group.topic("№17")
        self.bot.account.queue.waiting.clear()

    async def stop(self) -> None:
        await self.server.stop()
        assert not self.server.complaints, self.server.complaints

    def adapter(self) -> TelegramDeskAdapter:
        return self._adapter(TOKEN)

    def wrong_adapter(self) -> TelegramDeskAdapter:
        return self._adapter(f"4004:{self.secrets[0]}")

    def _adapter(self, token: str) -> TelegramDeskAdapter:
        settings = {
            "token": token,
            "api_url": self.server.url,
            "group": str(self.group.id),
            "poll_seconds": 1,
        }
        made = Settled("shop", settings, clock=Hurried())
        made.kept = self._kept
        return made

    async def writes(self, text: str) -> None:
        await self.ivan.writes(text, in_=self.topic)

    async def presses(self, label: str) -> None:
        await self.ivan.presses(label, in_=self.topic)

    async def edits(self, old: str, new: str) -> None:
        await self.ivan.edits(old, new, in_=self.topic)

    async def sends_file(self, name: str, content: bytes, caption: str) -> None:
        await self.ivan.sends("document", content, name, caption, to=self.topic)

    async def blocks(self) -> None:
        raise NotImplementedError

    def shown(self) -> list[Shown]:
        ours = (one for one in self.ivan.sees(self.topic) if not one.mine)
        return [
            Shown(one.text, tuple(one.buttons), self._files(one.id))
            for one in ours
            if one.text != "раньше"
        ]

    def _files(self, id: int) -> tuple[bytes, ...]:
        kept = self.server.world.files
        return tuple(
            kept[value["file_id"]].data
            for value in self.group.chat.posts[id].content.values()
            if isinstance(value, dict) and "file_id" in value
        )

    def refuses_for_good(self) -> None:
        self.server.fails("sendMessage", "403", words="bot was kicked from the supergroup chat")
