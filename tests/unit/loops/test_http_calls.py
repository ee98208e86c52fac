"""What an `http` step may reach, and what it may not."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.calls import CallFailed
from bot.http_calls import MAX_ANSWER, HttpCalls, _is_private, _resolver
from bot.storage.store import WaitingCall


def call(url: str, **request: Any) -> WaitingCall:
    return WaitingCall("7-1", 7, "http", {"method": "GET", "url": url, **request}, 1000, 0, 0)


class Server:
    """A real server on loopback that remembers what reached it."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.bodies: list[str] = []
        self.answer: web.StreamResponse | None = None
        self.url = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.text())
        return self.answer or web.json_response({"status": "готов"})


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"http://127.0.0.1:{port}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def calls() -> AsyncIterator[HttpCalls]:
    calls = HttpCalls(["127.0.0.1", "api.example.ru", "*.partner.example"], {"KEY": "s3cret"})
    yield calls
    await calls.close()


async def test_an_answer_in_json_comes_back_with_its_status(
    server: Server, calls: HttpCalls
) -> None:
    assert await calls.carry(call(server.url + "/order")) == {
        "status": 200,
        "json": {"status": "готов"},
    }


async def test_the_id_of_the_call_goes_along_as_idempotency_key(
    server: Server, calls: HttpCalls
) -> None:
    await calls.carry(call(server.url))
    assert server.requests[0].headers["Idempotency-Key"] == "7-1"


async def test_a_secret_is_put_in_only_now(server: Server, calls: HttpCalls) -> None:
    headers = {"Authorization": "Bearer \x00secret:KEY\x00"}
    await calls.carry(
        call(server.url, method="POST", headers=headers, json={"k": ["\x00secret:KEY\x00"]})
    )
    assert server.requests[0].headers["Authorization"] == "Bearer s3cret"
    assert server.bodies == ['{"k": ["s3cret"]}']


async def test_an_answer_over_64_kb_is_refused(server: Server, calls: HttpCalls) -> None:
    server.answer = web.Response(body=b"x" * (MAX_ANSWER + 1))
    with pytest.raises(CallFailed, match="longer than 64 KB"):
        await calls.carry(call(server.url))


async def test_a_redirect_is_not_followed(server: Server, calls: HttpCalls) -> None:
    server.answer = web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"})
    with pytest.raises(CallFailed, match="answered 302"):
        await calls.carry(call(server.url))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status,again", [(503, True), (429, True), (404, False), (400, False)])
async def test_only_a_passing_fault_is_tried_again(
    server: Server, calls: HttpCalls, status: int, again: bool
) -> None:
    server.answer = web.Response(status=status)
    with pytest.raises(CallFailed) as caught:
        await calls.carry(call(server.url))
    assert caught.value.again is again
    assert caught.value.result["status"] == status


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example/",
        "http://partner.example/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http:///x",
        "http://10.0.0.1/",
    ],
)
async def test_a_host_that_is_not_on_the_list_is_never_asked(calls: HttpCalls, url: str) -> None:
    with pytest.raises(CallFailed, match=r"http\.allow"):
        await calls.carry(call(url))


async def test_an_address_allowed_by_a_pattern_is_not_asked_where_it_is_private(
    server: Server,
) -> None:
    calls = HttpCalls(["*.0.0.1"], {})
    with pytest.raises(CallFailed, match="private"):
        await calls.carry(call(server.url))
    await calls.close()
    assert server.requests == []


async def test_only_a_host_allowed_by_its_full_name_may_lead_to_a_private_address() -> None:
    with pytest.raises(OSError, match="private"):
        await _resolver(frozenset({"*.example.ru"})).resolve("localhost", 80)
    found = await _resolver(frozenset({"localhost"})).resolve("LocalHost", 80)
    assert {_is_private(place["host"]) for place in found} == {True}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fd00::1", "fe80::1%eth0", "ff02::1",
        "::ffff:10.1.2.3", "2002:a01:203::", "64:ff9b::a01:203",
    ],
)  # fmt: skip
def test_no_way_of_writing_a_private_address_hides_it(address: str) -> None:
    assert _is_private(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2a00:1450:4001:80b::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_of_the_world_is_not_private(address: str) -> None:
    assert not _is_private(address)


async def test_a_line_break_in_a_header_is_refused(server: Server, calls: HttpCalls) -> None:
    with pytest.raises(CallFailed, match="line break"):
        await calls.carry(call(server.url, headers={"X": "a\r\nEvil: 1"}))
    assert server.requests == []


async def test_a_server_that_is_not_there_is_a_passing_fault_that_names_no_address(
    calls: HttpCalls,
) -> None:
    with pytest.raises(CallFailed) as caught:
        await calls.carry(call("http://127.0.0.1:9/?key=\x00secret:KEY\x00"))
    assert caught.value.again
    assert "s3cret" not in str(caught.value)
