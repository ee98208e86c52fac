"""A community on VK, driven: the fake server, one customer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapters.vk.adapter import VkAdapter
from tests.contract.adapter.driver import Part, Shown
from tests.fakes.vk import FakeVk


class VkDriver:
    """See `driver.Driver`. VK names no time to wait: there is no `later`."""

    can: frozenset[Part] = frozenset(
        {
            "cursor",
            "press",
            "edited",
            "attach",
            "block",
            "buttons",
            "edit",
            "delete",
            "typing",
            "garble",
            "repeat",
        }
    )

    async def start(self, folder: Path) -> None:
        self.server = FakeVk()
        self.server.idle = 1.0
        await self.server.start()
        self.secrets = (self.server.world.token,)
        self.anna = self.server.person("Анна", "Котова")
        self.anna.talk.allowed = True
        self.address = self.anna.address

    async def stop(self) -> None:
        await self.server.close()
        assert self.server.world.mistakes == []

    def adapter(self) -> VkAdapter:
        return VkAdapter("shop", self.server.settings())

    def wrong_adapter(self) -> VkAdapter:
        return VkAdapter("shop", self.server.settings(token=self.server.world.token[:-1] + "x"))

    async def writes(self, text: str) -> None:
        await self.anna.writes(text)

    async def presses(self, label: str) -> None:
        await self.anna.presses(label)

    async def edits(self, old: str, new: str) -> None:
        await self.anna.edits(old, new)

    async def sends_file(self, name: str, content: bytes, caption: str) -> None:
        self.anna.sends(self.anna.document(name, content), text=caption)

    async def blocks(self) -> None:
        # What is no message is in no history: VK tells of it only to who listened before.
        await self.until(lambda: self.server.world.polled, "VK was never asked")
        await self.anna.blocks()

    def shown(self) -> list[Shown]:
        return [
            Shown(
                one["text"],
                tuple(
                    button["action"]["label"]
                    for row in one.get("keyboard", {}).get("buttons", [])
                    for button in row
                ),
                tuple(self._content(file) for file in one["attachments"]),
            )
            for one in self.anna.talk.messages
            if one["out"]
        ]

    def _content(self, attachment: dict[str, Any]) -> bytes:
        inside = attachment[attachment["type"]]
        url = inside.get("url") or inside.get("link_ogg") or inside["sizes"][-1]["url"]
        return self.server.world.files[url.rpartition("/")[2]][0]

    async def until(self, look: Callable[[], object], what: str) -> None:
        await self.server.world.bell.until(look, lambda: what)

    async def goes_down(self) -> None:
        await self.server.goes_down()

    async def comes_up(self) -> None:
        await self.server.comes_up()

    def is_acknowledged(self) -> bool:
        return self.server.world.told_back >= len(self.server.world.events)

    def repeats(self) -> None:
        self.server.world.repeating = True

    def garbles(self, times: int) -> None:
        self.server.world.polls.extend(["<html>502</html>"] * times)

    def refuses_later(self, seconds: int) -> None:
        raise NotImplementedError

    def refuses_for_good(self) -> None:
        self.server.world.goes_wrong("code", "messages.send", code=901)
