"""The program as a process that is killed at random moments, while twenty people write to it on VK."""

import asyncio
import random
import socket
from collections import Counter
from pathlib import Path
from typing import Any

from tests.acceptance.kills import FLOW
from tests.acceptance.telegram.program import Program
from tests.fakes.vk import FakeVk, Person

PEOPLE = 20
PATIENCE = 120.0
SAID = "Получено "
FORGETS = 0.3
ODD: tuple[Any, ...] = ({"failed": 2}, {"failed": 3}, {}, "<html>502</html>", "cut")

CONFIG = """
name: Echo
language: ru
channels:
  vk: {{token: "{token}", group_id: {group}, api_url: "{url}", pace_per_address: 20{more}}}
spam: {{burst: 100000, new_conversations: 100000}}
"""


SECRET = "s3cret-of-the-calls"


def business(folder: Path, vk: FakeVk, port: int = 0) -> Path:
    """One that repeats what it is told; called by VK on a port, if there is one."""
    (folder / "flows").mkdir(parents=True)
    more = f', mode: callback, callback: {{secret: "{SECRET}"}}' if port else ""
    text = CONFIG.format(token=vk.world.token, group=vk.world.group_id, url=vk.url, more=more)
    text += f"http: {{listen: 127.0.0.1:{port}}}\n" if port else ""
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    (folder / "flows" / "echo.yaml").write_text(FLOW, encoding="utf-8")
    return folder


class Crowd:
    """Twenty people who write, and remember what."""

    def __init__(self, vk: FakeVk, rng: random.Random) -> None:
        self.vk = vk
        self._rng = rng
        self.people = [vk.person(f"Клиент {number}") for number in range(PEOPLE)]
        self.wrote: dict[int, list[str]] = {person.id: [] for person in self.people}

    async def write(self, messages: int) -> None:
        """So many, from anybody, with the loop's breath between them."""
        for _ in range(messages):
            person = self._rng.choice(self.people)
            lines = self.wrote[person.id]
            line = f"{person.id}-{len(lines)}" if person.talk.messages else "/start"
            if line != "/start":
                lines.append(line)
            person.says(line)
            await asyncio.sleep(0)

    def answers(self, person: Person) -> list[str]:
        """What was said to have been received from somebody, in order."""
        return [one.removeprefix(SAID) for one in person.sees() if one.startswith(SAID)]

    @property
    def answered(self) -> int:
        """All of it."""
        return sum(len(self.answers(person)) for person in self.people)

    def lost(self) -> list[str]:
        """What nobody answered."""
        return [
            line
            for person in self.people
            for line in self.wrote[person.id]
            if line not in self.answers(person)
        ]

    def doubled(self) -> list[str]:
        """What was answered more than once."""
        return [
            line
            for person in self.people
            for line, times in Counter(self.answers(person)).items()
            if times > 1
        ]

    def out_of_order(self) -> list[str]:
        """People whose answers came in another order than their messages."""
        return [
            person.name for person in self.people if self.answers(person) != self.wrote[person.id]
        ]


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def run_and_kill(
    folder: Path, kills: int, seed: int, *, odd: bool = False, called: bool = False
) -> str:
    """Start, write, kill, `kills` times; then one life to the clean end. What it came to, in words. `called`: VK calls
    the program, and calls again until it hears `ok`."""
    rng = random.Random(seed)
    port = free_port() if called else 0
    async with FakeVk() as vk:
        crowd = Crowd(vk, rng)
        program = Program(business(folder, vk, port))
        if called:
            vk.callbacks.start(f"http://127.0.0.1:{port}/hooks/vk", SECRET)
        try:
            for _ in range(kills):
                await one_life(program, crowd, rng, odd=odd)
            await crowd.write(PEOPLE)
            vk.world.polls.clear()
            vk.world.faults.clear()
            await program.start()
            await vk.world.bell.until(
                lambda: not crowd.lost(),
                lambda: f"lost: {crowd.lost()[:5]}\n{program.tail()}",
                PATIENCE,
            )
            code = await program.stop()
        finally:
            await program.kill()
        written = sum(map(len, crowd.wrote.values()))
        told = f"{kills} kills, {written} written, {crowd.answered} answered, exit {code}"
        wrong = {"doubled": crowd.doubled(), "out of order": crowd.out_of_order()}
        assert not any(wrong.values()), f"{told}\n{wrong}\n{program.tail()}"
        assert crowd.answered == written, told
        assert code == 0, program.tail()
        return told


async def one_life(program: Program, crowd: Crowd, rng: random.Random, *, odd: bool) -> None:
    """From a start to a kill: sometimes in the middle of starting, mostly in the middle of work."""
    vk = crowd.vk
    early = rng.random() < 0.15
    await program.start(wait=not early)
    writing = asyncio.ensure_future(crowd.write(rng.randint(10, 40)))
    if odd:
        # Those that an earlier life had no time for would add up to minutes of backing off.
        vk.world.polls.clear()
        vk.world.faults.clear()
        vk.world.polls.extend(rng.sample(ODD, 2))
        vk.world.goes_wrong("dropped", "messages.send", times=rng.randint(0, 3))
    if early:
        await asyncio.sleep(rng.uniform(0.1, 1.0))
    else:
        wanted = crowd.answered + rng.randint(1, 15)
        await vk.world.bell.until(
            lambda: crowd.answered >= wanted or not crowd.lost(),
            lambda: f"no answers\n{program.tail()}",
            PATIENCE,
        )
        # Not only in the breath after an answer.
        await asyncio.sleep(rng.uniform(0, 0.06))
    await program.kill()
    await writing
    await crowd.write(rng.randint(0, 10))
    if rng.random() < FORGETS:
        # Off for so long that the long poll's server no longer tells of it: it has to be read up.
        vk.world.forgotten = len(vk.world.events)
