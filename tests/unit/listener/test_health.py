"""What supervisors and monitoring are told."""

import asyncio
import builtins
import json
from typing import Any

import pytest

from bot.health import LOOK, Health
from bot.testing import FakeAdapter
from tests.unit.listener.conftest import Desk, full
from tests.unit.loops.playing import until


async def test_it_lives(desk: Desk) -> None:
    assert await desk.ask("/healthz") == (200, '{"alive": true}', "application/json")


async def test_it_is_ready_while_channels_are_read_and_the_store_saves(desk: Desk) -> None:
    desk.clock.advance(90_500)
    adapter = desk.app.adapters["telegram"]
    assert isinstance(adapter, FakeAdapter)
    await adapter.write("anna", "/start")
    await desk.app.quiet()
    status, body, _ = await desk.ask("/readyz")
    assert status == 200
    assert json.loads(body) == {
        "ready": True,
        "store": {"writable": True},
        "channels": {
            "telegram": {"last_read_seconds": 0.0, "deaf": False, "waiting": 0},
            "vk": {"last_read_seconds": 90.5, "deaf": False, "waiting": 0},
        },
        "operators": {"reachable": True},
    }


async def test_a_channel_that_is_not_read_is_named_and_then_heard_again(desk: Desk) -> None:
    desk.clock.advance(120_001)
    vk = desk.app.adapters["vk"]
    assert isinstance(vk, FakeAdapter)
    await vk.write("boris", "/start")
    status, body, _ = await desk.ask("/readyz")
    channels = json.loads(body)["channels"]
    assert (status, channels["telegram"]["deaf"], channels["vk"]["deaf"]) == (503, True, False)
    adapter = desk.app.adapters["telegram"]
    assert isinstance(adapter, FakeAdapter)
    await adapter.write("anna", "/start")
    assert (await desk.ask("/readyz"))[0] == 200


async def test_a_channel_that_was_never_read_is_deaf_after_the_same_time(desk: Desk) -> None:
    desk.app.last_read.clear()
    assert (await desk.ask("/readyz"))[0] == 200
    desk.clock.advance(120_001)
    status, body, _ = await desk.ask("/readyz")
    assert status == 503
    assert json.loads(body)["channels"]["telegram"]["last_read_seconds"] is None


async def test_a_store_that_refuses_makes_it_not_ready_and_is_not_worn_out(desk: Desk) -> None:
    tries = 0
    keep = desk.store.keep

    async def counted(*arguments: Any) -> None:
        nonlocal tries
        tries += 1
        await keep(*arguments)

    desk.store.keep = counted  # type: ignore[assignment,method-assign]
    for _ in range(20):
        assert (await desk.ask("/readyz"))[0] == 200
    assert tries == 1
    full(desk)
    desk.clock.advance(1_000)
    status, body, _ = await desk.ask("/readyz")
    assert (status, json.loads(body)["store"]) == (503, {"writable": False})


async def test_the_log_tells_once_of_a_deaf_channel_and_once_that_it_is_read(
    desk: Desk, logged: list[dict[str, Any]]
) -> None:
    looking = asyncio.create_task(desk.health.run())
    await until(desk.clock.next_wake)
    for second in range(60):
        if second == 40:
            desk.app.last_read.update(dict.fromkeys(desk.app.adapters, desk.clock.now()))
        desk.clock.advance(LOOK // 2)
        for _ in range(20):
            await asyncio.sleep(0)
    looking.cancel()
    told = [(line["event"], line["channel"]) for line in logged if line["level"] == "error"]
    assert told[:4] == [
        ("channel is not read", "telegram"),
        ("channel is not read", "vk"),
        ("channel is read again", "telegram"),
        ("channel is read again", "vk"),
    ]
    assert len(told) == 4


async def test_nobody_is_deaf_where_nobody_wants_to_know(desk: Desk) -> None:
    health = Health(desk.app, frozenset(desk.app.adapters), 0)
    desk.clock.advance(1_000_000_000)
    assert health.deaf() == frozenset()


async def test_metrics_count_what_is_done_and_what_waits(desk: Desk) -> None:
    adapter = desk.app.adapters["telegram"]
    assert isinstance(adapter, FakeAdapter)
    await adapter.write("anna", "/start")
    await desk.app.quiet()
    status, body, kind = await desk.ask("/metrics")
    assert (status, kind) == (200, "text/plain")
    lines = body.splitlines()
    assert "frontdesk_events_total 1.0" in lines
    assert "frontdesk_turns_total 1.0" in lines
    assert 'frontdesk_deliveries_total{channel="telegram",how="delivered"} 1.0' in lines
    assert 'frontdesk_deliveries_waiting{channel="telegram"} 0.0' in lines
    assert "frontdesk_outbox 0.0" in lines


async def test_without_its_package_there_are_no_metrics(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_of = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("prometheus_client"):
            raise ImportError(name)
        return import_of(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    status, body, _ = await desk.ask("/metrics")
    assert status == 404
    assert "frontdesk[metrics]" in json.loads(body)["error"]
