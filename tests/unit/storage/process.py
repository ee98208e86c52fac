"""A program that works a store and says what is safe, one line each, to be killed or starved by tests.

process.py DATABASE hold            opens it and waits
process.py DATABASE work SEED       accepts, answers and delivers in a hurry until it is killed
process.py DATABASE starve BYTES    the same, with a limit on how large a file may grow; ends by itself
"""

import asyncio
import random
import resource
import sys
from collections.abc import Iterator

from bot.errors import NotSaved
from bot.model.effect import Send
from bot.model.event import Incoming, MessageReceived
from bot.model.message import say
from bot.model.turn import Turn
from bot.storage.sqlite import SqliteStore
from bot.storage.store import Outcome, Taken, Waiting

NOW = 1_800_000_000_000


def tell(*words: object) -> None:
    """A line that is out before anything else happens."""
    print(*words, flush=True)


def answer(waiting: Waiting, numbers: Iterator[int]) -> Turn:
    """Repeats what was said."""
    assert isinstance(waiting.event, MessageReceived)
    return Turn(waiting.conversation, (Send(waiting.event.message),))


async def accept(store: SqliteStore, ids: list[str]) -> None:
    """Saves a batch, then says so."""
    incoming = [Incoming(id, MessageReceived(say(id)), str(hash(id) % 7)) for id in ids]
    await store.accept("telegram", "telegram", incoming, ids[-1], NOW)
    tell("accepted", *ids)


async def turn(store: SqliteStore) -> Taken:
    """Answers a batch, then says so."""
    taken = await store.take_turns(answer, answer, limit=16, now=NOW)
    for delivery in taken.deliveries:
        tell("answered", delivery.message.text.plain, delivery.id)
    return taken


async def settle(store: SqliteStore, taken: Taken) -> None:
    """Marks a batch as delivered, then says so."""
    await store.settle(
        [Outcome(one.id, "delivered", (f"x{one.id}",)) for one in taken.deliveries], NOW
    )
    for delivery in taken.deliveries:
        tell("delivered", delivery.id)


async def work(store: SqliteStore, seed: int) -> None:
    """Until killed: three at once, so that their jobs meet in one commit."""
    rng = random.Random(seed)

    async def one(number: int) -> None:
        for round_ in range(10**9):
            await accept(store, [f"{seed}-{number}-{round_}-{n}" for n in range(rng.randint(1, 8))])
            await settle(store, await turn(store))

    await asyncio.gather(*(one(number) for number in range(3)))


async def starve(store: SqliteStore, limit: int) -> None:
    """Runs into the limit, is given more room, and goes on."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    refused = 0
    for number in range(10_000):
        for job in (accept(store, [f"{number}-{n}" for n in range(8)]), turn(store)):
            try:
                await job
            except NotSaved:
                refused += 1
        if refused >= 6:
            break
    tell("refused", refused)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await accept(store, ["after"])
    while (await turn(store)).more:
        pass


async def main() -> None:
    """See above."""
    path, verb, *arguments = sys.argv[1:]
    store = SqliteStore(path)
    await store.open()
    tell("open")
    if verb == "hold":
        await asyncio.sleep(60)
    elif verb == "work":
        await work(store, int(arguments[0]))
    else:
        await starve(store, int(arguments[0]))
    await store.close()


if __name__ == "__main__":
    asyncio.run(main())
