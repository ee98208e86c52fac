"""What is to be done with a letter: whose it is, whether it may be answered, whether it is about a letter of ours."""

import time

import msgspec
import structlog

from adapters.email.inbound import (
    Place,
    addresses,
    aside_of,
    bounced,
    by_token,
    received,
    thread_of,
)
from adapters.email.letter import Letter
from adapters.email.limits import Sent
from adapters.email.settings import Settings
from adapters.email.threads import UNPROVEN, Marks, Thread, bare, thread_key
from bot.channel import Door, Said
from bot.model.event import Incoming

log = structlog.get_logger("email")

LOOKED_UP = 10
"""So many of a letter's references are looked up, the newest."""


def now_ms() -> int:
    """The present, ms."""
    return time.time_ns() // 1_000_000


class Sorting:
    """One channel's."""

    def __init__(self, door: Door, settings: Settings, marks: Marks, sent: Sent) -> None:
        self._door = door
        self._settings = settings
        self._marks = marks
        self._sent = sent

    async def event(self, letter: Letter, place: Place) -> Incoming | None:
        """The event that a letter is; None for one that is nothing to us. Raises `NotSaved`."""
        if letter.machine == "own":
            log.info("letter of our own left alone", uid=place.uid)
            return None
        if letter.bounce is not None:
            said = await self._about(letter)
            if said is not None and letter.bounce.action == "failed":
                return bounced(letter.bounce, said, letter)
            if letter.bounce.action != "failed":
                log.info("report left alone", uid=place.uid, action=letter.bounce.action)
                return None
        return await self._message(letter, place)

    async def _about(self, letter: Letter) -> Said | None:
        """What we said, where a report names a letter that we made."""
        bounce = letter.bounce
        assert bounce is not None
        for id in filter(self._marks.is_ours, bounce.ids):
            for recipient in bounce.recipients:
                for address in (recipient, UNPROVEN + recipient):
                    said = await self._door.said(address, id)
                    if said is not None:
                        return said
        return None

    async def _message(self, letter: Letter, place: Place) -> Incoming | None:
        aside = aside_of(letter)
        if aside and self._settings.automatic == "leave" and letter.machine:
            log.info("automatic letter left in the mailbox", uid=place.uid)
            return None
        address = await self._address(letter)
        if not aside and await self._sent.full(bare(address), now_ms()):
            log.warning("answered too often, letters go to people", uid=place.uid)
            aside = "people"
        if letter.sender and aside != "history":
            thread = msgspec.json.encode(thread_of(letter, place)).decode()
            await self._door.keep({thread_key(address): thread})
        return received(letter, place, address, self._settings, aside)

    async def _address(self, letter: Letter) -> str:
        """The conversation: that of our letter which is answered, else the token's, else the sender's."""
        forms = addresses(letter)
        if len(forms) > 1:
            for id in [one for one in reversed(letter.references) if self._marks.is_ours(one)][
                :LOOKED_UP
            ]:
                for form in forms:
                    if await self._door.said(form, id) is not None:
                        return form
        return by_token(letter, self._marks)

    async def thread(self, address: str) -> Thread | None:
        """What is remembered of the last letter from an address."""
        known = await self._door.recall(thread_key(address))
        return msgspec.json.decode(known, type=Thread) if known else None
