"""The whole program as a process, connected to real mail servers; customers who write from their programs."""

import asyncio
import shutil
from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from tests.acceptance.telegram.program import EXAMPLE, ROOT
from tests.fakes.mail.box import Box
from tests.fakes.mail.letters import answer, letter
from tests.fakes.mail.post import Post, Sent

SERVER = "mx.example.ru"
"""The name under which our mail server vouches for senders."""
PATIENCE = 60.0
CONSENT = {
    "text": "Чтобы записать номер, нужно ваше согласие на обработку данных. Попросите - удалим.",
    "link": "https://example.ru/privacy",
    "on_refuse": "без_согласия",
}


class Office:
    """A mailbox and an SMTP server."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.post = Post()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.box.start)
        self.post.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.post.stop()
        await asyncio.to_thread(self.box.remove)

    def channel(self, **more: Any) -> dict[str, Any]:
        """The channel's part of the configuration."""
        return {
            "address": "help@example.ru",
            "name": "Мастерская «Импульс»",
            "signature": "Мастерская «Импульс», +7 495 000-00-00",
            "trusted": [SERVER],
            "imap": self.box.settings(),
            "smtp": self.post.settings(),
            "retry": "1s",
            "check_every": "5s",
            "pace": 100,
            "pace_per_address": 50,
            **more,
        }

    async def until(
        self, true: Callable[[], object], what: str, patience: float = PATIENCE
    ) -> None:
        """Wait until it is so."""
        end = asyncio.get_running_loop().time() + patience
        while not true():
            assert asyncio.get_running_loop().time() < end, what
            await asyncio.sleep(0.02)


def example(folder: Path, channels: dict[str, Any], **more: Any) -> Path:
    """The example business in a folder of its own, with these channels."""
    folder.mkdir(parents=True)
    for part in EXAMPLE:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("*.test.yaml"))
        else:
            shutil.copy(source, folder / part)
    config = {
        "name": "Мастерская «Импульс»",
        "vars": {"телефон_офиса": "+7 495 000-00-00", "адрес": "улица Ленина, 10, вход со двора"},
        "channels": channels,
        "operators": {
            "queues": {"ремонт": {"title": "Ремонт"}, "качество": {"title": "Жалобы"}},
        },
        "consent": CONSENT,
        "http": {"allow": ["api.example.ru"]},
        **more,
    }
    (folder / "config.yaml").write_text(
        yaml.safe_dump(config, allow_unicode=True), encoding="utf-8"
    )
    return folder


class Customer:
    """Somebody with a mail program. `vouched` by our own mail server."""

    def __init__(self, office: Office, address: str, name: str, *, vouched: bool = True) -> None:
        self.office = office
        self.address = address
        self.name = name
        self._vouched = vouched
        self._read = 0
        self.lines: list[str] = []

    async def writes(self, text: str, **more: Any) -> bytes:
        """A letter of its own."""
        raw = letter(text, sender=self.address, name=self.name, **more)
        return await self.sends(raw, text)

    async def answers(self, text: str, **more: Any) -> bytes:
        """Answer the last letter that came."""
        last = self.office.post.to(self.address)[-1]
        raw = answer(last.raw, text, sender=self.address, name=self.name, **more)
        return await self.sends(raw, text)

    async def sends(self, raw: bytes, text: str = "") -> bytes:
        """Lay it into the box, as the mail server does."""
        self.lines.append(f"{self.name}: {text}")
        if self._vouched:
            domain = self.address.rpartition("@")[2]
            verdict = f"Authentication-Results: {SERVER};\r\n dmarc=pass header.from={domain}\r\n"
            raw = verdict.encode() + raw
        await asyncio.to_thread(self.office.box.put, raw)
        return raw

    async def gets(self, words: str, patience: float = PATIENCE) -> Sent:
        """The next letter to this customer, which has to hold these words."""
        mine = self.office.post.to
        what = f"«{words}» never came to {self.address}"
        await self.office.until(lambda: len(mine(self.address)) > self._read, what, patience)
        found = mine(self.address)[self._read]
        self._read += 1
        said = own_words(found)
        self.lines.append(f"{display_name(found)}: {said}")
        assert words in found.text, f"«{words}» is not in:\n{found.text}"
        return found


def own_words(sent: Sent) -> str:
    """What a letter of ours says, without the signature and the question under it."""
    return sent.text.replace("\r\n", "\n").partition("\n-- \n")[0].strip()


def display_name(sent: Sent) -> str:
    """The name beside our address. Python's own reading puts a blank between two encoded words."""
    raw = str(message_from_bytes(sent.raw)["From"])
    return str(make_header(decode_header(raw))).rpartition(" <")[0]
