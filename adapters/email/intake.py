"""Letters on their way into the inbox: in order for each sender, the cursor never ahead of what is saved."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from bot.channel import Door
from bot.errors import NotSaved
from bot.model.event import Incoming

log = structlog.get_logger("email")

IN_HAND = 8
"""Letters that are being read at the same time."""
SAVE_AGAIN = 0.5
SAVES = 3
Work = Callable[[], Awaitable[Incoming | None]]


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
        self._room = asyncio.Semaphore(IN_HAND)
        self._last: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._saving = asyncio.Lock()

    async def begin(
        self, uid: int, sender: str, work: Work, otherwise: Callable[[], Incoming] | None = None
    ) -> None:
        """Begin with a letter; returns when there is room for it. UIDs rise. `otherwise` is what is saved where the
        event of the letter cannot be."""
        await self._room.acquire()
        self.highest = uid
        self._open.add(uid)
        task = asyncio.ensure_future(self._in_turn(self._last.get(sender), uid, work, otherwise))
        self._last[sender] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, sender))

    def _ended(self, task: asyncio.Task[None], sender: str) -> None:
        self._room.release()
        self._tasks.discard(task)
        if self._last.get(sender) is task:
            del self._last[sender]

    async def _in_turn(
        self,
        before: asyncio.Task[None] | None,
        uid: int,
        work: Work,
        otherwise: Callable[[], Incoming] | None,
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        incoming = await work()
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
