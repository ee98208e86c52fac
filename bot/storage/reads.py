"""Reads for lists, search and pages, on a connection of their own beside the writer's."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import aiosqlite

from bot.channel import Said
from bot.errors import NotSaved, StoreBroken
from bot.model.conversation import Conversation
from bot.model.message import Attachment
from bot.model.person import Person
from bot.model.ticket import Ticket
from bot.storage.codec import (
    decode_attachment,
    decode_customer,
    decode_person,
    decode_request,
    decode_ticket,
    decode_trace,
)
from bot.storage.kept import RECALL
from bot.storage.migrate import check_version, migrations, version_of
from bot.storage.person import export
from bot.storage.places import PLACES, SAID_BY_LINE, SAID_BY_PAIR
from bot.storage.rows import (
    CONVERSATION,
    LINE,
    MISS,
    TRACED,
    UNSAID_LINES,
    conversation_of,
    dialog_of,
    history,
    line_of,
    miss_of,
    traced_of,
)
from bot.storage.store import Kept, Line, MissedQuestion, TracedTurn, WaitingAttachment, WaitingCall

BUSY_TIMEOUT = 10_000
"""How long a read waits for a lock, in ms; reads beside a writer need none but for moments."""

_LINES = history(LINE, "id = ?", "m.author <> '' AND m.id < ?") + "LIMIT ?"
_COUNTS = """SELECT
    (SELECT count(*) FROM inbox i WHERE i.id >= ifnull(
        (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'waiting_from'), 0)
        AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.id = i.id)),
    (SELECT count(*) FROM outbox) + (SELECT count(*) FROM unsaid),
    (SELECT count(*) FROM timers),
    (SELECT count(*) FROM calls),
    (SELECT count(*) FROM turns WHERE aside = 1),
    (SELECT count(*) FROM tickets WHERE state <> 'closed')
"""
_BACKLOG = f"""
    SELECT channel, count(*) FROM (
        SELECT channel FROM outbox UNION ALL SELECT c.channel FROM {UNSAID_LINES}
    ) GROUP BY channel
