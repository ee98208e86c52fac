"""Letters on their way into the inbox: in order for each sender, the cursor never ahead of what is saved."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog

from bot.channel import Door
from bot.errors import NotSaved
from bot.model.event import Incoming

log = structlog.get_logger("email")

IN_HAND, BYTES = 64, 100_000_000
"""Letters that are in memory at the same time: so many, or so big together."""
SAVE_AGAIN = 0.5
SAVES = 3
Work = Callable[[], Awaitable[Incoming | None]]


class Begun(msgspec.Struct, frozen=True):
    """A letter that was fetched: whose it seems to be, its bytes in memory, what is to be done with it when the turn of
    its sender's comes, and what is saved where the event of it cannot be. `reading` goes on meanwhile."""

    uid: int
    work: Work
    sender: str = ""
    size: int = 0
    reading: asyncio.Task[Any] | None = None
    otherwise: Callable[[], Incoming] | None = None


class Cursor(msgspec.Struct, frozen=True):
    """Up to which letter everything is saved, under which numbering."""

    validity: int
    uid: int

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}"


def read_cursor(text: str | None) -> Cursor | None:
    """The cursor that was saved; None on the first start."""
    if text is None:
        return None
    validity, _, uid = text.partition(":")
    return Cursor(int(validity), int(uid))


class Intake:
    """The letters of one numbering. A slow one holds up only those of its own sender."""

    def __init__(self, door: Door, cursor: Cursor) -> None:
        self.validity = cursor.validity
        self.highest = cursor.uid
        """The last letter that was begun."""
        self._door = door
        self._saved = cursor.uid
        self._open: set[int] = set()
        self._bytes = 0
        self._last: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._saving = asyncio.Lock()

    async def begin(self, letter: Begun) -> None:
        """Begin with a letter; returns when there is room for it. UIDs rise."""
        while self._tasks and (len(self._tasks) >= IN_HAND or self._bytes + letter.size > BYTES):
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        self.highest = letter.uid
        self._open.add(letter.uid)
        self._bytes += letter.size
        task = asyncio.ensure_future(self._in_turn(self._last.get(letter.sender), letter))
        self._last[letter.sender] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, letter))

    def _ended(self, task: asyncio.Task[None], letter: Begun) -> None:
        self._bytes -= letter.size
        self._tasks.discard(task)
        if letter.reading is not None:
            letter.reading.cancel()
        if self._last.get(letter.sender) is task:
            del self._last[letter.sender]

    async def _in_turn(self, before: asyncio.Task[None] | None, letter: Begun) -> None:
        if before is not None:
            await asyncio.wait({before})
        uid, otherwise = letter.uid, letter.otherwise
        incoming = await letter.work()
        async with self._saving:
            self._open.discard(uid)
            for _ in range(SAVES):
                if await self._is_saved(uid, incoming):
                    return
                await asyncio.sleep(SAVE_AGAIN)
            stub = otherwise() if incoming is not None and otherwise else None
            if not await self._is_saved(uid, stub):
                await self._save(None)

    async def _is_saved(self, uid: int, incoming: Incoming | None) -> bool:
        """Whether it could be saved; a fault of ours must not keep back the letters behind this one."""
        try:
            await self._save(incoming)
        except Exception as problem:  # noqa: BLE001  (see above)
            log.error("letter not saved", uid=uid, problem=type(problem).__name__)
            return False
        return True

    async def _save(self, incoming: Incoming | None) -> None:
        """Save an event, and with it how far everything is saved then."""
        reached = min(self._open) - 1 if self._open else self.highest
        cursor = str(Cursor(self.validity, reached)) if reached > self._saved else None
        while True:
            try:
                await self._door.accept([incoming] if incoming is not None else [], cursor)
                break
            except NotSaved:
                await asyncio.sleep(SAVE_AGAIN)
        self._saved = max(self._saved, reached)

    async def settled(self) -> None:
        """Return when every letter that was begun is saved."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self) -> None:
        """Let go of what is in hand: it is taken up again from the cursor."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
