"""Outside calls: carried out at least once, with a timeout and retries; the end comes back through the inbox."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import msgspec
import structlog

from bot.clock import Bell, Clock, asked_to_end
from bot.errors import NotSaved
from bot.logs import fault
from bot.storage.store import Store, WaitingCall

log = structlog.get_logger("calls")

AT_ONCE, OF_ONE = 64, 16
"""Calls under way at a time, and those of them to one system: one that hangs leaves room for the others."""
LOOKED_AT = 256
"""So many of the calls that wait longest are looked at for one that may be made now."""
FIRST_PAUSE, LONGEST_PAUSE = 1_000, 60_000
SLOW = 1_000
"""A call that takes longer, in ms, is shown to who waits for it."""


class CallFailed(Exception):
    """The call failed. `again` when another try may succeed; `result` is what the flow may look at (`status`)."""

    def __init__(self, problem: str, *, again: bool = False, result: Any = None) -> None:
        super().__init__(problem)
        self.again = again
        self.result = result


class Finished(msgspec.Struct, frozen=True):
    """How one try ended; `again_at` is set when it will be made once more."""

    ok: bool
    result: Any = None
    problem: str = ""
    again_at: int | None = None


Carry = Callable[[WaitingCall], Awaitable[Any]]
"""Carries out one call: returns its result, or raises `CallFailed`."""


class Calls:
    """One loop for all calls; each in a task of its own, so that a slow system delays nobody else."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        carriers: Mapping[str, Carry],
        *,
        rng: random.Random | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._carriers = carriers
        self._rng = rng or random.Random()  # noqa: S311  (jitter)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._systems: Counter[str] = Counter()
        self.bell = Bell(clock)
        self.on_events: Callable[[], None] = lambda: None
        self.on_slow: Callable[[int], Awaitable[None]] | None = None
        """Told once of a conversation that waits for a slow call."""
        self.looking = False

    @property
    def busy(self) -> bool:
        """Whether a call is being made."""
        return bool(self._under_way) or self.looking

    def ring(self) -> None:
        """There is a call to make."""
        self.looking = True
        self.bell.ring()

    async def run(self) -> None:
        """Until cancelled; calls under way are cancelled too and made again after the next start."""
        self.ring()
        try:
            while True:
                await self.bell.wait()
                try:
                    await self._start_due()
                except Exception as problem:  # noqa: BLE001  (calls under way must not go with it)
                    log.error("calls not read", **fault(problem))
                    self.bell.ring(self._clock.now() + FIRST_PAUSE)
                self.looking = False
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _start_due(self) -> None:
        self.looking = True
        now = self._clock.now()
        for call in await self._store.due_calls(now=now, limit=LOOKED_AT):
            system = _system(call)
            full = len(self._under_way) >= AT_ONCE or self._systems[system] >= OF_ONE
            if call.id not in self._under_way and not full:
                task = asyncio.ensure_future(self._make(call))
                self._under_way[call.id] = task
                self._systems[system] += 1
                task.add_done_callback(partial(self._done, call.id, system))
        if (later := await self._store.next_call(now=now)) is not None:
            self.bell.ring(later)

    def _done(self, call: str, system: str, _: asyncio.Task[None]) -> None:
        del self._under_way[call]
        self._systems[system] -= 1
        if not self._systems[system]:
            del self._systems[system]
        self.ring()

    async def _make(self, call: WaitingCall) -> None:
        slow = asyncio.ensure_future(self._tell_slow(call))
        try:
            finished = await self._try(call)
        finally:
            slow.cancel()
        while True:
            try:
                await self._store.settle_call(
                    call.id,
                    ok=finished.ok,
                    result=finished.result,
                    problem=finished.problem,
                    again_at=finished.again_at,
                    now=self._clock.now(),
                )
                break
            except NotSaved as problem:
                log.error("call not written down", call=call.id, problem=str(problem))
                await self._clock.sleep_until(self._clock.now() + FIRST_PAUSE)
            except Exception as problem:
                if finished.result is None:
                    raise
                # Not written down, the call would be made again for ever.
                log.error("the result of a call cannot be kept", call=call.id, **fault(problem))
                finished = Finished(ok=False, problem="its result cannot be kept")
        if finished.again_at is None:
            self.on_events()

    async def _tell_slow(self, call: WaitingCall) -> None:
        if self.on_slow is None or call.attempts:
            return
        await self._clock.sleep_until(self._clock.now() + SLOW)
        try:
            await self.on_slow(call.conversation)
        except Exception as problem:  # noqa: BLE001  (a courtesy)
            log.debug("typing not shown", conversation=call.conversation, **fault(problem))

    async def _try(self, call: WaitingCall) -> Finished:
        carry = self._carriers.get(call.kind)
        if carry is None:
            return Finished(
                ok=False, problem=f"nothing here carries out calls of kind {call.kind!r}"
            )
        try:
            async with asyncio.timeout(call.timeout / 1000):
                return Finished(ok=True, result=await carry(call))
        except CallFailed as problem:
            return self._failed(call, str(problem), again=problem.again, result=problem.result)
        except TimeoutError:
            return self._failed(call, f"no answer within {call.timeout / 1000:g} s", again=True)
        # The owner's code may raise anything.
        except (Exception, SystemExit, asyncio.CancelledError) as problem:
            if asked_to_end():
                raise
            log.warning("call raised", call=call.id, kind=call.kind, **fault(problem))
            return self._failed(call, f"{type(problem).__name__} in the called code", again=False)

    def _failed(
        self, call: WaitingCall, problem: str, *, again: bool, result: Any = None
    ) -> Finished:
        if not again or call.attempts >= call.retries:
            return Finished(ok=False, problem=problem, result=result)
        pause = min(FIRST_PAUSE << min(call.attempts, 16), LONGEST_PAUSE)
        at = self._clock.now() + round(pause * self._rng.uniform(0.5, 1.0))
        return Finished(ok=False, problem=problem, result=result, again_at=at)


def _system(call: WaitingCall) -> str:
    """What a call depends on: the host, or the owner's action."""
    url = str(call.request.get("url") or "")
    return url.split("/")[2] if url.count("/") > 1 else str(call.request.get("action") or call.kind)
