"""One thread owns the writing connection and commits what waits as a group: one fsync for all of it."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from bot.errors import NotSaved

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]
"""Reads and writes inside the group's transaction; raising undoes this job alone. When another one of its group raises,
it is undone and run once more."""

TOGETHER = 64
"""The most jobs in one commit."""
BREATH, LONGEST_BREATH = 5, 0.02
"""A group is handed over when for so many turns of the event loop nothing was added to it, at the latest after so many
seconds. What follows from a job or from a commit at once is in the same group then, and shares its fsync: the turn of
an event that is being saved, the mark on a message that was delivered, the next message of who was answered. A turn
of an idle loop takes a few microseconds."""

_GONE = (
    "the file of the database was removed or replaced while the program runs: "
    "put it back, or stop the program and start it again"
)


class _Submitted:
    __slots__ = ("future", "job", "problem", "result")

    def __init__(self, job: Job[Any], future: "asyncio.Future[Any]") -> None:
        self.job = job
        self.future = future
        self.result: Any = None
        self.problem: BaseException | None = None


class Writer:
    """`connect` opens the writing connection, again after a commit failed; `undone` is told, on the thread, that
    what some job did was rolled back, so that nothing in memory says otherwise; `reopened` checks a connection that
    was opened again and raises if what was acknowledged is not in it; `there` says whether the file still stands at
    its path: into one that somebody removed or replaced a commit would succeed, and be lost with the process."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        *,
        undone: Callable[[], None],
        reopened: Callable[[sqlite3.Connection], None],
        there: Callable[[], bool] = lambda: True,
    ) -> None:
        self._connect = connect
        self._undone = undone
        self._reopened = reopened
        self._there = there
        self._waiting: list[_Submitted] = []
        self._gathering = self._at_work = False
        self._breaths = 0
        self._groups: SimpleQueue[list[_Submitted]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, connection: sqlite3.Connection) -> None:
        """Begin to serve this event loop, with a connection that is ready."""
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(
            target=self._run, args=(self._loop,), name="store-writer", daemon=True
        )
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether jobs are taken."""
        return self._thread is not None

    def submit(self, job: Job[T]) -> "asyncio.Future[T]":
        """The job's result, once it is committed. Cancelling the future neither stops nor loses the job."""
        if self._loop is None or self._thread is None:
            raise NotSaved("the store is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append(_Submitted(job, future))
        if self._gathering:
            self._breaths = BREATH
        elif not self._at_work:
            self._gather(self._loop)
        return future

    async def stop(self) -> None:
        """Finish what was submitted, then end the thread and close the connection."""
        if self._thread is None:
            return
        last = self.submit(lambda _: None)
        thread, self._thread = self._thread, None
        with contextlib.suppress(NotSaved):
            await last
        self._groups.put([])
        await asyncio.to_thread(thread.join)

    # on the loop

    def _gather(self, loop: asyncio.AbstractEventLoop) -> None:
        self._gathering = True
        self._breaths = BREATH
        self._breathe(loop, loop.time() + LONGEST_BREATH)

    def _breathe(self, loop: asyncio.AbstractEventLoop, until: float) -> None:
        if self._breaths and loop.time() < until:
            self._breaths -= 1
            loop.call_soon(self._breathe, loop, until)
            return
        self._gathering = False
        group = self._waiting[:TOGETHER]
        if group:
            del self._waiting[:TOGETHER]
            self._at_work = True
            self._groups.put(group)

    def _resolve(self, loop: asyncio.AbstractEventLoop, group: list[_Submitted]) -> None:
        for submitted in group:
            if submitted.future.done():
                continue
            if submitted.problem is not None:
                submitted.future.set_exception(submitted.problem)
            else:
                submitted.future.set_result(submitted.result)
        self._at_work = False
        self._gather(loop)

    # on the thread

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while group := self._groups.get():
            try:
                self._carry_out(group)
            except BaseException as problem:  # noqa: BLE001 - those who wait must hear of it
                self._fail(group, problem)
            try:
                loop.call_soon_threadsafe(self._resolve, loop, group)
            except RuntimeError:
                break  # the loop is closed: nobody waits
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _carry_out(self, group: list[_Submitted]) -> None:
        if not self._there():
            self._fail(group, NotSaved(_GONE))
            return
        try:
            connection = self._ready()
            connection.execute("BEGIN IMMEDIATE")
            if not self._run_all(connection, group) and not self._run_each(connection, group):
                return
        except sqlite3.Error as problem:
            self._fail(group, problem)
            return
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as problem:
            # What a failed fsync left of the pages in the kernel nobody knows: this connection is not asked again.
            self._drop()
            self._fail(group, problem)

    def _run_all(self, connection: sqlite3.Connection, group: list[_Submitted]) -> bool:
        """Run the jobs one after another; False if one raised. A savepoint for each would have SQLite set aside a copy of
        every page that it changes, though hardly ever a job raises."""
        for submitted in group:
            try:
                submitted.result = submitted.job(connection)
            except BaseException as problem:  # noqa: BLE001 - it belongs to who submitted the job
                submitted.problem = _named(problem)
                return False
        return True

    def _run_each(self, connection: sqlite3.Connection, group: list[_Submitted]) -> bool:
        """One of these raised: begin again, with a savepoint for each, so that it undoes itself alone. False if nothing
        is left to commit."""
        self._undone()
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if len(group) == 1:
            return False
        connection.execute("BEGIN IMMEDIATE")
        for submitted in group:
            submitted.result, submitted.problem = None, None
            if not self._try(connection, submitted):
                self._fail(group, submitted.problem)
                return False
        return True

    def _try(self, connection: sqlite3.Connection, submitted: _Submitted) -> bool:
        """Run one job; False if the whole transaction went with it."""
        try:
            connection.execute("SAVEPOINT job")
            submitted.result = submitted.job(connection)
            connection.execute("RELEASE job")
            return True
        except BaseException as problem:  # noqa: BLE001 - it belongs to who submitted the job
            submitted.problem = _named(problem)
        self._undone()
        try:
            connection.execute("ROLLBACK TO job")
            connection.execute("RELEASE job")
        except sqlite3.Error:
            # Some errors (a full disk) make SQLite roll back the whole transaction by itself.
            if connection.in_transaction:
                self._drop()
            return False
        return True

    def _fail(self, group: list[_Submitted], problem: BaseException | None) -> None:
        for submitted in group:
            if submitted.problem is None:
                submitted.problem = _named(problem or NotSaved())
        if self._connection is not None and self._connection.in_transaction:
            self._drop()
        self._undone()

    def _ready(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = self._connect()
            try:
                self._reopened(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _named(problem: BaseException) -> BaseException:
    """Every failure of the database is `NotSaved`; a fault of the job's own stays what it is."""
    if isinstance(problem, sqlite3.Error):
        saved = NotSaved(f"the database could not save this: {problem}")
        saved.__cause__ = problem
        return saved
    return problem
