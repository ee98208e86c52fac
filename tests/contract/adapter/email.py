"""The channel of letters, driven: pymap, an SMTP server, one customer with a mail program."""

import asyncio
import html
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapters.email.adapter import EmailAdapter
from tests.contract.adapter.driver import Part, Shown
from tests.fakes.mail.letters import letter, vouched
from tests.fakes.mail.post import Post, Sent
from tests.fakes.mail.pymap_box import PymapBox

SECRET = "qeD-very-secret"
PATIENCE = 30.0


class EmailDriver:
    """See `driver.Driver`."""

    can: frozenset[Part] = frozenset({"cursor", "attach", "repeat"})
    secrets: tuple[str, ...] = (SECRET,)
    address = "anna@example.org"
    every = 5

    async def start(self, folder: Path) -> None:
        self._box = PymapBox(folder / "imap")
        self._post = Post()
        self._last = b""
        await self.comes_up()

    async def stop(self) -> None:
        await self.goes_down()

    def adapter(self) -> EmailAdapter:
        return EmailAdapter("shop", self._settings())

    def wrong_adapter(self) -> EmailAdapter:
        settings = self._settings()
        settings["imap"] = {**settings["imap"], "password": SECRET}
        return EmailAdapter("shop", settings)

    def _settings(self) -> dict[str, Any]:
        return {
            "address": "help@example.ru",
            "trusted": ["mx.example.ru"],
            # The suite lets a customer write before the first start, too.
            "begin": "all",
            "imap": self._box.settings(),
            "smtp": self._post.settings(),
            "check_every": 5_000,
            "quote": False,
            "automatic_per_hour": 1000,
        }

    async def writes(self, text: str) -> None:
        await self._put(letter(text))

    async def sends_file(self, name: str, content: bytes, caption: str) -> None:
        await self._put(letter(caption, files=((name, content),)))

    async def _put(self, raw: bytes) -> None:
        self._last = vouched(raw)
        await asyncio.to_thread(self._box.put, self._last)
        if self._twice:
            self._twice = False
            await asyncio.to_thread(self._box.put, self._last)

    _twice = False

    async def presses(self, label: str) -> None:
        raise NotImplementedError

    async def edits(self, old: str, new: str) -> None:
        raise NotImplementedError

    async def blocks(self) -> None:
        raise NotImplementedError

    def shown(self) -> list[Shown]:
        return [
            Shown(
                _seen(one),
                (),
                tuple(part.get_payload(decode=True) for part in one.mail.iter_attachments()),  # type: ignore[misc]
            )
            for one in self._post.sent
        ]

    async def until(self, look: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not look():
            assert time.monotonic() < end, what
            await asyncio.sleep(0.02)

    async def goes_down(self) -> None:
        await asyncio.to_thread(self._box.stop)
        self._post.stop()

    async def comes_up(self) -> None:
        await asyncio.to_thread(self._box.start)
        self._post.start()

    def is_acknowledged(self) -> bool:
        """Nothing is ever said to a mailbox: what was taken stands in the cursor alone."""
        return False

    def repeats(self) -> None:
        self._twice = True

    def garbles(self, times: int) -> None:
        raise NotImplementedError

    def refuses_later(self, seconds: int) -> None:
        raise NotImplementedError

    def refuses_for_good(self) -> None:
        self._post.refuse[self.address] = "550 5.1.1 No such user"


def _seen(sent: Sent) -> str:
    """The words as a mail program shows them."""
    part = sent.mail.get_body(("html",))
    assert part is not None
    body = str(part.get_content()).replace("\r\n", "\n").partition("<body>")[2]
    return html.unescape(
        re.sub(r"<[^>]+>", "", body.replace("<br>\n", "\n").replace("<br>", "\n"))
    ).rstrip("\n")
