"""The outbox of a room whose messenger allows few calls: the urgent first, nothing said twice, never too many calls."""

import asyncio
import random
from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from bot.channel import Delivery, Receipt, RetryLater
from bot.clock import ObedientClock
from bot.model.abilities import TELEGRAM_DESK
from bot.model.effect import Send
from bot.model.message import Address, Attachment, Button, Message, say
from bot.outbox import ChannelOutbox
from bot.outbox.failures import FAULTS
from bot.outbox.lane import PER_LANE
from bot.storage.sqlite import SqliteStore
from bot.storage.store import Outcome
from tests.unit.loops.playing import have, running, settled, texts, until

ALARM, LINE, ANSWER, CARD, NAME, LIST = range(6)
MINUTE = 60_000
ROOM = "operators"


class Room:
    """A room in memory, with the rows of its outbox: what was called when, and what was written down."""

    def __init__(self, clock: ObedientClock, **limits: Any) -> None:
        fast = {"pace": 1e6, "pace_per_address": 1e6, **limits}
        self.abilities = msgspec.structs.replace(TELEGRAM_DESK, **fast)
        self.clock = clock
        self.deliveries: list[Delivery] = []
        self.calls: list[int] = []
        self.costs: dict[str, int] = {}
        self.failures: deque[Exception | None] = deque()
        self.shut: dict[str, int] = {}
        self.faulty = ""
        self.rows: dict[int, Delivery] = {}
        self.settled: dict[int, Outcome] = {}
        self._ids = iter(range(1, 1 << 30))

    async def deliver(self, delivery: Delivery) -> Receipt:
        cost = self.price(delivery)
        self.calls += [self.clock.now()] * max(cost, 1)
        failure = self.failures.popleft() if self.failures else None
        if failure is not None:
            raise failure
        if self.clock.now() < self.shut.get(delivery.address, 0):
            raise RetryLater("shut", (self.shut[delivery.address] - self.clock.now()) / 1000)
        if delivery.key and delivery.key == self.faulty:
            raise KeyError(delivery.key)
        self.deliveries.append(delivery)
        await asyncio.sleep(0)
        return Receipt((f"x{delivery.id}",), calls=cost)

    def price(self, delivery: Delivery) -> int:
        return self.costs.get(delivery.address, 1)

    # the store's part

    def row(self, text: str = "строка", address: str = "5", **fields: Any) -> Delivery:
        message = fields.pop("message", None) or say(text)
        id = next(self._ids)
        fields.setdefault("conversation", 1)
        made = Delivery(id, ROOM, address, message, **fields)
        self.rows[id] = made
        return made

    async def settle(self, outcomes: Iterable[Outcome], now: int) -> None:
        for one in outcomes:
            self.settled[one.delivery] = one
            if one.result != "later":
                assert self.rows.pop(one.delivery, None), "a row that is over ended once more"

    async def due_deliveries(
        self, channel: str, *, after: int, limit: int, address: str | None = None
    ) -> list[Delivery]:
        found = [
            row
            for id, row in sorted(self.rows.items())
            if id > after and address in (None, row.address)
        ]
        return found[:limit]

    async def external_ids(self, message: int) -> list[tuple[str, str, str]]:
        ended = self.settled.get(message)
        ids = ended.external_ids if ended is not None else ()
        return [(ROOM, "5", id) for id in ids]

    # what tests ask

    def said(self, address: str | None = None) -> list[str]:
        return texts([one for one in self.deliveries if address in (None, one.address)])


def outbox_of(room: Room, clock: ObedientClock) -> ChannelOutbox:
    return ChannelOutbox(ROOM, room, room, clock, rng=random.Random(1))  # type: ignore[arg-type]


@pytest.fixture
def room(clock: ObedientClock) -> Room:
    return Room(clock)


@pytest.fixture
def outbox(room: Room, clock: ObedientClock) -> ChannelOutbox:
    return outbox_of(room, clock)


async def passing(outbox: ChannelOutbox, clock: ObedientClock, ms: int) -> None:
    """Let time pass; what comes due on the way happens at its own time."""
    end = clock.now() + ms
    await settled(outbox)
    while (wake := clock.next_wake()) is not None and wake <= end:
        clock.advance_to(wake)
        await settled(outbox)
    clock.advance_to(end)
    await settled(outbox)


