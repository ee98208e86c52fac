"""Clocks obey, bells wake."""

import asyncio

from bot.clock import Bell, ObedientClock, SystemClock


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_an_obedient_clock_wakes_sleepers_in_the_order_of_their_times() -> None:
    clock = ObedientClock(0)
    woken: list[int] = []

    async def sleeper(at: int) -> None:
        await clock.sleep_until(at)
        woken.append(at)

    tasks = [asyncio.create_task(sleeper(at)) for at in (300, 100, 200)]
    await settle()
    clock.advance(250)
    await settle()
    assert woken == [100, 200]
    clock.advance(50)
    await asyncio.gather(*tasks)
    assert woken == [100, 200, 300]


async def test_a_clock_never_goes_back() -> None:
    clock = ObedientClock(500)
    clock.advance_to(100)
    assert clock.now() == 500


class Machine:
    """A machine whose clock is set."""

    def __init__(self) -> None:
        self.wall = self.steady = 1_000_000

    def passes(self, ms: int) -> None:
        self.wall += ms
        self.steady += ms

    def clock(self) -> SystemClock:
        return SystemClock(lambda: self.wall * 1_000_000, lambda: self.steady * 1_000_000)


def test_a_clock_that_is_set_back_goes_half_as_fast_until_the_machine_has_caught_up() -> None:
    machine = Machine()
    clock = machine.clock()
    assert clock.now() == 1_000_000
    machine.wall -= 10_000
    assert clock.now() == 1_000_000
    machine.passes(8_000)
    assert clock.now() == 1_004_000
    machine.passes(4_000)
    assert machine.wall == 1_002_000
    assert clock.now() == 1_006_000
    machine.passes(8_000)
    assert clock.now() == machine.wall == 1_010_000
    machine.passes(7)
    assert clock.now() == machine.wall
    machine.wall -= 5_000
    machine.passes(2_000)
    assert clock.now() == 1_010_007
    machine.passes(2_000)
    assert clock.now() == 1_011_007


def test_a_clock_that_is_set_back_again_and_again_never_goes_back() -> None:
    machine, told = Machine(), [0]
    clock = machine.clock()
    for step in range(200):
        machine.passes(100)
        machine.wall -= (0, 50, 3_600_000, 0, 0)[step % 5] if step < 100 else 0
        machine.wall += 3_600_000 if step == 150 else 0
        told.append(clock.now())
    assert told == sorted(told)


def test_a_clock_that_is_set_forward_is_followed() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.now()
    machine.wall += 3_600_000
    assert clock.now() == machine.wall


async def test_what_is_due_in_a_moment_is_not_put_off_when_the_clock_is_set_back() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.patience = 1
    sleeping = asyncio.create_task(clock.sleep_until(clock.now() + 20))
    machine.wall -= 3_600_000
    while not sleeping.done():
        machine.passes(1)
        await asyncio.sleep(0)
    assert machine.steady < 1_000_000 + 3_600_000


async def test_sleeping_until_the_past_returns_at_once() -> None:
    await SystemClock().sleep_until(0)
    await ObedientClock(10).sleep_until(10)


async def test_a_cancelled_sleeper_is_forgotten() -> None:
    clock = ObedientClock(0)
    task = asyncio.create_task(clock.sleep_until(100))
    await settle()
    assert clock.next_wake() == 100
    task.cancel()
    await settle()
    assert clock.next_wake() is None


async def test_a_ring_while_nobody_waits_is_kept() -> None:
    bell = Bell(ObedientClock(0))
    bell.ring()
    assert bell.due
    await bell.wait()
    assert not bell.due


async def test_a_bell_rings_at_its_time_and_not_before() -> None:
    clock = ObedientClock(0)
    bell = Bell(clock)
    bell.ring(100)
    waiting = asyncio.create_task(bell.wait())
    await settle()
    clock.advance(99)
    await settle()
    assert not waiting.done()
    clock.advance(1)
    await waiting


async def test_an_earlier_ring_replaces_a_later_one_while_somebody_waits() -> None:
    clock = ObedientClock(0)
    bell = Bell(clock)
    bell.ring(1000)
    waiting = asyncio.create_task(bell.wait())
    await settle()
    bell.ring(100)
    await settle()
    clock.advance(100)
    await waiting


async def test_a_ring_at_once_does_not_forget_the_one_that_was_set_for_later() -> None:
    clock = ObedientClock(0)
    bell = Bell(clock)
    bell.ring(100)
    bell.ring()
    await bell.wait()
    clock.advance(100)
    assert bell.due
