"""Blocking calls beside the loop: each in a thread of its own that nobody has to wait for.

The threads are daemons: one that hangs in a call holds up neither the others nor the end of the program. An executor
would do both: its workers are joined at exit, and a few hung ones fill it.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from adapters.vk.faults import Unreached

MOST = 64
"""Threads of one channel at a time, those that hang among them."""

T = TypeVar("T")


class Threads:
    """Runs what blocks."""

    def __init__(self) -> None:
        self._running = threading.Semaphore(MOST)

    async def run(self, work: Callable[[], T], seconds: float) -> T:
        """What `work` returns or raises. Raises `Unreached` after so many seconds, or where too much hangs already."""
        if not self._running.acquire(blocking=False):
            raise Unreached("too many calls hang", everywhere=True)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def carry_out() -> None:
            try:
                settle = _settled(done, work())
            except BaseException as problem:  # noqa: BLE001 - it is raised where it is waited for
                settle = _failed(done, problem)
            finally:
                self._running.release()
            # The loop may have ended meanwhile.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle)

        try:
            threading.Thread(target=carry_out, name="vk", daemon=True).start()
        except RuntimeError:
            self._running.release()
            raise Unreached("no thread to be had", everywhere=True) from None
        try:
            async with asyncio.timeout(seconds):
                return await done
        except TimeoutError:
            raise Unreached("no answer in time") from None


def _settled(done: "asyncio.Future[T]", result: T) -> Callable[[], None]:
    return lambda: None if done.done() else done.set_result(result)


def _failed(done: "asyncio.Future[T]", problem: BaseException) -> Callable[[], None]:
    return lambda: None if done.done() else done.set_exception(problem)