def most_in_a_minute(calls: list[int]) -> int:
    return max(
        (sum(at <= other < at + MINUTE for other in calls) for at in calls),
        default=0,
    )


async def test_what_comes_while_a_call_is_under_way_waits_for_its_end(
    room: Room, outbox: ChannelOutbox
) -> None:
    answers, begun = asyncio.Event(), []

    async def deliver(delivery: Delivery) -> Receipt:
        begun.append(delivery.id)
        await answers.wait()
        return Receipt()

    room.deliver = deliver  # type: ignore[method-assign]
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row("раз")])
        await until(lambda: begun)
        outbox.offer([room.row("два", priority=ALARM)])
        for _ in range(50):
            await asyncio.sleep(0)
        assert begun == [1]
        answers.set()
        await settled(outbox)
    assert begun == [1, 2]


async def test_what_was_postponed_before_a_start_holds_up_what_comes_behind_it(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.row("раз", priority=CARD, due=clock.now() + MINUTE)
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row("два", priority=ALARM)])
        await passing(outbox, clock, MINUTE - 1)
        assert room.said() == []
        await passing(outbox, clock, 1)
    assert room.said() == ["два", "раз"]


async def test_no_minute_has_more_calls_than_allowed_whatever_they_cost_and_how_they_end(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.costs = {"dear": 3}
    room.failures.extend([None, RetryLater("429", 5), KeyError("x"), None] * 5)
    async with running(outbox):
        await settled(outbox)
        for number in range(90):
            address = "dear" if number % 5 == 0 else str(number)
            outbox.offer([room.row(address=address, priority=ANSWER)])
            await passing(outbox, clock, 700)
        await passing(outbox, clock, 15 * MINUTE)
    assert len(room.deliveries) == 90
    assert most_in_a_minute(room.calls) == 18


async def test_within_an_address_the_urgent_goes_first_and_the_same_in_order_of_age(
    room: Room, outbox: ChannelOutbox
) -> None:
    wanted = [("тревога", ALARM), ("раз", LINE), ("два", LINE), ("кнопка", ANSWER), ("имя", NAME)]
    rows = [room.row(text, priority=priority) for text, priority in wanted]
    shuffled = [rows[4], rows[1], rows[3], rows[0], rows[2]]
    rows = [msgspec.structs.replace(row, id=100 + at) for at, row in enumerate(shuffled)]
    room.rows = {row.id: row for row in rows}
    async with running(outbox):
        await settled(outbox)
    assert room.said() == [text for text, _ in wanted]


async def test_across_addresses_the_urgent_goes_first(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row(address=str(number), priority=ANSWER) for number in range(30)])
        await settled(outbox)
        outbox.offer([room.row("тревога", "7", priority=ALARM)])
        outbox.offer([room.row("строка клиента", "29", priority=LINE)])
        room.deliveries.clear()
        await passing(outbox, clock, MINUTE)
    assert room.said()[:2] == ["тревога", "строка клиента"]


async def test_customers_channels_stay_first_in_first_out(
    store: SqliteStore, clock: ObedientClock
) -> None:
    room = Room(clock, per_minute=0, merge_after=0, edit_every=0)
    outbox = outbox_of(room, clock)
    rows = [room.row(str(number), priority=9 - number) for number in range(5)]
    rows.append(room.row("правка", kind="edit", of=rows[0].id, key="k"))
    rows.append(room.row("правка 2", kind="edit", of=rows[0].id, key="k"))
    async with running(outbox):
        await settled(outbox)
    assert room.said() == texts(rows)


async def test_an_edit_never_goes_before_the_message_that_it_is_of(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    photo = Message(say("карточка").text, attachments=(Attachment("photo", digest="d"),))
    room.failures.append(RetryLater("429", 5))
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row(message=photo, priority=CARD, key="card:1")])
        outbox.offer([room.row("взято", kind="edit", of=1, key="card:1")])
        outbox.offer([room.row(kind="delete", message=Message(), of=1)])
        outbox.offer([room.row("👀", kind="react", of=1)])
        await passing(outbox, clock, 10_000)
    kinds = [one.kind for one in room.deliveries]
    assert kinds[0] == "send"
    assert sorted(kinds[1:]) == ["delete", "react"], "the edit of what is deleted is not said"
    assert room.rows == {}


