"""The operators' room with the whole program around it: a real store, a real outbox, sockets to the fake Telegram."""

import asyncio
import contextlib
import itertools
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.telegram_desk.adapter import TelegramDeskAdapter
from bot.app import App, Limits
from bot.channel import Adapter
from bot.clock import ObedientClock, SystemClock
from bot.model.event import MessageEdited
from bot.model.message import say
from bot.project import read_project
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.fakes.telegram import FakeGroup, FakeTelegram, Person
from tests.fakes.telegram import Limits as TelegramLimits
from tests.fakes.telegram.places import Post
from tests.unit.telegram_desk.playing import NOW, TOKEN

CONFIG = """
name: Echo
language: ru
hours: {default: {mon-sun: "00:00-24:00"}}
operators:
  telegram: {token: x, trust_group: true}
spam: {burst: 100000, new_conversations: 100000}
"""
MENU = "flow: menu\nstart: {commands: [menu, start]}\nsteps: [{say: Меню.}]\n"
UNHURRIED = 100_000
MINUTE = 60_000
TOLD = re.compile(r"Заявку №\d+ взял\(а\) (Иван|Ольга) в ")


class House:
    """A shop: customers through a played channel, operators in the fake Telegram."""

    def __init__(self, folder: Path, clock: Any, limits: TelegramLimits | None = None) -> None:
        self.folder = folder
        self.clock = clock
        seconds: Callable[[], float] = lambda: clock.now() / 1000  # noqa: E731
        self.server = FakeTelegram(clock=seconds, limits=limits)
        self.customers = FakeAdapter()
        self.store = SqliteStore(folder / "frontdesk.db", synchronous="NORMAL")
        self.app: App
        self.group: FakeGroup
        self.ivan: Person
        self.olga: Person

    async def opens(self) -> None:
        (self.folder / "flows").mkdir()
        (self.folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        (self.folder / "flows" / "menu.yaml").write_text(MENU, encoding="utf-8")
        await self.server.start()
        self.bot = self.server.bot(TOKEN, "Стойка")
        self.ivan, self.olga = self.server.person("Иван"), self.server.person("Ольга")
        self.group = self.server.forum("Ремонт", members=(self.ivan, self.olga), bot=self.bot)
        await self.store.open()

    async def begins(self, **settings: Any) -> None:
        """A life of the program."""
        read = read_project(self.folder)
        assert read.script is not None, read.findings
        given = {
            "token": TOKEN,
            "api_url": self.server.url,
            "group": str(self.group.id),
            "language": "ru",
            **settings,
        }
        self.room = TelegramDeskAdapter("operators", given, clock=self.clock)
        adapters: dict[str, Adapter] = {"telegram": self.customers, "operators": self.room}
        files = Files(self.folder / "files")
        limits = Limits(stop=2_000)
        self.app = App(
            read.script,
            read.config.business,
            self.store,
            adapters,
            self.clock,
            files,
            limits=limits,
        )
        await self.app.start()

    async def closes(self) -> None:
        with contextlib.suppress(AttributeError):
            await self.app.stop()
        await self.store.close()
        await self.server.stop()
        assert not self.server.complaints, "\n".join(self.server.complaints)

    async def still(self) -> None:
        """Nothing is on its way, neither here nor at Telegram."""
        await self.server.until(lambda: not self.bot.unconfirmed, "updates were not read")
        await asyncio.wait_for(self.app.quiet(), 60)

    async def lives_until(self, at: int) -> None:
        """The clock goes on from wake to wake."""
        assert isinstance(self.clock, ObedientClock)
        while True:
            await self.still()
            wake = self.clock.next_wake()
            if wake is None or wake > at:
                self.clock.advance_to(at)
                await self.still()
                return
            self.clock.advance_to(wake)

    def shown(self, name: str) -> str:
        """What the newest card of a customer says."""
        card = self.card(name)
        return card.text if card is not None else ""

    def card(self, name: str) -> Post | None:
        """The newest card in a customer's topic."""
        for topic in self.group.topics:
            if name in topic.name:
                return next(
                    (
                        one
                        for one in self.group.chat.newest()
                        if one.thread == topic.id and one.text.startswith("Заявка №")
                    ),
                    None,
                )
        return None


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path, SystemClock())
    await made.opens()
    yield made
    await made.closes()


