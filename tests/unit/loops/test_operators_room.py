"""The operators' room with the whole program around it, but for its messenger."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bot.app import App, Limits
from bot.channel import Delivery, Undeliverable
from bot.clock import ObedientClock
from bot.model.abilities import TELEGRAM_DESK
from bot.model.event import Event, Incoming, MessageReceived, OperatorActed, OperatorReplied
from bot.model.message import Attachment, Message, say
from bot.model.text import Text
from bot.project import read_project
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.unit.loops.playing import NOW

CONFIG = """
name: Echo
language: ru
hours: {default: {mon-sun: "09:00-19:00"}}
spam: {burst: 50, new_conversations: 3}
"""
MENU = "flow: menu\nstart: {commands: [menu, start]}\nsteps: [{say: Меню.}]\n"
ROOM = msgspec.structs.replace(TELEGRAM_DESK, per_minute=0, merge_after=0)
EVERY = 30_000
HOUR = 3_600_000
"""At NOW it is eleven in the morning in Moscow."""


class House:
    """A shop with one customers' channel and the operators' room."""

    def __init__(self, app: App, customers: FakeAdapter, room: FakeAdapter) -> None:
        self.app = app
        self.customers = customers
        self.room = room
        self._count = itertools.count(1)

    async def quiet(self) -> None:
        await asyncio.wait_for(self.app.quiet(), 20)

    async def writes(self, who: str, words: str) -> None:
        await self.customers.write(who, words)
        await self.quiet()

    async def general(self, event: Event) -> None:
        number = f"g{next(self._count)}"
        await self.room.push(Incoming(number, event, "general", message_id=number))
        await self.quiet()

    async def acts(
        self, who: str, verb: str, ticket: int = 0, argument: str = "", by: str = "1"
    ) -> None:
        number, here = f"p{next(self._count)}", await self._conversation(who)
        event = OperatorActed(by, verb, argument, ticket, {"1": "Ольга"}.get(by, "Борис"))
        await self.room.push(Incoming(number, event, str(here), conversation=here))
        await self.quiet()

    async def answers(self, who: str, words: str, reply_to: int | None = None) -> str:
        number, here = f"o{next(self._count)}", await self._conversation(who)
        message = Message(Text(words), reply_to=reply_to)
        event = OperatorReplied("1", message, "Ольга", number)
        await self.room.push(
            Incoming(number, event, str(here), conversation=here, message_id=number)
        )
        await self.quiet()
        return number

    async def _conversation(self, who: str) -> int:
        found = await self.app.store.find_conversation("telegram", who)
        assert found is not None
        return found.id

    def lists(self) -> list[str]:
        """The pinned list, version by version."""
        return [one.message.text.plain for one in self.room.deliveries if one.key == "list"]

    def marks(self) -> list[tuple[str, str]]:
        """Reactions at the desk."""
        return [
            (one.external_id, one.message.text.plain)
            for one in self.room.deliveries
            if one.kind == "react"
        ]

    def last(self) -> Delivery:
        """The newest words at the desk."""
        return [one for one in self.room.deliveries if one.kind == "send"][-1]


@pytest.fixture
async def house(store: SqliteStore, clock: ObedientClock, tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "flows").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "flows" / "menu.yaml").write_text(MENU, encoding="utf-8")
    read = read_project(tmp_path)
    assert read.script is not None, read.findings
    customers, room = FakeAdapter(), FakeAdapter(ROOM)
    app = App(
        read.script,
        read.config.business,
        store,
        {"telegram": customers, "operators": room},
        clock,
        Files(tmp_path / "files"),
        limits=Limits(stop=100),
    )
    await app.start()
    there = House(app, customers, room)
    await there.quiet()
    await there.general(OperatorActed("1", "connected", "olga", operator_name="Ольга"))
    yield there
    await app.stop()


async def test_who_connects_is_welcomed_and_the_list_stands(house: House) -> None:
    assert "вы старший" in house.last().message.text.plain
    assert house.lists()[-1] == "Открытых заявок нет."
    await house.general(OperatorReplied("1", say("/who"), "Ольга"))
    assert "Ольга - старший" in house.last().message.text.plain


async def test_the_list_follows_the_tickets_and_not_too_often(
    house: House, clock: ObedientClock
) -> None:
    before = len(house.lists())
    for who in ("anna", "boris"):
        await house.writes(who, "оператор")
    await house.acts("anna", "take")
    assert len(house.lists()) == before
    clock.advance_to(NOW + EVERY)
    await house.quiet()
    assert house.lists()[before:] == [
        "Открытые заявки: 2\n№2 Клиент просит человека - в очереди\n№1 Клиент просит человека - ведёт Ольга"
    ]


async def test_a_line_shows_that_it_waits_and_that_it_arrived(house: House) -> None:
    await house.writes("anna", "оператор")
    await house.acts("anna", "take")
    line = await house.answers("anna", "Здравствуйте")
    assert house.customers.texts("anna")[-1] == "Здравствуйте"
    assert house.marks() == [(line, "👀"), (line, "👌")]


async def test_a_line_that_failed_is_sent_again_by_a_press(house: House) -> None:
    await house.writes("anna", "оператор")
    await house.acts("anna", "take")
    house.customers.failures.append(Undeliverable("нельзя"))
    line = await house.answers("anna", "Здравствуйте")
    assert house.marks() == [(line, "👀"), (line, "👎")]
    told = house.last()
    assert "Клиенту не доставлено: нельзя" in told.message.text.plain
    assert told.message.buttons[0][0].payload == f"t:1:retry:{line}"
    await house.acts("anna", "retry", 1, line)
    assert house.customers.texts("anna")[-1] == "Здравствуйте"
    assert house.marks()[-1] == (line, "👌")


async def test_replies_answer_the_same_message_at_both_sides(house: House) -> None:
    await house.writes("anna", "оператор")
    await house.acts("anna", "take")
    await house.writes("anna", "А в субботу?")
    copy = house.last()
    here, theirs = copy.address, copy.id
    stands = await house.app.store.said("operators", here, str(theirs))
    assert stands is not None
    line = await house.answers("anna", "Да", reply_to=stands.message)
    answer = house.customers.deliveries[-1]
    assert answer.reply_external_id == "fake-2"
    mine = await house.app.store.said("telegram", "anna", str(answer.id))
    assert mine is not None
    question = Message(Text("А в воскресенье?"), reply_to=mine.message)
    await house.customers.bring("anna", MessageReceived(question))
    await house.quiet()
    assert house.last().reply_external_id == line


async def test_a_flood_of_strangers_opens_no_topics_and_the_list_tells_until_it_is_over(
    house: House, clock: ObedientClock
) -> None:
    clock.advance(EVERY)
    await house.quiet()
    for number in range(8):
        await house.writes(f"бот{number}", "оператор")
    cards = [one for one in house.room.deliveries if one.key.startswith("card:")]
    assert len({one.key for one in cards}) == 3
    for number in range(3, 8):
        assert house.customers.texts(f"бот{number}") == ["Меню."]
    clock.advance(2 * EVERY)
    await house.quiet()
    assert "показывает им только меню" in house.lists()[-1]
    clock.advance(11 * 60_000)
    await house.quiet()
    assert "меню" not in house.lists()[-1]
    kept = await house.app.store.find_conversation("telegram", "бот7")
    assert kept is not None
    lines = await house.app.store.lines(kept.id)
    assert [one.message.text.plain for one in lines] == ["оператор", "Меню."]


async def test_who_is_dismissed_leaves_no_ticket_waiting_for_them(house: House) -> None:
    await house.general(OperatorActed("1", "operator", argument="2 operator Борис"))
    await house.writes("anna", "оператор")
    await house.acts("anna", "take", by="2")
    await house.general(OperatorActed("1", "operator", argument="2 нет Борис"))
    assert "заявка №1 снова в очереди" in house.last().message.text.plain
    found = await house.app.store.find_conversation("telegram", "anna")
    assert found is not None
    assert found.ticket is not None
    assert (found.ticket.state, found.ticket.owner) == ("waiting", "")
    await house.acts("anna", "take", by="2")
    assert "Вы пока не оператор" in house.last().message.text.plain


async def test_the_morning_starts_with_what_came_at_night(
    house: House, clock: ObedientClock
) -> None:
    for hours in (10, 2):
        clock.advance(hours * HOUR)
        await house.quiet()
    await house.writes("anna", "оператор")
    assert "Ответим завтра в 9:00" in house.customers.texts("anna")[-1]
    while house.app.clock.now() < NOW + 22 * HOUR:
        clock.advance_to(min(clock.next_wake() or NOW + 22 * HOUR, NOW + 22 * HOUR))
        await house.quiet()
    told = house.last()
    assert told.address == "general"
    assert told.message.text.plain == (
        "Доброе утро! Ждут ответа: 1\n№1 Клиент просит человека - с 15.01 23:00"
    )


async def test_a_voice_message_before_the_ticket_is_heard_answered_and_comes_once(
    house: House,
) -> None:
    house.customers.files["v1"] = b"OggS" + bytes(300)
    voice = Attachment("voice", source="v1")
    await house.customers.bring("anna", MessageReceived(Message(attachments=(voice,))))
    await house.quiet()
    await house.writes("anna", "оператор")
    heard = [one for one in house.room.deliveries if one.message.attachments]
    assert [one.message.attachments[0].size for one in heard] == [304]
    await house.acts("anna", "take")
    conversation = await house.app.store.find_conversation("telegram", "anna")
    assert conversation is not None
    lines = await house.app.store.lines(conversation.id)
    (line,) = [one for one in lines if one.message.attachments]
    assert await house.app.store.external_ids(line.id) == [
        ("operators", str(conversation.id), str(heard[0].id)),
        ("telegram", "anna", "fake-1"),
    ]
    await house.answers("anna", "Слышу вас", reply_to=line.id)
    assert house.customers.deliveries[-1].reply_external_id == "fake-1"
    await house.acts("anna", "close")
    await house.writes("anna", "оператор")
    heard = [one for one in house.room.deliveries if one.message.attachments]
    assert len(heard) == 1