async def test_an_edit_of_what_still_waits_is_said_in_it(room: Room, outbox: ChannelOutbox) -> None:
    card = room.row("№1 новое", priority=CARD, key="card:1")
    edits = [room.row(text, kind="edit", of=1, key="card:1") for text in ("№1 взято", "№1 ждёт")]
    other = room.row("№2 взято", kind="edit", of=90, external_id="x90", key="card:2")
    async with running(outbox):
        await settled(outbox)
    assert room.said() == ["№2 взято", "№1 ждёт"]
    assert room.settled[card.id].external_ids == (f"x{card.id}",)
    assert [room.settled[one.id] for one in edits] == [
        Outcome(one.id, "delivered") for one in edits
    ]
    assert room.settled[other.id].result == "delivered"


async def test_edits_of_what_still_waits_take_no_room(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.shut["5"] = clock.now() + MINUTE
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row("№1", priority=CARD, key="card:1")])
        for number in range(200):
            outbox.offer([room.row(f"№1 {number}", kind="edit", of=1, key="card:1")])
            await settled(outbox)
        assert outbox._in_hand <= 2
        assert sorted(room.rows) == [1, 201], "what a crash must find again"
        await passing(outbox, clock, MINUTE)
    assert room.said() == ["№1 199"]
    assert room.rows == {}


async def test_of_two_messages_under_one_name_the_newer_takes_up_the_edit(
    room: Room, outbox: ChannelOutbox
) -> None:
    room.row("старая карточка", priority=CARD, key="card:1")
    room.row("новая карточка", priority=CARD, key="card:1")
    room.row("новая, взято", kind="edit", of=2, key="card:1")
    room.row("старая, закрыто", kind="edit", of=90, external_id="x90", key="card:1")
    room.row("иная, закрыто", kind="edit", of=91, external_id="x91", key="card:1")
    async with running(outbox):
        await settled(outbox)
    assert sorted(room.said()) == [
        "иная, закрыто",
        "новая, взято",
        "старая карточка",
        "старая, закрыто",
    ]
    assert room.rows == {}


async def test_lines_said_together_are_found_again_by_the_one_place_where_they_stand(
    store: SqliteStore, clock: ObedientClock
) -> None:
    room = Room(clock)
    outbox = ChannelOutbox(ROOM, room, store, clock)  # type: ignore[arg-type]
    room.failures.append(RetryLater("429", 11))
    async with running(outbox):
        await settled(outbox)
        for text in ("раз", "два", "три"):
            line = Send(say(text), to=Address(ROOM, "1"), author="customer", priority=LINE)
            outbox.offer(await have(store, line))
        await passing(outbox, clock, 12_000)
    assert room.said() == ["раз\nдва\nтри"]
    here = await store.find_conversation("telegram", "anna")
    assert here is not None
    lines = [one for one in await store.lines(here.id) if one.author == "customer"]
    places = [await store.external_ids(one.id) for one in lines]
    assert all((ROOM, "1", f"x{room.deliveries[0].id}") in one for one in places)
    assert (await store.counts())["outbox"] == 0


