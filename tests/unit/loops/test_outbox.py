"""Deliveries: in order per address, at the messenger's pace, again when it says so, none forgotten."""

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.channel import Delivery, Receipt, RetryLater, Undeliverable
from bot.clock import ObedientClock
from bot.errors import NotSaved
from bot.model.effect import Delete, Edit, Send
from bot.model.event import DeliveryFailed
from bot.model.message import say
from bot.outbox import ChannelOutbox, Outbox
from bot.outbox import channel as module
from bot.outbox.failures import FAULTS
from bot.outbox.pauses import FIRST_PAUSE, LONGEST_PAUSE
from bot.storage.sqlite import SqliteStore
from bot.storage.store import Outcome
from bot.testing import FakeAdapter
from tests.unit.loops.playing import (
    NOW,
    events,
    failing_once,
    have,
    running,
    said,
    settled,
    texts,
    until,
)


@pytest.fixture
def outbox(store: SqliteStore, adapter: FakeAdapter, clock: ObedientClock) -> ChannelOutbox:
    return ChannelOutbox("telegram", adapter, store, clock, rng=random.Random(1))


async def waiting(store: SqliteStore) -> list[Delivery]:
    return await store.due_deliveries("telegram", after=0, limit=10_000)


async def test_each_address_hears_its_messages_in_order(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    async with running(outbox):
        await settled(outbox)
        for number in range(30):
            outbox.offer(await said(store, f"{number}а", f"{number}б", address=f"c{number % 3}"))
        await settled(outbox)
    for customer in range(3):
        wanted = [f"{number}{half}" for number in range(customer, 30, 3) for half in "аб"]
        assert adapter.texts(f"c{customer}") == wanted
    assert await waiting(store) == []


async def test_a_lane_has_one_delivery_under_way_and_goes_on_only_when_its_end_is_written(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    under_way: list[str] = []

    async def deliver(delivery: Delivery) -> Receipt:
        rows = {row.id for row in await waiting(store)}
        earlier = [row.id for row in deliveries if row.id < delivery.id]
        assert not rows.intersection(earlier), "the one before is not written down yet"
        assert delivery.address not in under_way
        under_way.append(delivery.address)
        await asyncio.sleep(0)
        under_way.remove(delivery.address)
        return Receipt((str(delivery.id),))

    adapter.deliver = deliver  # type: ignore[method-assign]
    deliveries = await said(store, *map(str, range(10)))
    async with running(outbox):
        outbox.offer(deliveries)
        await settled(outbox)
    assert await waiting(store) == []


async def test_retry_later_delays_only_its_lane_and_exactly_so_long(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    adapter.failures.append(RetryLater("429", 5))
    async with running(outbox):
        await settled(outbox)
        outbox.offer(await said(store, "а1", "а2", address="anna"))
        outbox.offer(await said(store, "б1", "б2", address="boris"))
        await settled(outbox)
        assert texts(adapter.deliveries) == ["б1", "б2"]
        clock.advance(4_999)
        await settled(outbox)
        assert adapter.texts("anna") == []
        clock.advance(1)
        await settled(outbox)
        assert adapter.texts("anna") == ["а1", "а2"]


async def test_retry_later_everywhere_pauses_the_channel(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    adapter.failures.append(RetryLater("502", 7, everywhere=True))
    async with running(outbox):
        await settled(outbox)
        outbox.offer(await said(store, "а", address="anna"))
        await settled(outbox)
        outbox.offer(await said(store, "б", address="boris"))
        clock.advance(6_999)
        await settled(outbox)
        assert adapter.deliveries == []
        clock.advance(1)
        await settled(outbox)
        assert sorted(texts(adapter.deliveries)) == ["а", "б"]


async def test_calls_that_fail_together_are_one_outage(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    together = asyncio.Event()

    async def deliver(delivery: Delivery) -> Receipt:
        if not together.is_set():
            await together.wait()
            raise RetryLater("502", everywhere=True)
        return await FakeAdapter.deliver(adapter, delivery)

    adapter.deliver = deliver  # type: ignore[method-assign]
    async with running(outbox):
        for number in range(module.AT_ONCE):
            outbox.offer(await said(store, "о", address=f"c{number}"))
        await until(lambda: outbox._unsettled == module.AT_ONCE)
        together.set()
        await settled(outbox)
        clock.advance(FIRST_PAUSE)
        await settled(outbox)
    assert len(adapter.deliveries) == module.AT_ONCE


async def test_without_a_time_of_its_own_a_failure_backs_off_longer_each_time(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    adapter.failures.extend([RetryLater("?")] * 12)
    waits = []
    async with running(outbox):
        outbox.offer(await said(store, "о"))
        await settled(outbox)
        while not adapter.deliveries:
            wake = clock.next_wake()
            assert wake is not None
            waits.append(wake - clock.now())
            clock.advance_to(wake)
            await settled(outbox)
    assert len(waits) == 12
    for number, wait in enumerate(waits):
        longest = min(FIRST_PAUSE << number, LONGEST_PAUSE)
        assert longest / 2 <= wait <= longest


async def test_a_success_ends_the_backing_off_of_the_channel(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    down = [RetryLater("502", everywhere=True)] * 5
    adapter.failures.extend([*down, None, down[0]])
    waits = []
    async with running(outbox):
        outbox.offer(await said(store, "раз", "два"))
        await settled(outbox)
        while len(adapter.deliveries) < 2:
            wake = clock.next_wake()
            assert wake is not None
            waits.append(wake - clock.now())
            clock.advance_to(wake)
            await settled(outbox)
    assert FIRST_PAUSE << 3 <= waits[4] <= FIRST_PAUSE << 4
    assert waits[5] <= FIRST_PAUSE


async def test_an_undeliverable_message_is_told_and_the_customer_known_as_unreachable(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    adapter.failures.append(Undeliverable("blocked by the user", unreachable=True))
    told = []
    outbox.on_events = lambda: told.append(True)
    deliveries = await said(store, "раз", "два")
    async with running(outbox):
        outbox.offer(deliveries)
        await settled(outbox)
    assert adapter.texts() == ["два"]
    assert told
    here = await store.find_conversation("telegram", "anna")
    assert here is not None
    assert here.unreachable
    (failed,) = await events(store)
    assert isinstance(failed, DeliveryFailed)
    assert (failed.message, failed.reason) == (deliveries[0].id, "blocked by the user")
    assert failed.unreachable
    line = next(line for line in await store.lines(here.id) if line.id == deliveries[0].id)
    assert line.problem == "blocked by the user"


async def test_what_the_adapter_does_not_name_is_tried_a_few_times_and_given_up(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    adapter.failures.extend([KeyError("ok")] * FAULTS)
    async with running(outbox):
        outbox.offer(await said(store, "раз", "два"))
        await settled(outbox)
        for tries in range(1, FAULTS):
            assert len(adapter.failures) == FAULTS - tries
            clock.advance(LONGEST_PAUSE)
            await settled(outbox)
    assert adapter.texts() == ["два"]
    failed = await events(store)
    assert [type(event) for event in failed] == [DeliveryFailed]


async def test_each_delivery_may_fail_so_often(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    adapter.failures.extend([*[KeyError("ok")] * (FAULTS - 1), None] * 2)
    async with running(outbox):
        outbox.offer(await said(store, "раз", "два"))
        for _ in range(2 * FAULTS):
            await settled(outbox)
            clock.advance(LONGEST_PAUSE)
        await settled(outbox)
    assert adapter.texts() == ["раз", "два"]


async def test_a_call_that_is_cancelled_in_the_adapter_is_a_fault_of_its_delivery(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    adapter.failures.append(asyncio.CancelledError())  # type: ignore[arg-type]
    async with running(outbox):
        outbox.offer(await said(store, "раз", "два"))
        await settled(outbox)
        clock.advance(LONGEST_PAUSE)
        await settled(outbox)
    assert adapter.texts() == ["раз", "два"]


async def test_waiting_for_the_messenger_is_no_fault(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    adapter.failures.extend([RetryLater("down", 1)] * FAULTS * 2)
    adapter.failures.append(KeyError("ok"))
    async with running(outbox):
        outbox.offer(await said(store, "раз"))
        await settled(outbox)
        for _ in range(FAULTS * 2 + 1):
            clock.advance(LONGEST_PAUSE)
            await settled(outbox)
    assert adapter.texts() == ["раз"]


async def test_while_nothing_can_be_written_down_no_more_is_said_than_a_crash_may_double(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNSETTLED", 10)
    settles, writable = store.settle, asyncio.Event()

    async def slow(outcomes: Sequence[Outcome], now: int) -> None:
        await writable.wait()
        await settles(outcomes, now)

    store.settle = slow  # type: ignore[method-assign]
    rows = [row for number in range(25) for row in await said(store, "о", address=f"c{number}")]
    async with running(outbox):
        outbox.offer(rows)
        await until(lambda: outbox._unsettled == 10)
        for _ in range(200):
            await asyncio.sleep(0)
        assert len(adapter.deliveries) == 10
        writable.set()
        await settled(outbox)
    assert len(adapter.deliveries) == 25


async def test_the_pace_of_the_channel_is_kept(
    store: SqliteStore, adapter: FakeAdapter, clock: ObedientClock
) -> None:
    adapter.abilities = msgspec.structs.replace(adapter.abilities, pace=10.0)
    outbox = ChannelOutbox("telegram", adapter, store, clock)
    seen: list[tuple[int, int]] = []
    deliveries = [
        delivery
        for number in range(35)
        for delivery in await said(store, "о", address=f"c{number}")
    ]
    async with running(outbox):
        outbox.offer(deliveries)
        while len(adapter.deliveries) < len(deliveries):
            for _ in range(200):
                await asyncio.sleep(0)
            await until(lambda: outbox._unsettled == 0)
            clock.advance_to(clock.next_wake() or 0)
            seen.append((clock.now(), len(adapter.deliveries)))
    for at, count in seen:
        for later, more in seen:
            if later >= at:
                # A second's worth may go at once, then a tenth of a second each.
                assert more - count <= 10 + (later - at) / 100 + 1
    assert seen[-1][0] - NOW >= 2_400


async def test_a_pace_of_less_than_one_a_second_is_kept_too(
    store: SqliteStore, adapter: FakeAdapter, clock: ObedientClock
) -> None:
    adapter.abilities = msgspec.structs.replace(adapter.abilities, pace=0.5)
    outbox = ChannelOutbox("telegram", adapter, store, clock)
    rows = [row for name in ("anna", "boris") for row in await said(store, "о", address=name)]
    async with running(outbox):
        outbox.offer(rows)
        await until(lambda: adapter.deliveries and outbox._unsettled == 0)
        clock.advance(1_999)
        for _ in range(200):
            await asyncio.sleep(0)
        assert len(adapter.deliveries) == 1
        clock.advance(2)
        await until(lambda: len(adapter.deliveries) == 2)


async def test_the_pace_of_one_address_is_kept_while_others_go_on(
    store: SqliteStore, adapter: FakeAdapter, clock: ObedientClock
) -> None:
    adapter.abilities = msgspec.structs.replace(adapter.abilities, pace_per_address=1.0)
    outbox = ChannelOutbox("telegram", adapter, store, clock)
    async with running(outbox):
        outbox.offer(await said(store, "а1", "а2", "а3", address="anna"))
        outbox.offer(await said(store, "б1", address="boris"))
        await settled(outbox)
        assert sorted(texts(adapter.deliveries)) == ["а1", "б1"]
        clock.advance(999)
        await settled(outbox)
        assert adapter.texts("anna") == ["а1"]
        clock.advance(1)
        await settled(outbox)
        assert adapter.texts("anna") == ["а1", "а2"]


async def test_a_lane_that_empties_while_the_clock_ticks_does_not_stop_the_channel(
    store: SqliteStore, adapter: FakeAdapter
) -> None:
    class Ticking(ObedientClock):
        def now(self) -> int:
            self.advance(1)
            return super().now()

    adapter.abilities = msgspec.structs.replace(adapter.abilities, pace_per_address=500.0)
    outbox = ChannelOutbox("telegram", adapter, store, Ticking(NOW))
    async with running(outbox):
        for number in range(50):
            outbox.offer(await said(store, str(number)))
        await until(lambda: len(adapter.deliveries) == 50)


async def test_what_was_postponed_keeps_its_time_over_a_restart(
    tmp_path: Path, adapter: FakeAdapter, clock: ObedientClock
) -> None:
    adapter.failures.append(RetryLater("429", 60))
    for _ in range(2):
        store = SqliteStore(tmp_path / "again.db", synchronous="NORMAL")
        await store.open()
        outbox = ChannelOutbox("telegram", adapter, store, clock)
        if not clock.now() > NOW:
            await said(store, "раз", "два")
        async with running(outbox):
            await settled(outbox)
            clock.advance(30_000 - 1)
            await settled(outbox)
            assert adapter.deliveries == []
            if clock.now() > NOW + 30_000:
                clock.advance(2)
                await settled(outbox)
                assert adapter.texts() == ["раз", "два"]
        await store.close()
    assert len(adapter.deliveries) == 2


async def test_more_than_is_held_in_memory_is_delivered_all_the_same(
    store: SqliteStore,
    adapter: FakeAdapter,
    outbox: ChannelOutbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "IN_HAND", 10)
    async with running(outbox):
        await settled(outbox)
        for number in range(20):
            outbox.offer(await said(store, *map(str, range(7)), address=f"c{number}"))
            assert outbox._in_hand <= 10
        await settled(outbox)
    assert len(adapter.deliveries) == 140
    for number in range(20):
        assert adapter.texts(f"c{number}") == list(map(str, range(7)))


async def test_rows_written_while_the_store_is_read_are_not_forgotten(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    reads = store.due_deliveries

    async def slow(channel: str, **named: Any) -> list[Delivery]:
        found = await reads(channel, **named)
        if not found:
            outbox.offer(await said(store, "пока читали"))
            store.due_deliveries = reads  # type: ignore[method-assign]
        return found

    store.due_deliveries = slow  # type: ignore[method-assign]
    async with running(outbox):
        await until(lambda: adapter.deliveries)
    assert adapter.texts() == ["пока читали"]


async def test_rows_that_were_read_before_they_are_offered_are_said_once(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    rows = await said(store, "раз", "два")
    async with running(outbox):
        await settled(outbox)
        outbox.offer([*rows, *await said(store, "три")])
        await settled(outbox)
    assert adapter.texts() == ["раз", "два", "три"]


async def test_a_row_that_is_gone_is_not_waited_for(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    reads, count = store.due_deliveries, 0

    async def counted(channel: str, **named: Any) -> list[Delivery]:
        nonlocal count
        count += 1
        return await reads(channel, **named)

    store.due_deliveries = counted  # type: ignore[method-assign]
    outbox.offer(await said(store, "о чём забыли"))
    here = await store.find_conversation("telegram", "anna")
    assert here is not None
    await store.forget(here.customer.id, dry_run=False)
    async with running(outbox):
        await settled(outbox)
        assert count <= 2
        outbox.offer(await said(store, "о другом"))
        await settled(outbox)
    assert adapter.texts() == ["о другом"]


async def test_a_stop_writes_down_what_was_delivered(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    async with running(outbox):
        outbox.offer(await said(store, "раз"))
        await until(lambda: adapter.deliveries)
    assert await waiting(store) == []


async def test_what_was_delivered_while_the_disk_was_full_is_not_said_twice(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox, clock: ObedientClock
) -> None:
    store.settle = failing_once(store.settle, NotSaved("full"), 3)  # type: ignore[method-assign]
    store.due_deliveries = failing_once(store.due_deliveries, NotSaved("full"))  # type: ignore[method-assign]
    await said(store, "раз", "два")
    async with running(outbox):
        quiet = asyncio.ensure_future(settled(outbox))
        while not quiet.done():
            for _ in range(100):
                await asyncio.sleep(0)
            clock.advance(FIRST_PAUSE)
        await quiet
    assert adapter.texts() == ["раз", "два"]
    assert await waiting(store) == []


async def test_a_reason_that_no_database_takes_does_not_stop_the_channel(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    adapter.failures.append(Undeliverable("bad \ud83d"))
    async with running(outbox):
        outbox.offer(await said(store, "раз", "два"))
        await settled(outbox)
    assert adapter.texts() == ["два"]
    assert await waiting(store) == []


async def test_an_id_that_no_database_takes_costs_the_others_nothing(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    together = asyncio.Barrier(2)

    async def deliver(delivery: Delivery) -> Receipt:
        await together.wait()
        return Receipt(("\ud83d" if delivery.address == "boris" else "77",))

    adapter.deliver = deliver  # type: ignore[method-assign]
    (anna,) = await said(store, "раз", address="anna")
    (boris,) = await said(store, "раз", address="boris")
    async with running(outbox):
        outbox.offer([anna, boris])
        await settled(outbox)
    assert await waiting(store) == []
    assert [place[2] for place in await store.external_ids(anna.id)] == ["77"]
    assert await store.external_ids(boris.id) == []


async def test_an_end_that_cannot_be_written_at_all_does_not_stop_the_channel(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    settle = store.settle

    async def broken(outcomes: Sequence[Outcome], now: int) -> None:
        if any(one.delivery == first.id for one in outcomes):
            raise ZeroDivisionError
        await settle(outcomes, now)

    store.settle = broken  # type: ignore[method-assign]
    first, _ = await said(store, "раз", "два", address="anna")
    await said(store, "три", address="boris")
    async with running(outbox):
        await settled(outbox)
    assert sorted(adapter.texts()) == ["два", "раз", "три"]
    assert texts(await waiting(store)) == ["раз"]


async def test_edits_and_deletions_find_what_their_original_is_called(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    deliveries = await have(store, Send(say("№1"), key="карточка"))
    changes = await have(store, Edit(say("№1 взято"), key="карточка"), Delete(key="карточка"))
    assert [one.external_id for one in changes] == ["", ""]
    async with running(outbox):
        outbox.offer([*deliveries, *changes])
        await settled(outbox)
    first, edit, delete = adapter.deliveries
    assert (edit.kind, edit.external_id) == ("edit", str(first.id))
    assert (delete.kind, delete.external_id) == ("delete", str(first.id))


async def test_a_message_for_a_channel_that_is_not_running_waits_in_the_store(
    store: SqliteStore, adapter: FakeAdapter, outbox: ChannelOutbox
) -> None:
    Outbox({}).offer(await said(store, "раз"))
    assert texts(await waiting(store)) == ["раз"]
    async with running(outbox):
        await settled(outbox)
    assert adapter.texts() == ["раз"]
