"""VK calls us: answered once it is saved, and whatever it repeats is one event."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from adapters.vk.adapter import VkAdapter
from adapters.vk.longpoll import read_cursor
from bot.channel import HookAnswer, HookCall, Hooked
from bot.errors import ConfigurationError
from bot.model.event import ButtonPressed, CustomerBlocked
from bot.model.message import Button, say
from tests.fakes.vk import FakeVk, Person
from tests.unit.vk.conftest import Doorway, Start, Stop, delivery

SECRET = "слово-s3cret"
MODE = {"mode": "callback", "callback": {"secret": SECRET, "confirmation": "c0nf1rm"}}


class Listener:
    """What stands before an adapter that is called; `on` may answer late or not at all."""

    def __init__(self) -> None:
        self.adapter: VkAdapter | None = None
        self.url = ""
        self.calls = 0
        self.late: list[Any] = []

    async def hear(self, request: web.Request) -> web.StreamResponse:
        assert self.adapter is not None
        self.calls += 1
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = await self.adapter.called(
            HookCall(request.method, headers, dict(request.query), await request.read())
        )
        if self.late:
            # Saved, but the answer is lost.
            self.late.pop()
            assert request.transport is not None
            request.transport.abort()
        return web.Response(
            status=answer.status,
            body=answer.body,
            headers={"Content-Type": answer.content_type},
        )


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_route("*", "/hooks/vk", listener.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    listener.url = f"http://{host}:{port}/hooks/vk"
    yield listener
    await runner.cleanup()


@pytest.fixture
async def called(vk: FakeVk, start: Start, listener: Listener) -> AsyncIterator[VkAdapter]:
    adapter = await start(**MODE)
    assert isinstance(adapter, Hooked)
    listener.adapter = adapter
    vk.callbacks.start(listener.url, SECRET)
    yield adapter
    await vk.callbacks.close()


async def test_the_server_is_confirmed(vk: FakeVk, listener: Listener, called: VkAdapter) -> None:
    assert await vk.callbacks.confirm(listener.url) == "c0nf1rm"


async def test_without_a_confirmation_string_vk_is_asked_for_it(
    vk: FakeVk, start: Start, listener: Listener
) -> None:
    listener.adapter = await start(mode="callback", callback={"secret": SECRET})
    assert await vk.callbacks.confirm(listener.url) == "c0nf1rm"


async def test_events_come_by_calls_and_are_answered_ok(
    vk: FakeVk, called: VkAdapter, door: Doorway, anna: Person
) -> None:
    await anna.writes("привет")
    await door.until(1)
    await called.deliver(delivery(anna, say("Да?", (Button("Да", payload="1.abcdefgh.abcdefgh"),))))
    await anna.presses("Да")
    await anna.blocks()
    await door.until(3)
    assert door.events[1:] == [ButtonPressed("1.abcdefgh.abcdefgh"), CustomerBlocked()]
    answers = vk.callbacks.answers
    await vk.world.bell.until(lambda: len(answers) >= 4, lambda: "VK was not answered")
    assert {(status, body) for _, status, body in answers} == {(200, "ok")}


async def test_an_event_whose_ok_was_lost_comes_again_and_is_one(
    vk: FakeVk, called: VkAdapter, listener: Listener, door: Doorway, anna: Person
) -> None:
    listener.late = [1, 1, 1]
    await anna.writes("привет")
    await vk.world.bell.until(
        lambda: vk.callbacks.answers and vk.callbacks.answers[-1][2] == "ok",
        lambda: "VK never heard ok",
    )
    assert listener.calls == 4
    assert door.texts() == ["привет"]
    assert len(door.repeats) == 3


async def test_nothing_is_answered_ok_that_was_not_saved(
    vk: FakeVk, called: VkAdapter, door: Doorway, anna: Person
) -> None:
    door.closed = 2
    await anna.writes("привет")
    await door.until(1)
    await vk.world.bell.until(
        lambda: len(vk.callbacks.answers) == 3, lambda: "VK did not come again"
    )
    assert [status for _, status, _ in vk.callbacks.answers] == [503, 503, 200]


def call(body: Any) -> HookCall:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HookCall("POST", body=raw)


@pytest.mark.parametrize(
    "body, status",
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"[" * 100_000, 400),
        ({"type": "message_new", "group_id": 123_456, "object": {}}, 403),
        ({"type": "message_new", "group_id": 123_456, "secret": "x", "object": {}}, 403),
        ({"type": "message_new", "group_id": 1, "secret": SECRET, "object": {}}, 403),
        ({"type": "confirmation", "group_id": 1}, 403),
        ({"type": "message_new", "group_id": 123_456, "secret": SECRET, "object": {}}, 200),
    ],
)
async def test_strangers_are_refused(
    called: VkAdapter, door: Doorway, body: Any, status: int
) -> None:
    assert (await called.called(call(body))).status == status
    assert door.incoming == []


async def test_a_channel_that_polls_takes_no_calls(start: Start) -> None:
    adapter = await start()
    assert await adapter.called(call({})) == HookAnswer(404, b"this channel takes no calls")


async def test_without_a_secret_the_channel_does_not_start(vk: FakeVk) -> None:
    with pytest.raises(ConfigurationError, match="secret"):
        VkAdapter("vk", vk.settings(mode="callback"))


async def test_what_vk_told_while_nobody_listened_is_read_at_the_next_start(
    vk: FakeVk, start: Start, stop: Stop, door: Doorway, anna: Person
) -> None:
    adapter = await start(**MODE)
    await stop(adapter)
    assert read_cursor(door.kept_cursor) is not None
    anna.says("пока никого")
    await start(**MODE)
    await door.until(1)
    assert door.texts() == ["пока никого"]