async def test_an_edit_in_a_message_that_failed_for_now_is_not_lost_in_a_crash(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.failures.append(RetryLater("429", 60))
    room.row("№1 новое", priority=CARD, key="card:1")
    room.row("№1 взято", kind="edit", of=1, key="card:1")
    async with running(outbox):
        await settled(outbox)
    assert sorted(room.rows) == [1, 2], "neither is over"
    again = outbox_of(room, clock)
    async with running(again):
        await passing(again, clock, MINUTE)
    assert room.said() == ["№1 взято"]
    assert room.rows == {}


async def test_a_waiting_edit_gives_way_to_a_newer_one_in_its_place(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    edits = [
        room.row(f"список {number}", kind="edit", of=50, external_id="x50", key="list")
        for number in range(200)
    ]
    room.row("другой", kind="edit", of=51, external_id="x51", key="other")
    async with running(outbox):
        await settled(outbox)
    assert room.said() == ["список 199", "другой"]
    assert {room.settled[one.id].result for one in edits} == {"delivered"}
    assert [room.settled[one.id].external_ids for one in edits[:-1]] == [()] * 199
    assert room.rows == {}


async def test_edits_by_the_number_of_the_message_give_way_too(
    room: Room, outbox: ChannelOutbox
) -> None:
    for number in range(5):
        room.row(f"правка {number}", kind="edit", of=50, external_id="x50")
        room.row(f"иная {number}", kind="edit", of=51, external_id="x51")
    async with running(outbox):
        await settled(outbox)
    assert sorted(room.said()) == ["иная 4", "правка 4"]


async def test_an_edit_that_failed_for_now_gives_way_to_one_that_came_meanwhile(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.failures.append(RetryLater("429", 5))
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row("раз", kind="edit", of=50, external_id="x50", key="list")])
        await until(lambda: room.calls)
        outbox.offer([room.row("два", kind="edit", of=50, external_id="x50", key="list")])
        await passing(outbox, clock, 10_000)
    assert room.said() == ["два"]
    assert room.rows == {}


async def test_a_reaction_gives_way_to_a_newer_one_on_the_same_message(
    room: Room, outbox: ChannelOutbox
) -> None:
    for mark in ("👀", "👌", "👍"):
        room.row(mark, kind="react", external_id="80")
    room.row("🔥", kind="react", external_id="81")
    async with running(outbox):
        await settled(outbox)
    assert room.said() == ["👍", "🔥"]
    assert room.rows == {}


async def test_what_matters_least_is_edited_seldom_and_ends_right(clock: ObedientClock) -> None:
    room = Room(clock, per_minute=600)
    outbox = outbox_of(room, clock)
    async with running(outbox):
        await settled(outbox)
        for second in range(100):
            for key, priority in (("list", LIST), ("name", NAME), ("card", CARD)):
                outbox.offer(
                    [
                        room.row(
                            f"{key} {second}",
                            key,
                            kind="edit",
                            of=50,
                            external_id="x",
                            key=key,
                            priority=priority,
                        )
                    ]
                )
            await passing(outbox, clock, 1_000)
        await passing(outbox, clock, MINUTE)
    seen = list(zip(room.calls, room.said(), strict=True))
    for key in ("list", "name"):
        at = [when for when, text in seen if text.startswith(key)]
        assert len(at) == 5
        assert all(later - earlier >= 30_000 for earlier, later in pairwise(at))
        assert room.said(key)[-1] == f"{key} 99"
    assert len(room.said("card")) > 20, "cards are not held"
    assert room.rows == {}


async def test_lines_that_waited_long_are_said_together(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.failures.append(RetryLater("429", 11))
    async with running(outbox):
        await settled(outbox)
        lines = [room.row(text, priority=LINE) for text in ("раз", "два")]
        outbox.offer(lines)
        outbox.offer([room.row("три", priority=LINE, message=say("три", (Button("б", "п"),)))])
        outbox.offer([room.row("четыре", priority=LINE), room.row("пять", "6", priority=LINE)])
        await passing(outbox, clock, 12_000)
    assert room.said("5") == ["раз\nдва", "три", "четыре"]
    assert room.said("6") == ["пять"]
    assert {room.settled[one.id].external_ids for one in lines} == {("x1",)}
    assert room.rows == {}


async def test_lines_that_waited_for_a_moment_are_said_one_by_one(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.failures.append(RetryLater("429", 9))
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row(text, priority=LINE) for text in ("раз", "два")])
        await passing(outbox, clock, 9_500)
    assert room.said() == ["раз", "два"]


async def test_lines_together_are_no_longer_than_a_message_may_be(
    clock: ObedientClock,
) -> None:
    room = Room(clock, text_length=20, per_minute=1)
    outbox = outbox_of(room, clock)
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row("первая", "6", priority=LINE)])
        await settled(outbox)
        outbox.offer([room.row("x" * 9, priority=LINE) for _ in range(5)])
        await passing(outbox, clock, 5 * MINUTE)
    assert room.said("5") == ["x" * 9 + "\n" + "x" * 9] * 2 + ["x" * 9]


async def test_lines_of_other_conversations_answers_and_named_lines_stay_apart(
    clock: ObedientClock,
) -> None:
    room = Room(clock, per_minute=1)
    outbox = outbox_of(room, clock)
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row("первая", "6", priority=LINE)])
        await settled(outbox)
        fields: list[dict[str, Any]] = [
            {},
            {"conversation": 2},
            {"key": "changed:1"},
            {"operator": "10"},
            {"reply_external_id": "7", "message": Message(say("ответ").text, reply_to=3)},
        ]
        for one in fields:
            outbox.offer([room.row(priority=LINE, **one)])
        await passing(outbox, clock, 10 * MINUTE)
    assert len(room.said("5")) == len(fields)


