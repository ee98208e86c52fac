"""The store on SQLite: one file, one process, one thread that writes."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from bot.channel import Delivery
from bot.errors import StoreBroken
from bot.model.event import ActionFinished, Incoming
from bot.model.message import Attachment
from bot.storage import door, kept, person, prune, settle, turns
from bot.storage.files import Files
from bot.storage.lock import FileLock
from bot.storage.migrate import copy, migrate, migrations
from bot.storage.reads import Reads
from bot.storage.state import State
from bot.storage.store import Accepted, GiveUp, Outcome, Taken, TakeTurn
from bot.storage.writer import Writer

T = TypeVar("T")

_UNCLEAN = """
    INSERT INTO meta VALUES ('unclean', '1') ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


class SqliteStore(Reads):
    """`Store` in the file `path`, whose folder is made. `synchronous`: FULL survives a power loss, NORMAL only the
    death of the process. `files` is the folder of attachments' contents, by default beside the database."""

    def __init__(
        self,
        path: str | Path,
        *,
        synchronous: Literal["FULL", "NORMAL", "full", "normal"] = "FULL",
        files: Path | None = None,
        busy_timeout: int = 10_000,
    ) -> None:
        super().__init__(path)
        self.unclean = False
        self.files = Files(files or self.path.parent / "attachments")
        self._synchronous = synchronous.upper()
        self._busy_timeout = busy_timeout
        self._lock = FileLock(self.path.with_name(self.path.name + ".lock"))
        self._state = State()
        self._writer = Writer(
            self._connect,
            undone=self._state.undone,
            reopened=self._state.reopened,
            there=self._is_there,
        )
        self._file: tuple[int, int] | None = None

    async def open(self) -> None:
        """See `Store.open`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StoreBroken(
                f"{self.path.parent} cannot be made: {problem.strerror}",
                f"{self.path.parent}: папку создать не получается ({problem.strerror})",
            ) from problem
        self._lock.take()
        try:
            connection = await asyncio.to_thread(self._prepare)
            try:
                await self.open_reader()
            except BaseException:
                connection.close()
                raise
        except BaseException:
            self._lock.release()
            raise
        self.files.tidy()
        self._writer.start(connection)

    async def close(self) -> None:
        """See `Store.close`. Opening it again afterwards is fine."""
        try:
            if self._writer.running:
                await self._writer.submit(self._leave)
        finally:
            await self.close_reader()
            await self._writer.stop()
            self._lock.release()

    # the way in, the worker, the outbox

    async def accept(
        self, channel: str, kind: str, incoming: Sequence[Incoming], cursor: str | None, now: int
    ) -> Accepted:
        """See `Store.accept`."""
        return await self._write(door.accept, channel, kind, incoming, cursor, now)

    async def take_turns(
        self, take: TakeTurn, give_up: GiveUp, *, limit: int, now: int, singly: bool = False
    ) -> Taken:
        """See `Store.take_turns`."""
        counted = singly and await self._write(turns.count_attempt)
        return await self._writer.submit(
            lambda connection: turns.take_turns(
                connection,
                self._state,
                take,
                give_up,
                limit=1 if singly else limit,
                now=now,
                counted=counted,
            )
        )

    async def due_deliveries(
        self, channel: str, *, after: int, limit: int, address: str | None = None
    ) -> list[Delivery]:
        """See `Store.due_deliveries`."""
        return await self._write(settle.due_deliveries, channel, after, limit, address)

    async def settle(self, outcomes: Sequence[Outcome], now: int) -> None:
        """See `Store.settle`."""
        await self._write(settle.settle, outcomes, now)

    async def keep(self, channel: str, values: Mapping[str, str | None]) -> None:
        """See `Store.keep`."""
        await self._write(kept.keep, channel, dict(values))

    # timers, calls, attachments

    async def fire_timers(self, channels: frozenset[str], *, now: int, limit: int) -> int:
        """See `Store.fire_timers`."""
        return await self._write(settle.fire_timers, channels, now, limit)

    async def settle_call(
        self, call: str, *, ok: bool, result: Any, problem: str, again_at: int | None, now: int
    ) -> None:
        """See `Store.settle_call`."""
        await self._write(
            settle.settle_call, call, ActionFinished(call, ok, result, problem), again_at, now
        )

    async def settle_attachment(
        self, id: int, attachment: Attachment, *, again_at: int | None, now: int
    ) -> None:
        """See `Store.settle_attachment`."""
        await self._write(settle.settle_attachment, id, attachment, again_at, now)

    # upkeep

    async def forget(self, customer: int, *, dry_run: bool) -> dict[str, int]:
        """See `Store.forget`. The freed pages are wiped too; the copies made before migrations are not touched."""

        def job(connection: sqlite3.Connection) -> tuple[dict[str, int], tuple[str, ...]]:
            if not dry_run:
                self._state.forget()
                self._state.save(connection, exactly=True)
            return person.forget(connection, customer, dry_run=dry_run)

        counts, digests = await self._writer.submit(job)
        if not dry_run:
            for digest in digests:
                await asyncio.to_thread(self.files.remove, digest)
            await asyncio.to_thread(self._wipe)
        return counts

    async def prune(self, *, now: int, keep_events: int) -> int:
        """See `Store.prune`. In small steps, so that nobody waits for it."""
        pruned = 0
        while done := await self._writer.submit(
            lambda connection: prune.step(connection, now - keep_events)
        ):
            pruned += done
        return pruned

    async def backup(self, path: str | Path) -> None:
        """See `Store.backup`. Raises `StoreBroken` if the file exists already, or cannot be written."""
        await asyncio.to_thread(self._aside, lambda connection: copy(connection, Path(path)))

    def _write(self, job: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        state = self._state
        return self._writer.submit(lambda connection: job(connection, state, *arguments))

    # connections

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            isolation_level=None,
            cached_statements=256,
            check_same_thread=False,
            timeout=self._busy_timeout / 1000,
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        connection.execute("PRAGMA cache_size = -12000")
        return connection

    def _prepare(self) -> sqlite3.Connection:
        """A database that is ours, up to date, and marked as in use."""
        try:
            # Customers' words are nobody else's on this machine; what SQLite puts beside the file is as closed.
            self.path.touch(0o600)
            connection = self._connect()
            self._file = _identity(self.path)
        except (sqlite3.Error, OSError) as problem:
            raise StoreBroken(
                f"{self.path} cannot be opened: {problem}", f"{self.path} не открывается: {problem}"
            ) from problem
        try:
            migrate(connection, self.path, migrations())
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute("SELECT value FROM meta WHERE name = 'unclean'").fetchone()
            self.unclean = found is not None and found[0] == "1"
            connection.execute(_UNCLEAN)
            self._state.reopened(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as problem:
            connection.close()
            raise StoreBroken(
                f"{self.path} cannot be used: {problem}",
                f"с {self.path} работать не получается: {problem}",
            ) from problem
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_there(self) -> bool:
        """Whether the file at our path is still the one that was opened."""
        try:
            return _identity(self.path) == self._file
        except OSError:
            return False

    def _leave(self, connection: sqlite3.Connection) -> None:
        self._state.save(connection, exactly=True)
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'unclean'")

    def _wipe(self) -> None:
        try:
            self._aside(_vacuum)
        except StoreBroken as problem:
            raise StoreBroken(
                f"the customer is erased, but pages that held their words are not wiped: {problem}; "
                "stop whoever reads the database and run VACUUM on it",
                f"клиент стёрт, но страницы с его словами не затёрты: {problem}; "
                "остановите тех, кто читает базу, и выполните на ней VACUUM",
            ) from problem

    def _aside(self, job: Callable[[sqlite3.Connection], None]) -> None:
        """Run something long on a connection of its own."""
        connection = self._connect()
        try:
            job(connection)
        except sqlite3.Error as problem:
            raise StoreBroken(str(problem)) from problem
        finally:
            connection.close()


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _vacuum(connection: sqlite3.Connection) -> None:
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
