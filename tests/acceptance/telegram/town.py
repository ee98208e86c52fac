"""Fifty customers and three operators who talk through a program that is killed all the time."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from tests.acceptance.telegram.counting import Counts, Ledger
from tests.acceptance.telegram.program import Program, bots, configure, leaked
from tests.fakes.telegram import FakeTelegram, Person, seen
from tests.fakes.telegram.bell import NeverHappened
from tests.fakes.telegram.places import Post

CUSTOMERS, OPERATORS = 50, 3
PATIENCE = 180.0
"""Seconds that a person waits for an answer when the program is not killed any more: a safety net."""
LATENCY = 0.03
"""Seconds until an answer of Telegram is back: what is between a call and its answer is in flight."""
SHOWN = 40
"""Lines of a screen that are told where something did not happen."""
WORTH_READING = ("warning", "error", "critical")
"""Levels of the program's log."""
Met = TypeVar("Met")

FLOW = """
flow: дело
title: Дело
start: {commands: [start]}
slots:
  первое: {type: text, max: 200}
  второе: {type: text, max: 200}
steps:
  - ask: Первое?
    save: первое
    always: true
  - ask: "Есть {{ первое }}. Второе?"
    save: второе
    always: true
  - choose: "Есть {{ второе }}. Звать?"
    options:
      да: {text: Звать}
  - handoff: "Дело {{ второе }}"
    say: "Зову {{ второе }}"
  - say: "Дальше {{ второе }}"
  - goto: start
"""
OPEN = """
spam: {burst: 1000000, new_conversations: 1000000}
"""


def can_be_taken(post: Post) -> bool:
    """Whether it is a card with the button."""
    return any(button["text"] == "Взять" for row in post.inline for button in row)