async def test_many_state_changes_do_not_delay_customers_lines_and_the_list_ends_right(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    """Three hundred topics change their state within a minute, while a customer writes every ten seconds."""
    dice = random.Random(3)
    asked: dict[str, int] = {}
    heard: dict[str, int] = {}
    delivered = 0
    async with running(outbox):
        await settled(outbox)
        for second in range(180):
            for topic in dice.sample(range(300), 5 if second < 60 else 0):
                address, mark = str(topic), f"{second}"
                edit = {"kind": "edit", "of": 1000 + topic, "external_id": "x"}
                card, name = f"card:{topic}", f"name:{topic}"
                outbox.offer([room.row(mark, address, key=card, priority=CARD, **edit)])
                outbox.offer([room.row(mark, address, key=name, priority=NAME, **edit)])
                lists = {"kind": "edit", "of": 999, "external_id": "x", "key": "list"}
                outbox.offer([room.row(mark, "general", priority=LIST, **lists)])
            if second % 10 == 5:
                text = f"строка {second}"
                asked[text] = clock.now()
                outbox.offer([room.row(text, str(second), priority=LINE)])
            await passing(outbox, clock, 1_000)
            for one in room.deliveries[delivered:]:
                heard.setdefault(one.message.text.plain, clock.now())
            delivered = len(room.deliveries)
        lines = {text: heard[text] - at for text, at in asked.items()}
        assert max(lines.values()) <= 1_000, lines
        await passing(outbox, clock, 60 * MINUTE)
    assert room.rows == {}
    assert room.said("general")[-1] == "59"
    assert most_in_a_minute(room.calls) <= 18
    for topic in range(300):
        said = [one for one in room.deliveries if one.address == str(topic) and one.key]
        for key in ("card", "name"):
            marks = [int(one.message.text.plain) for one in said if one.key.startswith(f"{key}:")]
            assert marks == sorted(marks)


async def test_a_line_of_a_flooded_room_waits_for_other_lines_only(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    async with running(outbox):
        await settled(outbox)
        rows = [room.row(address=str(number), priority=CARD) for number in range(300)]
        outbox.offer(rows)
        await passing(outbox, clock, 1_000)
        assert len(room.deliveries) == 12, "cards leave some of the minute to lines"
        for number in range(6):
            outbox.offer([room.row("клиент", str(number), priority=LINE)])
        await settled(outbox)
        assert room.said()[12:] == ["клиент"] * 6


async def test_a_topic_that_has_to_wait_does_not_hold_the_others(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.failures.append(RetryLater("429", 30))
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row("а", "1", priority=LINE), room.row("б", "2", priority=LINE)])
        await settled(outbox)
        assert room.said() == ["б"]
        await passing(outbox, clock, 29_999)
        assert room.said() == ["б"]
        await passing(outbox, clock, 1)
        assert room.said() == ["б", "а"]


async def test_an_edit_at_fault_does_not_hold_what_is_said_in_its_topic(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.failures.append(KeyError("x"))
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row("список", kind="edit", of=50, external_id="x", key="list")])
        await settled(outbox)
        outbox.offer([room.row("тревога", priority=ALARM)])
        await settled(outbox)
        assert room.said() == ["тревога"]
        await passing(outbox, clock, 5 * MINUTE)
    assert room.said() == ["тревога", "список"]


async def test_an_edit_that_is_always_at_fault_is_given_up_whatever_else_is_said(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.faulty = "list"
    async with running(outbox):
        await settled(outbox)
        edit = room.row("список", kind="edit", of=50, external_id="x", key="list")
        outbox.offer([edit])
        for _ in range(FAULTS):
            await settled(outbox)
            outbox.offer([room.row("строка", priority=LINE)])
            await passing(outbox, clock, 5 * MINUTE)
    assert room.settled[edit.id].result == "failed"
    assert len(room.said()) == FAULTS


async def test_a_stop_does_not_wait_for_the_next_minute(room: Room, outbox: ChannelOutbox) -> None:
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row(address=str(number)) for number in range(40)])
        await settled(outbox)
        assert len(room.deliveries) == 18
        assert not outbox.busy


