"""Fifty customers and three operators who talk through a program that is killed all the time, and what is counted."""

import asyncio
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.acceptance.telegram.program import Program, bots, configure
from tests.fakes.telegram import FakeTelegram, Person, seen
from tests.fakes.telegram.places import Post

CUSTOMERS, OPERATORS = 50, 3
PATIENCE = 180.0
"""Seconds that a person waits for an answer while the program dies and comes back: a safety net."""
LATENCY = 0.03
"""Seconds until an answer of Telegram is back: what is between a call and its answer is in flight."""
DRAINED = 100
"""Turns of our loop after which nothing of a dead program is left in a socket."""
TOKEN = re.compile(r"Клиент\d\d-\d+")
"""Which round of whom something is about. The cards of all rounds of one customer begin alike."""

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
        self.lost_answers: list[str] = []
        """What the lives that were killed said of answers that they never got."""
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
            for number, customer in enumerate(self.customers):
                lives.create_task(self._talk(customer, self.operators[number % OPERATORS]))
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
        for _ in range(DRAINED):
            await asyncio.sleep(0)
        self.kills.append((died, self.server.world.clock()))
        self.lost_answers += [line for line in program.printed if "answer lost" in line]

    async def _talk(self, customer: Person, operator: Person) -> None:
        await customer.starts(self.bot)
        await customer.waits_for("Первое?", patience=PATIENCE)
        while not self.rounds[customer.id] or not self.enough.is_set():
            token = f"{customer.name}-{self.rounds[customer.id]}"
            await self._round(customer, operator, token)
            self.rounds[customer.id] += 1

    async def _round(self, customer: Person, operator: Person, token: str) -> None:
        await customer.writes(f"{token}а", to=self.bot)
        await customer.waits_for(f"Есть {token}а", patience=PATIENCE)
        await customer.writes(f"{token}б")
        await customer.waits_for(f"Есть {token}б", patience=PATIENCE)
        await customer.presses("Звать")
        await customer.waits_for(f"Зову {token}б", patience=PATIENCE)
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
        await customer.waits_for(f"Готово {token}", patience=PATIENCE)
        await customer.writes(f"Понял {token}")
        await customer.writes(f"Еду {token}")
        await self._in_topic(
            customer, lambda post: f"Еду {token}" in post.text and bool(post.author["is_bot"])
        )
        await operator.presses("Вернуть боту", in_=topic)
        await customer.waits_for(f"Дальше {token}б", patience=PATIENCE)

    async def _in_topic(self, customer: Person, right: Callable[[Post], bool]) -> Post:
        def look() -> Post | None:
            posts = (
                post
                for topic in self.group.chat.topics.values()
                if customer.name in topic.name
                for post in seen.posts_in(self.group.chat, topic.id)
            )
            return next((post for post in posts if right(post)), None)

        why = f"the operators saw nothing of {customer.name}"
        return await self.server.world.bell.until(look, why, PATIENCE)

    # ---- what came of it --------------------------------------------------------------------

    def expected(self, customer: Person) -> list[str]:
        """What the customer is to read, in order, without the repeated first question."""
        return [
            words
            for number in range(self.rounds[customer.id])
            for token in [f"{customer.name}-{number}"]
            for words in (
                f"Есть {token}а. Второе?",
                f"Есть {token}б. Звать?",
                f"Зову {token}б",
                f"Ответ {token}",
                f"Готово {token}",
                f"Дальше {token}б",
            )
        ]

    def said(self) -> Iterator[tuple[str, str, float]]:
        """Everything that bots said and that is said once: where, what (its first line, and of which round), and when.
        What names no round is of the one that was named there last."""
        rounds: dict[str, str] = {}
        for entry in self.server.world.journal:
            post = entry.post
            if entry.what != "new" or post is None or post.notice or not post.author["is_bot"]:
                continue
            where = f"{entry.chat.id}:{post.thread}"
            token = TOKEN.search(entry.words)
            if token:
                rounds[where] = token[0]
            if token or post.thread in self.group.chat.topics:
                first, _, _ = entry.words.partition("\n")
                yield where, f"{first} [{rounds.get(where)}]", entry.at

    def counts(self) -> "Counts":
        """Read it all off the screens."""
        return Counts(
            kills=len(self.kills),
            rounds=self.rounds.total(),
            lost=[one.name for one in self.customers if self._missed(one)],
            out_of_order=[one.name for one in self.customers if self._disordered(one)],
            tickets_twice=self._tickets_twice(),
            **self._doubled(),
        )

    def _read(self, customer: Person) -> list[str]:
        """What the customer read, each thing once."""
        return list(dict.fromkeys(text for text in customer.reads(self.bot) if "-" in text))

    def _missed(self, customer: Person) -> bool:
        return not set(self.expected(customer)) <= set(self._read(customer))

    def _disordered(self, customer: Person) -> bool:
        return self._read(customer) != self.expected(customer)

    def _tickets_twice(self) -> list[str]:
        """Calls for a person that have not exactly one ticket."""
        numbers: defaultdict[str, set[str]] = defaultdict(set)
        for post in self.group.chat.posts.values():
            card = re.match(r"Заявка №(\d+)", post.text)
            about = re.search(r"Дело (\S+)б", post.text)
            if card and about:
                numbers[about[1]].add(card[1])
        wanted = self.rounds.total()
        wrong = [f"{token}: {sorted(found)}" for token, found in numbers.items() if len(found) != 1]
        return wrong if len(numbers) == wanted else [*wrong, f"{len(numbers)} for {wanted}"]

    def _doubled(self) -> dict[str, Any]:
        """Copies. A delivery is one call at a time in each place, so that a kill may double one message in each."""
        copies: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        for where, what, at in self.said():
            copies[where, what].append(at)
        across: Counter[tuple[str, float]] = Counter()
        in_one_life = []
        for (where, what), times in copies.items():
            for first, second in pairwise(times):
                between = (kill for kill, taken in self.kills if first <= taken and kill <= second)
                kill = next(between, None)
                if kill is None:
                    in_one_life.append(f"{where} {what}, {first:.3f} and {second:.3f}")
                else:
                    across[where, kill] += 1
        return {
            "doubled": across.total(),
            "doubled_in_one_life": in_one_life,
            "doubled_beside_another": [where for (where, _), count in across.items() if count > 1],
        }


@dataclass
class Counts:
    """What is printed, and asserted."""

    kills: int
    rounds: int
    lost: list[str]
    out_of_order: list[str]
    tickets_twice: list[str]
    doubled: int
    doubled_in_one_life: list[str]
    doubled_beside_another: list[str]

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.rounds} calls for a person by {CUSTOMERS} customers answered by {OPERATORS} "
            f"operators: lost {len(self.lost)}, tickets twice {len(self.tickets_twice)}, steps skipped or out of order "
            f"{len(self.out_of_order)}, doubled {self.doubled}, at most one in each chat at a kill"
        )
