"""A small business for tests of faults: a bot that repeats words and calls people, two operators, one program."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.acceptance.telegram.program import Program, bots, configure
from tests.fakes.telegram import FakeGroup, FakeTelegram, FakeTopic, Limits, Person
from tests.fakes.telegram.group import GroupKind

FLOW = """
flow: эхо
title: Эхо
start: {commands: [start]}
slots:
  слово: {type: text, max: 4000}
steps:
  - id: ещё
    ask: "{% if слово %}Есть {{ слово }}.{% else %}Слово?{% endif %}"
    save: слово
    always: true
  - goto: ещё
"""
LOUD = "spam: {burst: 1000000, new_conversations: 1000000}\n"


class Shop:
    """Everything is there; `program` is not started yet."""

    def __init__(self, server: FakeTelegram, folder: Path, forge: str, kind: GroupKind) -> None:
        self.server = server
        self.folder = folder
        self.bot, self.desk = bots(server)
        self.anna = server.person("Анна")
        self.oleg, self.maria = server.person("Олег"), server.person("Мария")
        people = [self.oleg, self.maria]
        make = server.forum if kind == "forum" else server.group
        self.group: FakeGroup = make("Операторы", members=people, bot=self.desk, admin=True)
        self.program = Program(folder, forge)
        (folder / "flows").mkdir(parents=True)
        (folder / "flows" / "эхо.yaml").write_text(FLOW, encoding="utf-8")
        self.settles()

    async def opens(self) -> None:
        """The program runs, and Anna has said hello."""
        await self.program.start()
        await self.anna.starts(self.bot)
        await self.anna.waits_for("Слово?")

    def settles(
        self, *, telegram: str = "", http: str = "", pace: int = 50, more: str = LOUD
    ) -> None:
        """Write the configuration."""
        configure(
            self.folder,
            self.server,
            telegram=f", pace_per_address: {pace}{telegram}",
            operators=f', group: "{self.group.id}", trust_group: true, per_minute: 10000, edit_every: 1s',
            http=http,
            more=more,
        )

    def settles_as_it_comes(self) -> None:
        """The configuration of somebody who changes no pace."""
        operators = f', group: "{self.group.id}", trust_group: true'
        configure(self.folder, self.server, operators=operators, more=LOUD)

    async def talks(self, who: Person, word: str) -> None:
        """A word, and its answer."""
        await who.writes(word, to=self.bot)
        await who.waits_for(f"Есть {word}.")

    async def hands_over(self, who: Person, taker: Person) -> FakeTopic:
        """The customer calls a person, who takes the ticket. Its topic."""
        await who.writes("оператор", to=self.bot)
        topic = await self.group.waits_for_topic(who.name)
        await self.stands(topic, "в очереди")
        await taker.presses("Взять", in_=topic)
        await self.stands(topic, f"ведёт {taker.name}")
        return topic

    async def desk_has_settled(self) -> None:
        """The room's next message is under way: what stood there before is known to the program."""
        await self.oleg.writes("/who", in_=self.group)
        await self.oleg.waits_for("Олег")

    async def takes_in_plain_group(self, taker: Person) -> None:
        """Press until the program knows the card: nobody's finger is as fast as a test."""
        press = await taker.presses("Взять", in_=self.group)
        while press and "ваша" not in await press.answered():
            press = await taker.presses("Взять")

    async def stands(self, topic: FakeTopic, words: str, patience: float = 60) -> None:
        """Wait until the desk's bot says this in a topic."""
        await self.server.until(
            lambda: any(words in one.text and one.who == self.desk.name for one in topic.sees()),
            f"nobody said «{words}»",
            patience,
        )

    async def talks_to_operators(self, word: str, topic: FakeTopic) -> None:
        """The customer's word reaches the topic."""
        await self.anna.writes(word, to=self.bot)
        await self.stands(topic, word)

    def said_to(self, who: Person) -> list[str]:
        """What the customer reads of the bot's words of one word, in order."""
        return [text for text in who.reads(self.bot) if text.startswith("Есть ")]

    def tickets(self) -> list[str]:
        """The first lines of all cards."""
        return [one.text.partition("\n")[0] for one in self.group.sees() if "Заявка №" in one.text]


@asynccontextmanager
async def shop(
    folder: Path, forge: str, kind: GroupKind = "forum", limits: Limits | None = None
) -> AsyncIterator[Shop]:
    """A shop whose program is gone at the end."""
    async with FakeTelegram(limits=limits) as server:
        made = Shop(server, folder / "business", forge, kind)
        try:
            yield made
        except BaseException:
            print("\n".join(made.program.printed[-30:]))
            raise
        finally:
            await made.program.kill()