@pytest.fixture
async def slow_house(tmp_path: Path) -> AsyncIterator[House]:
    plenty = TelegramLimits(a_second=UNHURRIED, group_a_minute=UNHURRIED)
    made = House(tmp_path, ObedientClock(NOW), plenty)
    await made.opens()
    yield made
    await made.closes()


async def test_two_who_press_at_once_a_hundred_times_are_one_owner_and_one_who_is_told(
    house: House,
) -> None:
    await house.begins(per_minute=UNHURRIED, pace=10_000, pace_per_address=10_000, edit_every=1)
    numbers = iter(range(100))
    winners: list[str] = []
    while batch := list(itertools.islice(numbers, 10)):
        winners += await asyncio.gather(*(_race(house, number) for number in batch))
    owners = {name: winners.count(name) for name in ("Иван", "Ольга")}
    assert sum(owners.values()) == 100
    tickets = await house.store.tickets()
    assert len(tickets) == 100
    assert all(one.state == "taken" for one in tickets)
    print(f"\n100 pairs of presses: {owners}")


async def _race(house: House, number: int) -> str:
    """One customer, two presses in one breath; who won."""
    name = f"Клиент{number:03}"
    await house.customers.write(f"c{number}", "оператор", name=name)
    await house.server.until(lambda: house.card(name))
    topic = house.group.topic(name)
    pair = (house.ivan, house.olga) if number % 2 else (house.olga, house.ivan)
    presses = [await one.presses("Взять", in_=topic) for one in pair]
    answers = [await one.answered() for one in presses if one is not None]
    won = [at for at, words in enumerate(answers) if "ваша" in words]
    assert len(won) == 1, answers
    winner = pair[won[0]].name
    found = TOLD.match(answers[1 - won[0]])
    assert found is not None, answers
    assert found[1] == winner
    await house.server.until(lambda: f"ведёт {winner}" in house.shown(name))
    return winner


@pytest.mark.parametrize("topics", [60, pytest.param(300, marks=pytest.mark.torture)])
async def test_many_topics_change_within_a_minute_and_customers_still_come_first(
    slow_house: House, topics: int
) -> None:
    house, clock = slow_house, slow_house.clock
    await house.begins(per_minute=UNHURRIED, pace=UNHURRIED, pace_per_address=UNHURRIED)
    for number in range(topics):
        await house.customers.write(f"c{number}", "оператор", name=f"Клиент{number:03}")
    await house.lives_until(clock.now() + MINUTE)
    assert len(house.group.topics) == topics
    await house.app.stop()

    assert house.server.world.limits is not None
    house.server.world.limits.group_a_minute, house.server.world.limits.a_second = 20, 30
    clock.advance(2 * MINUTE)
    await house.begins()
    calls, began = len(house.server.calls), clock.now()
    in_order = sorted(house.group.topics, key=lambda one: one.name[2:])
    written = {}
    for second, part in enumerate(_fives(in_order)):
        for topic in part:
            await (house.ivan if topic.id % 2 else house.olga).presses("Взять", in_=topic)
        if second % 6 == 5:
            words = f"Срочно {second}"
            written[words] = clock.now()
            await house.customers.write(f"c{second}", words)
        await house.lives_until(clock.now() + 1_000)
    await house.lives_until(clock.now() + MINUTE)

    heard = {post.text: post for post in house.group.chat.posts.values() if "Срочно" in post.text}
    assert len(heard) == len(written) == topics // 30
    made = house.server.calls[calls:]
    waits, passed = [], []
    for words, at in written.items():
        there = float(heard[words].date)
        waits.append(there - at / 1000)
        cards = [
            one for one in made if one.method == "editMessageText" and at / 1000 < one.at < there
        ]
        passed.append(len(cards))
    assert max(passed) == 0, "cards went before a customer's line"
    assert max(waits) <= 60

    names = [f"Клиент{number:03}" for number in range(topics)]
    while clock.now() < began + 90 * MINUTE:
        await house.lives_until(clock.now() + 5 * MINUTE)
        if all("ведёт" in house.shown(name) for name in names):
            break
    assert all("ведёт" in house.shown(name) for name in names)
    await house.lives_until(clock.now() + 2 * MINUTE)
    (pinned,) = house.group.general.pinned
    assert pinned.text.startswith(f"Открытые заявки: {topics}")
    assert "в очереди" not in pinned.text
    made = house.server.calls[calls:]
    refused = [one for one in made if one.refused and "Too Many" in str(one.refused)]
    assert refused == []
    print(
        f"\n{topics} topics: customers' lines waited {min(waits):.0f} to {max(waits):.0f} s, "
        f"all cards right after {(clock.now() - began) / MINUTE:.0f} min, {len(made)} calls, no 429"
    )


