"""Short words for tests of the loops: rows to deliver, loops that run for a while, waiting without sleeping."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from bot.channel import Delivery
from bot.model.effect import Effect, Send
from bot.model.event import Event, Incoming, MessageReceived
from bot.model.message import say
from bot.model.turn import Turn
from bot.storage.store import Store, TakeTurn, Waiting

NOW = 1_800_000_000_000
PATIENCE = 20.0
"""Seconds after which what should happen by itself is given up."""

_numbers = itertools.count(1)


def wrote(text: str, address: str = "anna") -> Incoming:
    """A customer's message on its way in, under an id of its own."""
    number = f"m{next(_numbers)}"
    return Incoming(number, MessageReceived(say(text)), address, message_id=number)


def brought(event: Event, address: str = "anna") -> Incoming:
    """Any event on its way in."""
    return Incoming(f"e{next(_numbers)}", event, address)


def doing(*effects: Effect) -> TakeTurn:
    """A turn that has these effects, whatever the event."""
    return lambda waiting, numbers: Turn(waiting.conversation, effects)


def never(waiting: Waiting, numbers: Iterator[int]) -> Turn:
    """Giving up must not happen here."""
    raise AssertionError("gave up")


async def have(store: Store, *effects: Effect, address: str = "anna") -> tuple[Delivery, ...]:
    """Write down what a turn of this customer would want; the rows of the outbox it made."""
    await store.accept("telegram", "telegram", [wrote("?", address)], None, NOW)
    taken = await store.take_turns(doing(*effects), never, limit=100, now=NOW)
    return taken.deliveries


async def said(store: Store, *texts: str, address: str = "anna") -> tuple[Delivery, ...]:
    """Have these texts wait for an address."""
    return await have(store, *(Send(say(text)) for text in texts), address=address)


async def events(store: Store) -> list[Event]:
    """What waits in the inbox, taken."""
    found: list[Event] = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        found.append(waiting.event)
        return Turn(waiting.conversation)

    await store.take_turns(take, never, limit=1000, now=NOW)
    return found


class Loop(Protocol):
    """What runs until it is cancelled, and knows whether it is idle."""

    @property
    def busy(self) -> bool: ...

    async def run(self) -> None: ...


@asynccontextmanager
async def running(*loops: Loop) -> AsyncIterator[None]:
    """Run loops; they are stopped at the end, and must not have died before."""
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield
        for task in tasks:
            if task.done():
                await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(true: Callable[[], Any]) -> None:
    """Return when it is so."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110  (what is waited for is the loops' own business)
            await asyncio.sleep(0)


async def settled(*loops: Loop) -> None:
    """Return when nothing is in hand, after everything that was woken had its turn."""
    for _ in range(3):
        for _ in range(20):
            await asyncio.sleep(0)
        await until(lambda: not any(loop.busy for loop in loops))


def failing_once(method: Callable[..., Awaitable[Any]], problem: Exception, times: int = 1) -> Any:
    """The same method, which first fails so many times."""
    left = [problem] * times

    async def tried(*arguments: Any, **named: Any) -> Any:
        if left:
            raise left.pop()
        return await method(*arguments, **named)

    return tried


def texts(deliveries: Sequence[Delivery]) -> list[str]:
    """Their words."""
    return [delivery.message.text.plain for delivery in deliveries]