@pytest.mark.parametrize("tight", [False, True])
async def test_a_flooded_address_takes_no_room_from_the_others(
    clock: ObedientClock, monkeypatch: pytest.MonkeyPatch, *, tight: bool
) -> None:
    monkeypatch.setattr("bot.outbox.channel.IN_HAND", 4 * PER_LANE)
    room = Room(clock, per_minute=0, **({} if tight else {"merge_after": 0, "edit_every": 0}))
    outbox = outbox_of(room, clock)
    room.shut["flooded"] = clock.now() + 3_600_000
    flood = [room.row(str(number), "flooded", priority=ANSWER) for number in range(5 * PER_LANE)]
    room.row("до", "anna")
    async with running(outbox):
        await settled(outbox)
        assert room.said() == ["до"]
        flood += [room.row(str(number), "flooded", priority=ANSWER) for number in range(70)]
        outbox.offer(flood[-70:])
        outbox.offer([room.row("после", "anna")])
        await settled(outbox)
        assert room.said() == ["до", "после"]
        assert outbox._in_hand <= PER_LANE
        await passing(outbox, clock, 3600 * 1000)
        assert room.said("flooded") == texts(flood)
        outbox.offer([room.row("снова", "flooded", priority=ANSWER)])
        await settled(outbox)
    assert room.said("flooded")[-1] == "снова"
    assert room.rows == {}
    assert outbox._in_hand == 0


async def test_rows_of_a_flooded_address_are_said_once_each_however_they_come(
    clock: ObedientClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows come while others are read back, and are offered later than they could be read."""
    monkeypatch.setattr("bot.outbox.lane.PER_LANE", 4)
    monkeypatch.setattr("bot.outbox.channel.PER_LANE", 4)
    room = Room(clock, per_minute=0, merge_after=0, edit_every=0)
    outbox = outbox_of(room, clock)
    dice = random.Random(5)
    written: list[Delivery] = []
    late: list[Delivery] = []
    reads = room.due_deliveries

    async def meanwhile(channel: str, **named: Any) -> list[Delivery]:
        found = await reads(channel, **named)
        if len(written) < 400:
            row = room.row(str(len(written)), dice.choice("ab"))
            written.append(row)
            late.append(row)
        await asyncio.sleep(0)
        return found

    room.due_deliveries = meanwhile  # type: ignore[method-assign]
    async with running(outbox):
        for _ in range(300):
            row = room.row(str(len(written)), dice.choice("ab"))
            written.append(row)
            outbox.offer([*late, row])
            late.clear()
            for _ in range(dice.randrange(4)):
                await asyncio.sleep(0)
        await settled(outbox)
        while late:
            outbox.offer(late)
            late.clear()
            await settled(outbox)
    for address in "ab":
        assert room.said(address) == texts([one for one in written if one.address == address])
    assert room.rows == {}


async def test_a_messenger_that_takes_nothing_for_a_minute_is_unreachable_and_it_is_told_once(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock, logged: list[dict[str, Any]]
) -> None:
    down = RetryLater("connection refused", 20, everywhere=True)
    room.failures.extend([down] * 10)
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row()])
        await passing(outbox, clock, MINUTE - 1)
        assert not outbox.reach.lost(clock.now())
        assert not [one for one in logged if one["level"] == "error"]
        await passing(outbox, clock, 1)
        assert outbox.reach.lost(clock.now())
        await passing(outbox, clock, 2 * MINUTE)
        assert outbox.reach.lost(clock.now())
        room.failures.clear()
        await passing(outbox, clock, 20_000)
        assert not outbox.reach.lost(clock.now())
        await passing(outbox, clock, MINUTE)
    told = [one["event"] for one in logged if one["level"] == "error"]
    assert told == ["channel unreachable, its messages wait", "channel reached again"]
    assert room.said() == ["строка"]


async def test_a_messenger_that_refuses_one_address_is_reached(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    room.failures.extend([RetryLater("429", 20)] * 10)
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row()])
        await passing(outbox, clock, 3 * MINUTE)
        assert not outbox.reach.lost(clock.now())


async def test_a_message_that_waits_for_its_file_tells_nothing_of_the_messenger(
    room: Room, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    waits = Message(say("фото").text, attachments=(Attachment("photo", source="f"),))

    async def attachment(conversation: int, source: str) -> None:
        return None

    room.attachment = attachment  # type: ignore[attr-defined]
    room.failures.extend([RetryLater("refused", 25, everywhere=True)] * 9)
    async with running(outbox):
        await settled(outbox)
        outbox.offer([room.row("раз"), room.row("два", "6", message=waits)])
        await passing(outbox, clock, MINUTE + 1)
        assert outbox.reach.lost(clock.now())