class Town:
    """Who lives there, and what they have done."""

    def __init__(self, server: FakeTelegram, folder: Path) -> None:
        self.server = server
        self.bot, self.desk = bots(server)
        self.customers = [server.person(f"Клиент{number:02}") for number in range(CUSTOMERS)]
        self.operators = [server.person(f"Оператор{number}") for number in range(OPERATORS)]
        self.group = server.forum("Операторы", members=self.operators, bot=self.desk)
        self.folder = folder
        self.rounds: Counter[int] = Counter()
        self.kills: list[tuple[float, float]] = []
        """When the program was killed, and when all that it had sent by then was taken in."""
        self.remarks: list[str] = []
        """What the program warned of, each line with the life that said it."""
        self.leaks: list[str] = []
        """Lines of its log in which secrets stand."""
        self.began = server.world.clock()
        self.enough = asyncio.Event()
        self._settle()

    def _settle(self) -> None:
        (self.folder / "flows").mkdir(parents=True)
        (self.folder / "flows" / "дело.yaml").write_text(FLOW, encoding="utf-8")
        everyone = ", ".join(str(one.id) for one in self.operators)
        configure(
            self.folder,
            self.server,
            telegram=", pace_per_address: 50",
            operators=f', group: "{self.group.id}", trust_group: true, per_minute: 100000, edit_every: 1s',
            more=OPEN,
        )
        config = self.folder / "config.yaml"
        text = config.read_text(encoding="utf-8")
        owners = f"operators:\n  owners: [{everyone}]\n"
        config.write_text(text.replace("operators:\n", owners), encoding="utf-8")

    # ---- what they do -------------------------------------------------------------------------

    async def live(
        self, program: Program, kills: int, rng: random.Random, *, gently: bool = False
    ) -> None:
        """Everyone talks while the program is killed so many times, or stopped `gently`, then all come to an end."""
        async with asyncio.TaskGroup() as lives:
            for customer in self.customers:
                lives.create_task(self._talk(customer))
            for _ in range(kills):
                await self._kill(program, rng, gently=gently)
            await program.start()
            self.enough.set()

    async def _kill(self, program: Program, rng: random.Random, *, gently: bool) -> None:
        """One life of a random length: most begin to work, some die while they start."""
        young = rng.random() < 0.2
        await program.start(wait=not young)
        await asyncio.sleep(rng.uniform(0, 2))
        died = self.server.world.clock()
        await (program.stop() if gently else program.kill())
        await self.server.is_left()
        self.hears_of(program)
        self.kills.append((died, self.server.world.clock()))

    def hears_of(self, program: Program) -> None:
        """A life is over: keep what it said that somebody should read."""
        self.leaks += leaked(program.printed, *(one.name for one in self.customers))
        life = len(self.kills)
        self.remarks += [f"life {life}: {line}" for line in program.printed if _is_warning(line)]

    def operator(self, customer: Person, number: int) -> Person:
        """Who takes a customer's round: another one each time, so that what names only the operator tells its round."""
        return self.operators[(self.customers.index(customer) + number) % OPERATORS]

    async def _talk(self, customer: Person) -> None:
        await customer.starts(self.bot)
        await self._hears(customer, "Первое?")
        while not self.rounds[customer.id] or not self.enough.is_set():
            number = self.rounds[customer.id]
            operator = self.operator(customer, number)
            await self._round(customer, operator, f"{customer.name}-{number}")
            self.rounds[customer.id] += 1

    async def _hears(self, customer: Person, words: str) -> None:
        await self._patiently(lambda: customer.waits_for(words, patience=PATIENCE))

    async def _patiently(self, wait: Callable[[], Awaitable[Met]]) -> Met:
        """Nobody gives up while the program is killed: how long that takes is the machine's affair."""
        while True:
            calm = self.enough.is_set()
            try:
                return await wait()
            except NeverHappened:
                if calm:
                    raise

    async def _round(self, customer: Person, operator: Person, token: str) -> None:
        await customer.writes(f"{token}а", to=self.bot)
        await self._hears(customer, f"Есть {token}а")
        await customer.writes(f"{token}б")
        await self._hears(customer, f"Есть {token}б")
        await customer.presses("Звать")
        await self._hears(customer, f"Зову {token}б")
        card = await self._in_topic(
            customer, lambda post: f"Дело {token}б" in post.text and can_be_taken(post)
        )
        topic = next(one for one in self.group.topics if one.id == card.thread)
        await operator.presses("Взять", in_=topic)
        await self._in_topic(
            customer, lambda post: f"Дело {token}б" in post.text and "ведёт" in post.text
        )
        await operator.writes(f"Ответ {token}", in_=topic)
        await operator.writes(f"Готово {token}", in_=topic)
        await self._hears(customer, f"Готово {token}")
        await customer.writes(f"Понял {token}")
        await customer.writes(f"Еду {token}")
        await self._in_topic(
            customer, lambda post: f"Еду {token}" in post.text and bool(post.author["is_bot"])
        )
        await operator.presses("Вернуть боту", in_=topic)
        await self._hears(customer, f"Дальше {token}б")

    async def _in_topic(self, customer: Person, right: Callable[[Post], bool]) -> Post:
        def look() -> Post | None:
            posts = (
                post
                for topic in self.group.chat.topics.values()
                if customer.name in topic.name
                for post in seen.posts_in(self.group.chat, topic.id)
            )
            return next((post for post in posts if right(post)), None)

        def missed() -> str:
            lines = "\n".join(self.group.transcript()[-SHOWN:])
            return (
                f"the operators saw nothing of {customer.name}; in the group stands last:\n{lines}"
            )

        bell = self.server.world.bell
        return await self._patiently(lambda: bell.until(look, missed, PATIENCE))

    def counts(self) -> Counts:
        """Read it all off the screens."""
        return Ledger(self).counts()


def _is_warning(line: str) -> bool:
    """Whether a line of the log is one that somebody should read. What is no line of the log is one."""
    try:
        told = json.loads(line) if line else {}
    except ValueError:
        return True
    return told.get("level") in WORTH_READING
