"""The receive loop of a mailbox: connect, catch up, wait, and again."""

import asyncio
import base64
import hashlib
import random
import time
from email.utils import parsedate_to_datetime
from functools import partial

import msgspec
import structlog

from adapters.email import scan
from adapters.email.cache import Cache
from adapters.email.inbound import Place, addresses, received
from adapters.email.intake import Begun, Cursor, Intake, read_cursor
from adapters.email.letter import Letter, Reading
from adapters.email.mailbox import LISTED, Glance, Head, Mailbox, MailboxError
from adapters.email.mime import stub_of
from adapters.email.readers import Readers
from adapters.email.settings import Settings
from adapters.email.sorting import Sorting, now_ms
from bot.channel import Door
from bot.errors import NotSaved
from bot.model.event import Incoming

log = structlog.get_logger("email")

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
BEFORE_US = 5_000
"""So many letters that lay in the box before our first start are remembered by their Message-IDs."""
_DIGEST = 8
BEGINNING = 256_000
"""Bytes that are read of a letter that is too big."""


class Receiving:
    """One channel's reading. What it keeps: `since`, `numbering` and `before` of the first start, `trouble`."""

    def __init__(
        self, door: Door, settings: Settings, readers: Readers, sorting: Sorting, cache: Cache
    ) -> None:
        self._door = door
        self._settings = settings
        self._readers = readers
        self._sorting = sorting
        self._cache = cache
        self._trouble: dict[int, int] = {}

    async def run(self) -> None:
        """Until cancelled."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._session()
            except (MailboxError, NotSaved, OSError) as problem:
                what = str(problem) if isinstance(problem, MailboxError) else type(problem).__name__
                log.warning("mailbox not read, trying again", problem=what)
            # A connection that stood for a while and was lost is opened again at once.
            failures = 0 if time.monotonic() - began > LONGEST_PAUSE else failures + 1
            pause = (
                min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE) if failures else 0.0
            )
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  (no secret: many mailboxes must not come at once)

    async def _session(self) -> None:
        """One connection, from its beginning to its loss."""
        box = Mailbox(self._settings.imap, self._settings.timeout / 1000)
        intake: Intake | None = None
        try:
            glance = await box.open()
            self._door.alive()
            while True:
                if intake is None or intake.validity != glance.validity:
                    intake = await self._numbering(box, glance, intake)
                await self._catch_up(box, intake)
                self._door.alive()
                await box.wait(self._settings.check_every / 1000)
                glance = await box.select()
        finally:
            if intake is not None:
                await intake.stop()
            box.close()

    # where to go on

    async def _numbering(self, box: Mailbox, glance: Glance, before: Intake | None) -> Intake:
        """The intake for a folder as it now is numbered."""
        if before is not None:
            await before.settled()
        cursor = read_cursor(await self._door.cursor())
        if cursor is None:
            cursor = await self._first_start(box, glance)
        elif cursor.validity != glance.validity:
            log.warning("the mailbox is numbered anew, every letter is compared")
            cursor = Cursor(glance.validity, 0)
        self._trouble = _read_trouble(await self._door.recall("trouble"), glance.validity)
        return Intake(self._door, cursor)

    async def _first_start(self, box: Mailbox, glance: Glance) -> Cursor:
        """Only what comes from now on; what lies there already is remembered, should the numbering change."""
        uids = await box.uids(0)
        if self._settings.begin == "all":
            await self._door.keep({"numbering": str(glance.validity)})
            return Cursor(glance.validity, 0)
        last = max([*uids, glance.next - 1, 0])
        known = bytearray()
        chosen = uids[-BEFORE_US:]
        for at in range(0, len(chosen), LISTED):
            heads = await box.heads(chosen[at], chosen[min(at + LISTED, len(chosen)) - 1])
            known += b"".join(_digest(one.head) for one in heads)
        await self._door.keep(
            {
                "since": str(now_ms()),
                "numbering": str(glance.validity),
                "before": base64.b64encode(known).decode(),
            }
        )
        cursor = Cursor(glance.validity, last)
        await self._door.accept([], str(cursor))
        return cursor

    # letters

    async def _catch_up(self, box: Mailbox, intake: Intake) -> None:
        uids = await box.uids(intake.highest)
        old = await self._older(box, intake.validity, uids)
        for uid in uids:
            if uid in old:
                await intake.begin(Begun(uid, _nothing))
                continue
            try:
                await self._take(box, intake, uid)
            except MailboxError:
                await self._note_trouble(intake.validity, uid)
                raise

    async def _take(self, box: Mailbox, intake: Intake, uid: int) -> None:
        if self._trouble.get(uid, 0) >= self._settings.tries:
            log.error("letter parked, it cannot be fetched", uid=uid)
            await self._park(box, intake, uid)
            return
        found = await box.find(uid)
        if found is None:
            await intake.begin(Begun(uid, _nothing))
            return
        limit = self._settings.letter.size
        whole = found.size <= limit
        raw = await box.read(uid, limit if whole else BEGINNING)
        place = Place(intake.validity, uid, found.size, found.arrived)
        reading = asyncio.ensure_future(self._read(raw, whole=whole))
        work = partial(self._event, reading, raw, place, whole)
        otherwise = partial(self._stub, raw, place)
        await intake.begin(Begun(uid, work, _sender(raw), len(raw), reading, otherwise))

    async def _park(self, box: Mailbox, intake: Intake, uid: int) -> None:
        """People are told where a letter lies that could not be fetched."""
        try:
            head = await box.fields(uid, "FROM SUBJECT MESSAGE-ID DATE")
        except MailboxError:
            head = b""
        stub = stub_of(head, "gone")
        stub = msgspec.structs.replace(
            stub, id=f"gone {intake.validity}:{uid} {stub.message_id[:100]}"
        )
        place = Place(intake.validity, uid, 0, now_ms())
        await intake.begin(Begun(uid, partial(self._sorting.event, stub, place), stub.sender))

    async def _event(
        self, reading: asyncio.Task[Letter], raw: bytes, place: Place, whole: bool
    ) -> Incoming | None:
        """What a letter comes to. Whatever goes wrong with it, people see at least that it came."""
        letter = await reading
        if whole:
            self._cache.put(letter.id, raw)
        attempt = 0
        while attempt < self._settings.tries:
            try:
                return await self._sorting.event(letter, place)
            except NotSaved:
                await asyncio.sleep(FIRST_PAUSE)
            except Exception as problem:  # noqa: BLE001  (one letter must not stop the others)
                attempt += 1
                log.error("letter not sorted", uid=place.uid, problem=type(problem).__name__)
        return self._stub(raw, place)

    def _stub(self, raw: bytes, place: Place) -> Incoming:
        """People are told that a letter came."""
        letter = stub_of(raw, "broken")
        return received(letter, place, addresses(letter)[0], self._settings, "people")

    async def _read(self, raw: bytes, *, whole: bool) -> Letter:
        limits = self._settings.letter
        own = (self._settings.address.lower(),)
        asked = Reading(raw, own, self._settings.trusted, limits.parts, limits.depth, limits.header)
        letter = await self._readers.letter(asked)
        if whole or letter.problem:
            return letter
        return msgspec.structs.replace(letter, problem="size")

    async def _note_trouble(self, validity: int, uid: int) -> None:
        """The connection broke while this letter was fetched; kept, since a restart must not begin to count anew."""
        self._trouble[uid] = self._trouble.get(uid, 0) + 1
        text = msgspec.json.encode({str(uid): self._trouble[uid], "validity": validity}).decode()
        await self._door.keep({"trouble": text})

    # a numbering that is not that of the first start

    async def _older(self, box: Mailbox, validity: int, uids: list[int]) -> set[int]:
        """Letters that lay in the box before our first start, where UIDs cannot tell any more."""
        if not uids or str(validity) == await self._door.recall("numbering"):
            return set()
        since = int(await self._door.recall("since") or 0)
        known = base64.b64decode(await self._door.recall("before") or "")
        before = {known[at : at + _DIGEST] for at in range(0, len(known), _DIGEST)}
        old = set()
        for at in range(0, len(uids), LISTED):
            for one in await box.heads(uids[at], uids[min(at + LISTED, len(uids)) - 1]):
                if _digest(one.head) in before or _arrived(one) < since:
                    old.add(one.uid)
        return old


async def _nothing() -> None:
    """What comes of a letter that is not taken."""


def _sender(raw: bytes) -> str:
    return scan.sender(scan.split(raw)[0])


def _digest(head: bytes) -> bytes:
    """A short mark of a Message-ID; empty where there is none."""
    id = scan.message_id(head)
    return hashlib.sha256(id.encode()).digest()[:_DIGEST] if id else b""


def _arrived(one: Head) -> int:
    """When our own server took the letter in: it says so in the uppermost Received, whoever copied the box since."""
    stamp = scan.field(one.head, "received").rpartition(b";")[2].decode("ascii", "replace").strip()
    try:
        return round(parsedate_to_datetime(stamp).timestamp() * 1000)
    except (ValueError, TypeError, OverflowError, IndexError):
        return one.arrived


def _read_trouble(text: str | None, validity: int) -> dict[int, int]:
    """How often the connection broke at a letter, if that was under this numbering."""
    known = msgspec.json.decode(text, type=dict[str, int]) if text else {}
    return (
        {int(uid): tries for uid, tries in known.items() if uid != "validity"}
        if known.get("validity") == validity
        else {}
    )
