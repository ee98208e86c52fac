"""The floor: the least that a durable engine must do for this work, with nothing else. No product, no peer.

For each message: decode, drop repeats, write the update, the new state and the reply in one transaction that is
committed as a group by one writer thread; reply after the commit; the mark "sent" rides in a later one. It is the yard
that the spine is measured with: it stays as it is, with SQLite set as the spine sets it but for a larger cache.
"""

import asyncio
import queue
import re
import sqlite3
import threading
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.work import THANKS, Engine, Synchronous, decode, update

PHONE = re.compile(r"^\+?\d{10,15}$")
GROUP = 256
SCHEMA = """
create table inbox(channel text, id integer, conversation integer, body blob, at integer, primary key(channel, id))
    without rowid;
create table conversation(id integer primary key, step text, slots blob);
create table outbox(id integer primary key, conversation integer, body text, sent integer default 0);
"""

encode = msgspec.json.Encoder().encode


class Write(msgspec.Struct, frozen=True):
    """One message's rows, and who waits for them."""

    done: "asyncio.Future[int]"
    update: int
    user: int
    at: int
    raw: bytes
    step: str
    slots: bytes
    reply: str


class Writer(threading.Thread):
    """Commits what waits as a group."""

    def __init__(
        self, path: Path, synchronous: Synchronous, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(daemon=True)
        self.queue: queue.SimpleQueue[Write | int] = queue.SimpleQueue()
        self._path, self._synchronous, self._loop = path, synchronous, loop
        self._row = 0

    def run(self) -> None:
        """Until the process ends."""
        connection = sqlite3.connect(self._path, isolation_level=None)
        for line in (
            "journal_mode=wal",
            f"synchronous={self._synchronous}",
            "wal_autocheckpoint=4000",
            "cache_size=-64000",
        ):
            connection.execute("pragma " + line).fetchall()
        connection.executescript(SCHEMA)
        while True:
            self._commit(connection, self._waiting())

    def _waiting(self) -> list[Write | int]:
        group = [self.queue.get()]
        while len(group) < GROUP:
            try:
                group.append(self.queue.get_nowait())
            except queue.Empty:
                break
        return group

    def _commit(self, connection: sqlite3.Connection, group: list[Write | int]) -> None:
        done: list[tuple[asyncio.Future[int], int]] = []
        connection.execute("begin immediate")
        for write in group:
            if isinstance(write, int):
                connection.execute("update outbox set sent=1 where id=?", (write,))
            else:
                done.append((write.done, self._write(connection, write)))
        connection.execute("commit")
        if done:
            self._loop.call_soon_threadsafe(_tell, done)

    def _write(self, connection: sqlite3.Connection, write: Write) -> int:
        self._row += 1
        new = connection.execute(
            "insert into inbox values('tg',?,?,?,?) on conflict do nothing",
            (write.update, write.user, write.raw, write.at),
        ).rowcount
        if new:
            connection.execute(
                "insert into conversation values(?,?,?)"
                " on conflict(id) do update set step=excluded.step, slots=excluded.slots",
                (write.user, write.step, write.slots),
            )
            connection.execute(
                "insert into outbox(id, conversation, body) values(?,?,?)",
                (self._row, write.user, write.reply),
            )
        return self._row


def _tell(done: list[tuple["asyncio.Future[int]", int]]) -> None:
    for future, row in done:
        future.set_result(row)


def _next(step: str, slots: dict[str, Any], text: str) -> tuple[str, dict[str, Any], str]:
    if text == "/start":
        return "menu", {}, "Choose:"
    if step == "menu":
        return "name", slots, "Your name?"
    if step == "name":
        return "phone", {**slots, "name": text}, "Your phone?"
    if step == "phone":
        if PHONE.match(text):
            return "confirm", {**slots, "phone": text}, "All right?"
        return "phone", slots, "That is not a phone"
    return "idle", {}, THANKS


async def build(folder: Path, synchronous: Synchronous) -> Engine:
    """An engine in `folder`."""
    writer = Writer(folder / "floor.db", synchronous, asyncio.get_running_loop())
    writer.start()
    states: dict[int, tuple[str, dict[str, Any]]] = {}
    engine = Engine()

    async def dispatch(id: int, user: int, text: str) -> None:
        raw = update(id, user, text)
        message = decode(raw).message
        step, slots, reply = _next(*states.get(message.chat.id, ("idle", {})), message.text)
        states[message.chat.id] = (step, slots)
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        writer.queue.put(Write(done, id, user, message.date, raw, step, encode(slots), reply))
        row = await done
        engine.said(reply)
        writer.queue.put(row)

    engine.dispatch = dispatch
    return engine
