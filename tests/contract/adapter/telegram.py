"""The customers' Telegram, driven: the fake server, one bot, one customer."""

from pathlib import Path

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.timing import Timing
from tests.contract.adapter.driver import Part, Shown
from tests.contract.adapter.on_fake_telegram import OnFakeTelegram
from tests.fakes.telegram import FakeTelegram

TOKEN = "4001:AAE-very-secret-token"
QUICK = Timing(
    poll=1,
    margin=2,
    quiet=0.2,
    gap=0.0,
    first_pause=0.02,
    longest_pause=0.1,
    unauthorized=0.1,
    webhook_check=0.2,
)


class TelegramDriver(OnFakeTelegram):
    """See `driver.Driver`."""

    can: frozenset[Part] = frozenset(
        {
            "cursor",
            "press",
            "edited",
            "attach",
            "block",
            "later",
            "buttons",
            "edit",
            "delete",
            "typing",
            "garble",
            "repeat",
        }
    )
    secrets: tuple[str, ...] = ("AAE-very-secret-token",)

    async def start(self, folder: Path) -> None:
        self.server = FakeTelegram()
        await self.server.start()
        self.bot = self.server.bot(TOKEN, "Импульс")
        self.anna = self.server.person("Анна", username="anna")
        await self.anna.starts(self.bot)
        self.bot.account.queue.waiting.clear()
        self.address = str(self.anna.id)

    async def stop(self) -> None:
        await self.server.stop()
        assert not self.server.complaints, self.server.complaints

    def adapter(self) -> TelegramAdapter:
        return TelegramAdapter("shop", {"token": TOKEN, "api_url": self.server.url}, QUICK)

    def wrong_adapter(self) -> TelegramAdapter:
        token = "4002:" + self.secrets[0]
        return TelegramAdapter("shop", {"token": token, "api_url": self.server.url}, QUICK)

    async def writes(self, text: str) -> None:
        await self.anna.writes(text)

    async def presses(self, label: str) -> None:
        await self.anna.presses(label)

    async def edits(self, old: str, new: str) -> None:
        await self.anna.edits(old, new)

    async def sends_file(self, name: str, content: bytes, caption: str) -> None:
        await self.anna.sends("document", content, name, caption)

    async def blocks(self) -> None:
        await self.anna.blocks(self.bot)

    def shown(self) -> list[Shown]:
        return [
            Shown(
                one.text,
                tuple(one.buttons),
                self._files(one.id),
            )
            for one in self.anna.sees()
            if not one.mine
        ]

    def _files(self, id: int) -> tuple[bytes, ...]:
        content = self.server.world.private_chat(self.bot.account, self.anna.user).posts[id].content
        kept = self.server.world.files
        return tuple(
            kept[value["file_id"]].data
            for value in content.values()
            if isinstance(value, dict) and "file_id" in value
        )

    def refuses_for_good(self) -> None:
        self.server.fails("sendMessage", "403", words="bot was blocked by the user")
