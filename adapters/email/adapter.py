"""A mailbox, behind the port that every channel implements."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import structlog

from adapters.email.cache import Cache
from adapters.email.fetching import Files
from adapters.email.limits import Sent
from adapters.email.machines import nobody
from adapters.email.outbound import Enclosed, is_automatic, letter_of
from adapters.email.readers import Readers
from adapters.email.settings import read_settings
from adapters.email.sorting import Sorting, now_ms
from adapters.email.threads import Marks, bare
from bot.channel import Delivery, Door, Finding, Receipt, Undeliverable
from bot.errors import ConfigurationError, NotSaved
from bot.model.abilities import EMAIL, Abilities
from bot.model.message import Attachment

log = structlog.get_logger("email")

CONNECTIONS = 4
"""Letters that are handed to the SMTP server at the same time."""
FIRST_LOGIN = 8.0
"""Seconds that the start waits for the mailbox to refuse the login."""


class EmailAdapter:
    """Reads one mailbox and answers from its address. Settings: `adapters.email.settings`.

    The channel keeps: `secret` (of our Message-IDs), `thread:<address>` and `sent:<address>`, and what `Receiving` keeps.
    """

    abilities: Abilities = EMAIL

    def __init__(self, name: str, settings: dict[str, Any]) -> None:
        self.name = name
        self.settings = read_settings(settings)
        self._readers = Readers(self.settings.letter.time / 1000)
        self._cache = Cache()
        self._files = Files(self.settings, self._readers, self._cache)
        self._connections = asyncio.Semaphore(CONNECTIONS)
        self._marks = Marks("", name, self.settings.domain)
        self._doubtful: set[int] = set()
        self._door: Door | None = None

    async def open(self, door: Door) -> None:
        """Know our own marks, and whether the mailbox lets us in. Raises `ConfigurationError`."""
        from adapters.email.mailbox import LoginRefused, Mailbox, MailboxError

        self._door = door
        secret = await door.recall("secret")
        if secret is None:
            secret = secrets.token_hex(32)
            await door.keep({"secret": secret})
        self._marks = Marks(secret, self.name, self.settings.domain)
        box = Mailbox(self.settings.imap, FIRST_LOGIN)
        try:
            await box.open()
        except LoginRefused:
            raise ConfigurationError(self._refused()) from None
        except (MailboxError, OSError) as problem:
            log.warning(
                "mailbox not reached yet", channel=self.name, problem=type(problem).__name__
            )
        finally:
            box.close()

    def _refused(self) -> str:
        if self.settings.language == "ru":
            return (
                f"{self.name}: почтовый сервер не принял логин и пароль (imap.user, imap.password); многим службам "
                "нужен отдельный пароль приложения и разрешённый доступ по IMAP"
            )
        return (
            f"{self.name}: the mail server refused imap.user and imap.password; many providers want an app password "
            "and IMAP access switched on"
        )

    async def receive(self, door: Door) -> None:
        """Read the mailbox until cancelled."""
        from adapters.email.receiving import Receiving

        sent = Sent(door, self.settings.automatic_per_hour)
        sorting = Sorting(door, self.settings, self._marks, sent)
        await Receiving(door, self.settings, self._readers, sorting, self._cache).run()

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Send a letter; a person's always, one of our own only where it can start no circle."""
        if delivery.kind in {"typing", "react"}:
            return Receipt(calls=0)
        if delivery.kind != "send":
            raise Undeliverable("a letter that was sent cannot be changed")
        door = self._door
        assert door is not None
        to = bare(delivery.address)
        sent = Sent(door, self.settings.automatic_per_hour)
        if is_automatic(delivery):
            if nobody(to) or to == self.settings.address.lower():
                raise Undeliverable("nobody reads mail at this address")
            if await sent.full(to, now_ms()):
                raise Undeliverable("this address was answered too often within the hour")
        thread = await Sorting(door, self.settings, self._marks, sent).thread(delivery.address)
        now = datetime.fromtimestamp(now_ms() / 1000, UTC)
        files = await asyncio.to_thread(self._enclosed, door, delivery)
        mail = await asyncio.to_thread(
            letter_of, delivery, thread, self.settings, self._marks, files, now
        )
        async with self._connections:
            await self._hand_over(mail, to, delivery)
        if is_automatic(delivery):
            # The letter is on its way: it must not be sent again because this could not be written down.
            with contextlib.suppress(NotSaved):
                await sent.note(to, now_ms())
        return Receipt((str(mail["Message-ID"]),))

    async def _hand_over(self, mail: EmailMessage, to: str, delivery: Delivery) -> None:
        """No server recognises a repeat: what it may have is sent once more, and never a third time."""
        from adapters.email import api
        from adapters.email.client import InDoubt

        try:
            await api.send(mail, to, self.settings, delivery.attempts)
        except InDoubt as problem:
            if delivery.id not in self._doubtful:
                self._doubtful.add(delivery.id)
                log.warning("no answer, one more copy may follow", delivery=delivery.id)
                raise
            log.error("no answer twice, not sent a third time", delivery=delivery.id)
            self._doubtful.discard(delivery.id)
            reason = f"the mail server did not answer twice ({problem}); it may have arrived"
            raise Undeliverable(reason) from None
        self._doubtful.discard(delivery.id)

    def _enclosed(self, door: Door, delivery: Delivery) -> list[Enclosed]:
        there = [one for one in delivery.message.attachments if one.digest and not one.problem]
        paths = [door.file(one.digest) for one in there]
        size = sum(path.stat().st_size for path in paths)
        if size > self.abilities.upload_size:
            most = self.abilities.upload_size // 1_000_000
            raise Undeliverable(f"the files are {size // 1_000_000} MB, a letter takes {most} MB")
        return [Enclosed(one, path.read_bytes()) for one, path in zip(there, paths, strict=True)]

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """A file of a letter, or the whole letter."""
        return self._files.fetch(attachment)

    async def examine(self, door: Door) -> Sequence[Finding]:
        """The mailbox, its folder, IDLE, and the way out."""
        from adapters.email.examining import examine

        return await examine(self.name, self.settings)

    async def close(self) -> None:
        """End the processes that read letters."""
        await self._readers.close()