@pytest.mark.parametrize("gentle, topics", [(None, {1, 2, 3}), (0, {4, 5})])
async def test_a_room_just_connected_gets_the_topics_of_who_waits_at_half_the_pace(
    slow_house: House, gentle: int | None, topics: set[int]
) -> None:
    await slow_house.begins(gentle_start=gentle)
    for number in range(20):
        await slow_house.customers.write(f"c{number}", "оператор", name=f"Клиент{number:03}")
    await slow_house.lives_until(slow_house.clock.now() + MINUTE - 1)
    assert len(slow_house.group.topics) in topics


def _fives(topics: list[Any]) -> list[list[Any]]:
    return [topics[at : at + 5] for at in range(0, len(topics), 5)]


async def test_a_customer_who_writes_while_the_ticket_is_closed_is_not_lost(house: House) -> None:
    await house.begins(per_minute=UNHURRIED, pace=10_000, pace_per_address=10_000, edit_every=1)
    for number in range(20):
        name, who = f"Клиент{number:03}", f"c{number}"
        await house.customers.write(who, "оператор", name=name)
        await house.server.until(lambda: house.card(name))  # noqa: B023
        topic = house.group.topic(name)
        await house.ivan.presses("Взять", in_=topic)
        await house.server.until(lambda: "ведёт" in house.shown(name))  # noqa: B023
        words, said = f"последнее слово {number}", len(house.customers.texts(who))
        close = house.ivan.writes("/close Решено", in_=topic)
        writes = house.customers.write(who, words)
        first, second = (close, writes) if number % 2 else (writes, close)
        await first
        await second
        await house.server.until(lambda: "закрыта" in house.shown(name))  # noqa: B023
        await house.still()
        relayed = any(words in one.text for one in topic.sees())
        answered = house.customers.texts(who)[said:]
        # Before the close it stands in the topic; after it the bot hears it first: the question about the mark, and more.
        assert relayed or len(answered) > 1, (topic.transcript(), answered)


async def test_of_two_who_answer_at_once_the_owners_line_goes_and_the_other_is_asked(
    house: House,
) -> None:
    await house.begins(per_minute=UNHURRIED, pace=10_000, pace_per_address=10_000, edit_every=1)
    await house.customers.write("anna", "оператор", name="Анна")
    await house.server.until(lambda: house.card("Анна"))
    topic = house.group.topic("Анна")
    await house.ivan.presses("Взять", in_=topic)
    await house.server.until(lambda: "ведёт Иван" in house.shown("Анна"))
    await house.olga.writes("Отвечу я", in_=topic)
    await house.ivan.writes("Нет, я", in_=topic)
    await house.olga.waits_for("Не отправлено: заявку №1 ведёт Иван")
    await house.still()
    texts = house.customers.texts("anna")
    assert "Нет, я" in texts
    assert "Отвечу я" not in texts


async def test_a_deleted_topic_comes_back_with_the_card_and_what_was_said(house: House) -> None:
    await house.begins(per_minute=UNHURRIED, pace=10_000, pace_per_address=10_000, edit_every=1)
    await house.customers.write("anna", "оператор", name="Анна")
    await house.server.until(lambda: house.card("Анна"))
    await house.ivan.presses("Взять", in_=house.group.topic("Анна"))
    await house.server.until(lambda: "ведёт Иван" in house.shown("Анна"))
    await house.customers.write("anna", "Вы тут?")
    await house.ivan.waits_for("Вы тут?", in_=house.group.topic("Анна"))
    house.group.topic("Анна").is_deleted()
    await house.customers.write("anna", "Ау!")
    await house.ivan.waits_for("Прежней темы больше нет", in_=house.group)
    topic = house.group.topic("Анна")
    assert len([one for one in house.group.topics if "Анна" in one.name]) == 1
    await house.still()
    told = "\n".join(topic.transcript())
    assert "Ау!" in told
    assert "Вы тут?" in told
    assert [one.text.splitlines()[0] for one in topic.pinned] == [
        "Заявка №1: Клиент просит человека"
    ]
    await house.ivan.writes("Тут!", in_=topic)
    await house.server.until(lambda: "Тут!" in house.customers.texts("anna"))


