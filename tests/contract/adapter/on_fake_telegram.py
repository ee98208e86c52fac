"""What both Telegram drivers do alike: the fake server and one bot of theirs on it, misbehaving."""

from collections.abc import Callable

from tests.fakes.telegram import FakeBot, FakeTelegram


class OnFakeTelegram:
    """See `driver.Driver`."""

    server: FakeTelegram
    bot: FakeBot

    async def until(self, look: Callable[[], object], what: str) -> None:
        await self.server.until(look, what)

    async def goes_down(self) -> None:
        await self.server.goes_down()

    async def comes_up(self) -> None:
        await self.server.comes_up()

    def is_acknowledged(self) -> bool:
        return not self.bot.unconfirmed

    def repeats(self) -> None:
        self.bot.repeats_updates()

    def garbles(self, times: int) -> None:
        self.server.fails("getUpdates", "html", times=times)

    def refuses_later(self, seconds: int) -> None:
        self.server.fails("sendMessage", "429", retry_after=seconds)