"""


class Reads:
    """The reading half of a store. Each read sees what was committed before it; one that the database refuses raises
    `NotSaved`, as a write does: whoever waits for both treats them alike."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._reader: aiosqlite.Connection | None = None

    async def __aenter__(self) -> Self:
        await self.open_reader()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close_reader()

    async def open_reader(self) -> None:
        """Connect. Raises `StoreBroken` where there is no database, or one of another version."""
        if not self.path.exists():
            raise StoreBroken(
                f"there is no database at {self.path} yet: start Frontdesk once, or name another"
            )
        await asyncio.to_thread(_check, self.path)
        connecting = aiosqlite.connect(self.path, isolation_level=None, cached_statements=256)
        # A program that ends without closing, because something failed, must not wait for this thread for ever.
        connecting._thread.daemon = True  # noqa: SLF001
        reader = await connecting
        await reader.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        await reader.execute("PRAGMA query_only = 1")
        await reader.execute("PRAGMA cache_size = -2000")
        self._reader = reader

    async def close_reader(self) -> None:
        """Let go."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.close()

    async def _all(self, sql: str, *values: Any) -> list[Any]:
        if self._reader is None:
            raise StoreBroken("the store is closed")
        try:
            return list(await self._reader.execute_fetchall(sql, values))
        except sqlite3.Error as problem:
            raise NotSaved(f"the database could not be read: {problem}") from problem

    async def _one(self, sql: str, *values: Any) -> Any:
        rows = await self._all(sql, *values)
        return rows[0] if rows else None

    async def cursor(self, channel: str) -> str | None:
        """See `Store.cursor`."""
        row = await self._one("SELECT cursor FROM cursors WHERE channel = ?", channel)
        return row[0] if row else None

    async def next_timer(self, channels: frozenset[str]) -> int | None:
        """See `Store.next_timer`."""
        row = await self._one(
            f"""SELECT t.due FROM timers t JOIN conversations c ON c.id = t.conversation
            WHERE c.channel IN ({", ".join("?" * len(channels))}) ORDER BY t.due LIMIT 1""",
            *channels,
        )
        return row[0] if row else None

    async def due_calls(self, *, now: int, limit: int) -> list[WaitingCall]:
        """See `Store.due_calls`."""
        rows = await self._all(
            """SELECT id, conversation, kind, request, timeout, retries, attempts FROM calls
            WHERE due <= ? ORDER BY number LIMIT ?""",
            now,
            limit,
        )
        return [
            WaitingCall(id, conversation, kind, decode_request(request), timeout, retries, attempts)
            for id, conversation, kind, request, timeout, retries, attempts in rows
        ]

    async def next_call(self, *, now: int) -> int | None:
        """See `Store.next_call`."""
        row = await self._one("SELECT min(due) FROM calls WHERE due > ?", now)
        return row[0] if row else None

    async def next_fetch(self, *, now: int) -> int | None:
        """See `Store.next_fetch`."""
        row = await self._one("SELECT min(due) FROM attachments WHERE state = 0 AND due > ?", now)
        return row[0] if row else None

    async def attachments_to_fetch(
        self, *, now: int, limit: int, without: Collection[str] = ()
    ) -> list[WaitingAttachment]:
        """See `Store.attachments_to_fetch`."""
        left_out = f"AND channel NOT IN ({', '.join('?' * len(without))})" if without else ""
        rows = await self._all(
            f"""SELECT id, channel, conversation, body, attempts FROM attachments
            WHERE state = 0 AND due <= ? {left_out} ORDER BY due, id LIMIT ?""",
            now,
            *without,
            limit,
        )
        return [
            WaitingAttachment(id, channel, conversation, decode_attachment(body), attempts)
            for id, channel, conversation, body, attempts in rows
        ]

    async def attachment(self, conversation: int, source: str) -> Attachment | None:
        """See `Store.attachment`."""
        row = await self._one(
            "SELECT body FROM attachments WHERE conversation = ? AND source = ?",
            conversation,
            source,
        )
        return decode_attachment(row[0]) if row else None

    async def conversation(self, id: int) -> Conversation | None:
        """See `Store.conversation`."""
        row = await self._one(f"SELECT {CONVERSATION} WHERE c.id = ?", id)
        return conversation_of(row) if row else None

    async def find_conversation(self, channel: str, address: str) -> Conversation | None:
        """See `Store.find_conversation`."""
        row = await self._one(
            f"SELECT {CONVERSATION} WHERE c.channel = ? AND c.address = ?", channel, address
        )
        return conversation_of(row) if row else None

    async def latest_conversation(
        self, customer: int, channels: Sequence[str]
    ) -> Conversation | None:
        """See `Store.latest_conversation`."""
        row = await self._one(
            f"""SELECT {CONVERSATION} WHERE c.customer = ? AND c.channel IN ({", ".join("?" * len(channels))})
            ORDER BY c.last_line DESC LIMIT 1""",
            customer,
            *channels,
        )
        return conversation_of(row) if row else None

    async def lines(
        self, conversation: int, *, before: int | None = None, limit: int = 100
    ) -> list[Line]:
        """See `Store.lines`."""
        rows = await self._all(
            _LINES,
            conversation,
            (1 << 62) if before is None else before,
            limit,
        )
        return [line_of(row) for row in reversed(rows)]

    async def traced(self, conversation: int, *, limit: int = 100) -> list[TracedTurn]:
        """See `Store.traced`."""
        rows = await self._all(
            f"SELECT {TRACED} WHERE i.conversation = ? AND t.id IS NOT NULL ORDER BY i.id DESC LIMIT ?",
            conversation,
            limit,
        )
        return [traced_of(row) for row in reversed(rows)]

    async def tickets(self, *, open_only: bool = True, limit: int = 1000) -> list[Ticket]:
        """See `Store.tickets`."""
        where = "WHERE state <> 'closed'" if open_only else ""
        rows = await self._all(f"SELECT body FROM tickets {where} ORDER BY number LIMIT ?", limit)
        return [decode_ticket(row[0]) for row in rows]

    async def misses(self, since: int) -> list[MissedQuestion]:
        """See `Store.misses`."""
        return [
            miss_of(row)
            for row in await self._all(f"SELECT {MISS} WHERE at >= ? ORDER BY id", since)
        ]

    async def step_counts(self) -> dict[tuple[str, str, str], int]:
        """See `Store.step_counts`."""
        found: Counter[tuple[str, str, str]] = Counter()
        last = 0
        while rows := await self._all(
            "SELECT id, dialog FROM conversations WHERE id > ? ORDER BY id LIMIT 1000", last
        ):
            last = rows[-1][0]
            for _, body in rows:
                stack = dialog_of(body).stack
                if stack:
                    found[stack[-1].flow, stack[-1].step, stack[-1].shape] += 1
        return dict(found)

    async def passed_counts(self) -> dict[str, int]:
        """How many conversations came to each step, by `flow/step`, and to each flow, by its id: as far as the
        events that are still kept tell."""
        passed: set[tuple[int, str]] = set()
        last = 0
        while rows := await self._all(
            """SELECT t.id, i.conversation, t.trace FROM turns t JOIN inbox i ON i.id = t.id
            WHERE t.id > ? ORDER BY t.id LIMIT 1000""",
            last,
        ):
            last = rows[-1][0]
            for _, conversation, trace in rows:
                steps = {decision.step for decision in decode_trace(trace)}
                passed.update((conversation, step) for step in steps if step)
                passed.update((conversation, step.partition("/")[0]) for step in steps if step)
        return dict(Counter(step for _, step in passed))

    async def external_ids(self, message: int) -> list[tuple[str, str, str]]:
        """See `Store.external_ids`."""
        return [tuple(row[:3]) for row in await self._all(PLACES, message)]

    async def message_of(self, channel: str, address: str, external_id: str) -> int | None:
        """See `Store.message_of`."""
        found = await self.said(channel, address, external_id)
        return found.message if found is not None else None

    async def said(self, channel: str, address: str, external_id: str) -> Said | None:
        """See `Store.said`."""
        place = (channel, address, external_id)
        row = await self._one(SAID_BY_PAIR, *place) or await self._one(SAID_BY_LINE, *place)
        return Said(*row) if row else None

    async def people(self) -> list[Person]:
        """See `Store.people`."""
        rows = await self._all("SELECT body FROM people ORDER BY id")
        return [decode_person(body) for (body,) in rows]

    async def recall(self, channel: str, name: str) -> str | None:
        """See `Store.recall`."""
        row = await self._one(RECALL, channel, name)
        return row[0] if row else None

    async def find_customer(self, key: str) -> int | None:
        """See `Store.find_customer`."""
        key = key.strip()
        if key.isdecimal():
            row = await self._one("SELECT id FROM customers WHERE id = ?", int(key))
            if row is not None:
                return int(row[0])
        channel, colon, address = key.partition(":")
        if colon:
            row = await self._one(
                "SELECT customer FROM identities WHERE channel = ? AND address = ?",
                channel,
                address,
            )
            if row is not None:
                return int(row[0])
        row = (
            await self._one("SELECT customer FROM identities WHERE address = ?", key)
            if "@" in key
            else None
        )
        return int(row[0]) if row is not None else await self._by_attribute(key)

    async def _by_attribute(self, key: str) -> int | None:
        wanted = _comparable(key)
        last = 0
        while rows := await self._all(
            "SELECT id, body FROM customers WHERE id > ? ORDER BY id LIMIT 1000", last
        ):
            last = rows[-1][0]
            for id, body in rows:
                values = decode_customer(body).attributes.values()
                if wanted and any(
                    _comparable(value) == wanted for value in values if isinstance(value, str)
                ):
                    return int(id)
        return None

    async def export(self, customer: int) -> Kept:
        """See `Store.export`."""
        return await asyncio.to_thread(_export, self.path, customer)

    async def backlog(self) -> dict[str, int]:
        """See `Store.backlog`."""
        return dict(await self._all(_BACKLOG))

    async def counts(self) -> dict[str, int]:
        """See `Store.counts`."""
        row = await self._one(_COUNTS)
        return dict(
            zip(("inbox", "outbox", "timers", "calls", "aside", "tickets"), row, strict=True)
        )


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT / 1000)) as connection:
            version = version_of(connection)
    except sqlite3.Error as problem:
        raise StoreBroken(
            f"{path} cannot be read: {problem}", f"{path} не читается: {problem}"
        ) from problem
    newest = migrations()[-1].number
    check_version(version, newest)
    if version < newest:
        raise StoreBroken(
            f"the database is of version {version}: run `frontdesk migrate` first",
            f"база старой версии, {version}: сначала выполните `frontdesk migrate`",
        )


def _export(path: Path, customer: int) -> Kept:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return export(connection, customer)


def _comparable(text: str) -> str:
    """Phones by their digits (8 and +7 are one country), anything else without case."""
    digits = "".join(letter for letter in text if letter.isdecimal())
    if len(digits) >= 10 and not any(letter.isalpha() or letter == "@" for letter in text):
        return "7" + digits[1:] if len(digits) == 11 and digits[0] == "8" else digits
    return text.casefold()