async def test_a_line_is_marked_as_queued_and_delivered(house: House) -> None:
    await house.begins(per_minute=UNHURRIED, pace=10_000, pace_per_address=10_000, edit_every=1)
    await house.customers.write("anna", "оператор", name="Анна")
    await house.server.until(lambda: house.card("Анна"))
    topic = house.group.topic("Анна")
    await house.ivan.presses("Взять", in_=topic)
    await house.server.until(lambda: "ведёт Иван" in house.shown("Анна"))
    line = await house.ivan.writes("Здравствуйте", in_=topic)
    await house.server.until(
        lambda: any(one.id == line.id and one.reactions == "👌" for one in topic.sees())
    )
    await house.ivan.writes("// перезвонить", in_=topic)
    await house.still()
    assert house.customers.texts("anna")[-1] == "Здравствуйте"
    assert topic.transcript()[-1].startswith("Иван: // перезвонить")


async def test_a_customers_edit_stands_as_a_reply_under_its_copy(house: House) -> None:
    await house.begins(per_minute=UNHURRIED, pace=10_000, pace_per_address=10_000, edit_every=1)
    await house.customers.write("anna", "оператор", name="Анна")
    await house.server.until(lambda: house.card("Анна"))
    topic = house.group.topic("Анна")
    await house.customers.write("anna", "в пять")
    await house.ivan.waits_for("в пять", in_=topic)
    await house.still()
    edited = MessageEdited("fake-2", say("в шесть"))
    await house.customers.bring("anna", edited)
    await house.ivan.waits_for("исправил сообщение: в шесть", in_=topic)
    assert topic.sees()[-1].answers == "в пять"


PAGE = Path(__file__).parents[3] / "docs" / "operators.md"
WHOLE_PATH = Path(__file__).parents[2] / "acceptance" / "telegram" / "whole_path.txt"
GOLDEN = re.compile(r"<!-- golden -->\n```\n(.*?)\n```", re.DOTALL)
SCENE = re.compile(r"<!-- scene -->\n```\n(.*?)\n```", re.DOTALL)


async def test_what_the_operators_page_shows_is_what_they_see(house: House) -> None:
    await house.begins(per_minute=UNHURRIED, pace=10_000, pace_per_address=10_000, edit_every=1)
    ivan, olga = house.ivan, house.olga
    await house.customers.write("anna", "оператор", name="Анна")
    await house.server.until(lambda: house.card("Анна"))
    topic = house.group.topic("Анна")
    await ivan.writes("Здравствуйте! Чем помочь?", in_=topic)
    await ivan.waits_for("Клиенту ничего не отправлено")
    taken = await ivan.presses("Отправить и взять")
    late = await olga.presses("Взять", in_=topic)
    assert taken is not None
    assert late is not None
    await taken.answered()
    await late.answered()
    await house.server.until(lambda: "Здравствуйте! Чем помочь?" in house.customers.texts("anna"))
    await olga.writes("Могу я", in_=topic)
    await olga.waits_for("Не отправлено")
    noted = await olga.presses("Это заметка")
    assert noted is not None
    await noted.answered()
    await house.customers.write("anna", "Сколько стоит экран?")
    await ivan.waits_for("Сколько стоит экран?", in_=topic)
    line = await ivan.writes("3 000 рублей", in_=topic)
    await house.server.until(lambda: "3 000 рублей" in house.customers.texts("anna"))
    await ivan.edits(line, "3 500 рублей", in_=topic)
    await house.server.until(lambda: "3 500 рублей" in house.customers.texts("anna"))
    await ivan.writes("/цена", in_=topic)
    await ivan.waits_for("Нет такой команды")
    await ivan.writes("/snooze 2h", in_=topic)
    await ivan.waits_for("отложена до")
    await house.still()
    shown = re.sub(r"\b\d\d:\d\d\b", "14:05", "\n".join(topic.transcript()))
    page = PAGE.read_text(encoding="utf-8")
    blocks = SCENE.findall(page)
    assert len(blocks) > 1
    for block in blocks:
        assert block in shown, shown
    for block in GOLDEN.findall(page):
        assert block in WHOLE_PATH.read_text(encoding="utf-8")
