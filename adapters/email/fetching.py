"""Files of letters: from what was read lately, else from the mailbox again."""

import asyncio
from collections.abc import AsyncIterator

import msgspec

from adapters.email.cache import Cache
from adapters.email.inbound import WHOLE, Source, read_source
from adapters.email.letter import Reading
from adapters.email.readers import Readers
from adapters.email.settings import Settings
from bot.channel import RetryLater, Undeliverable
from bot.model.message import Attachment

CHUNK = 256_000


class Files:
    """One channel's. One connection at a time, beside the one that waits for new mail."""

    def __init__(self, settings: Settings, readers: Readers, cache: Cache) -> None:
        self._settings = settings
        self._readers = readers
        self._cache = cache
        self._one = asyncio.Lock()

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Its bytes. Raises `RetryLater`, `Undeliverable`."""
        try:
            source = read_source(attachment.source)
        except msgspec.DecodeError:
            raise Undeliverable("this file did not come by mail") from None
        raw = await self._letter(source)
        content: bytes | None = raw
        if source.part != WHOLE:
            content = await self._part(raw, source.part)
        if content is None:
            raise Undeliverable("the letter has no such file")
        for at in range(0, len(content), CHUNK):
            yield content[at : at + CHUNK]

    async def _part(self, raw: bytes, part: int) -> bytes | None:
        limits = self._settings.letter
        asked = Reading(
            raw, parts=limits.parts, depth=limits.depth, header=limits.header, part=part
        )
        try:
            return await self._readers.content(asked)
        except (TimeoutError, OSError, EOFError, msgspec.MsgspecError):
            raise Undeliverable("the letter could not be read") from None

    async def _letter(self, source: Source) -> bytes:
        async with self._one:
            raw = self._cache.get(source.letter)
            if raw is None:
                raw = await self._from_the_box(source)
                self._cache.put(source.letter, raw)
            return raw

    async def _from_the_box(self, source: Source) -> bytes:
        from adapters.email.mailbox import Mailbox, MailboxError

        box = Mailbox(self._settings.imap, self._settings.timeout / 1000)
        try:
            glance = await box.open()
            uids = [source.uid]
            if glance.validity != source.validity:
                uids = await box.with_message_id(source.letter.rpartition(" ")[0])
            for uid in uids[:5]:
                found = await box.find(uid)
                if found is not None and found.size <= self._settings.letter.size:
                    return await box.read(uid, self._settings.letter.size)
        except (MailboxError, OSError) as problem:
            raise RetryLater(type(problem).__name__) from None
        finally:
            box.close()
        raise Undeliverable("the letter is not in the mailbox any more")
