"""A program whose messenger brings a message that kills it, again and again until it is acknowledged, and another one.

deadly.py DATABASE MEMORY    ends with 0 when both are answered or set aside; MEMORY is what the messenger remembers
"""

import asyncio
import os
import sys
from pathlib import Path

from bot import worker as module
from bot.clock import SystemClock
from bot.dialog.moment import Moment
from bot.inbox import Inbox
from bot.model.conversation import Conversation
from bot.model.effect import Send
from bot.model.event import Event, Incoming, MessageReceived
from bot.model.message import say
from bot.model.turn import Turn
from bot.project import read_project
from bot.stage import Stage
from bot.storage.sqlite import SqliteStore
from bot.worker import Worker
from tests.unit.loops.playing import PATIENCE, running, settled, texts

TOP = Path(__file__).parents[3]


def deadly(conversation: Conversation, event: Event, moment: Moment) -> Turn:
    """Dies of one word, repeats any other."""
    assert isinstance(event, MessageReceived)
    if event.message.text.plain == "смерть":
        os._exit(9)
    return Turn(conversation, (Send(event.message),))


async def is_over(store: SqliteStore) -> bool:
    """Whether the one is answered and a person called for the other."""
    due = await store.due_deliveries("telegram", after=0, limit=9)
    return "жизнь" in texts(due) and len(await store.tickets()) == 1


async def main(database: Path, memory: Path) -> None:
    """One life."""
    vars(module)["take_turn"] = deadly
    project = read_project(TOP)
    assert project.script is not None
    store = SqliteStore(database, synchronous="NORMAL")
    await store.open()
    clock = SystemClock()
    inbox = Inbox(store, clock, {"telegram": "telegram"})
    worker = Worker(store, clock, Stage(project.script, project.config.business))
    inbox.on_events = worker.bell.ring
    remembered = memory.read_text()  # noqa: ASYNC240  (nothing else runs)
    async with running(worker), asyncio.timeout(PATIENCE):
        await settled(worker)
        for id, text, who in (("1", "смерть", "z"), ("2", "жизнь", "a")):
            if id not in remembered:
                await inbox.accept("telegram", [Incoming(id, MessageReceived(say(text)), who)])
                with memory.open("a") as file:
                    file.write(id)
        while not await is_over(store):  # noqa: ASYNC110  (the store is looked at, from outside the loops)
            await asyncio.sleep(0)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
