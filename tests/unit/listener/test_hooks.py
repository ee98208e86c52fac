"""What comes over HTTP: messengers' calls to their channel, other systems' events to a conversation."""

import asyncio
import hashlib
import hmac
import json
import socket
from typing import Any

import pytest

from bot.channel import HookCall
from bot.config.settings import Http
from bot.errors import ConfigurationError, NotSaved
from bot.listener import Listener, place
from bot.testing import FakeAdapter
from tests.unit.listener.conftest import SECRET, Called, Desk, full

NAME = "/webhooks/оплата"
KNOWN = {"X-Frontdesk-Secret": SECRET}


def vk(desk: Desk) -> Called:
    adapter = desk.app.adapters["vk"]
    assert isinstance(adapter, Called)
    return adapter


def telegram(desk: Desk) -> FakeAdapter:
    adapter = desk.app.adapters["telegram"]
    assert isinstance(adapter, FakeAdapter)
    return adapter


async def came(desk: Desk, address: str = "anna") -> None:
    """A customer is known from now on."""
    await telegram(desk).write(address, "/start")
    await desk.app.quiet()


async def post(
    desk: Desk, data: Any, headers: dict[str, str] | None = None, path: str = NAME
) -> tuple[int, dict[str, Any]]:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    status, text, kind = await desk.ask(
        path, method="POST", body=body, headers=KNOWN if headers is None else headers
    )
    assert kind == "application/json"
    return status, json.loads(text)


# channels


async def test_a_call_reaches_its_channel_whole_and_is_answered_as_it_says(desk: Desk) -> None:
    answer = await desk.ask(
        "/hooks/vk?a=1&b=%20", method="PUT", headers={"X-Y": "z"}, body=b"\0\xff"
    )
    assert answer == (201, "taken", "text/x-test")
    (call,) = vk(desk).calls
    assert isinstance(call, HookCall)
    assert (call.method, call.query, call.body) == ("PUT", {"a": "1", "b": " "}, b"\0\xff")
    assert call.headers["x-y"] == "z"


@pytest.mark.parametrize("path", ["/hooks/telegram", "/hooks/nobody", "/hooks/", "/nothing"])
async def test_a_channel_that_is_not_called_over_http_is_not_there(desk: Desk, path: str) -> None:
    assert (await desk.ask(path, method="POST"))[0] == 404


async def test_a_call_too_long_is_refused_before_the_channel_sees_it(desk: Desk) -> None:
    status, _, _ = await desk.ask("/hooks/vk", method="POST", body=b"x" * 2_001)
    assert status == 413
    assert vk(desk).calls == []
    assert (await desk.ask("/hooks/vk", method="POST", body=b"x" * 2_000))[0] == 201


async def test_what_could_not_be_saved_is_to_be_sent_again(desk: Desk) -> None:
    vk(desk).fails.append(NotSaved("full"))
    assert (await desk.ask("/hooks/vk", method="POST"))[0] == 503


async def test_a_fault_is_an_answer_and_a_line_in_the_log_without_words(
    desk: Desk, logged: list[dict[str, Any]]
) -> None:
    vk(desk).fails.append(ValueError("слова клиента"))
    status, body, _ = await desk.ask("/hooks/vk?text=слова", method="POST", body="слова".encode())
    assert status == 500
    (line,) = [one for one in logged if one["event"] == "request failed"]
    assert (line["problem"], line["route"]) == ("ValueError", "/hooks/{channel}")
    assert "слова" not in str(logged) + body


async def test_a_channel_that_is_not_open_yet_is_called_later(desk: Desk) -> None:
    desk.app.opened.discard("vk")
    assert (await desk.ask("/hooks/vk", method="POST"))[0] == 503


# flows


async def test_an_event_starts_its_flow_where_the_customer_wrote(desk: Desk) -> None:
    await came(desk)
    status, answer = await post(desk, {"customer": "telegram:anna", "сумма": "100"})
    assert (status, answer) == (200, {"accepted": True})
    await desk.app.quiet()
    assert telegram(desk).texts() == ["Слышу.", "Получено 100."]


async def test_it_is_saved_before_it_is_answered(desk: Desk) -> None:
    await came(desk)
    full(desk)
    status, answer = await post(desk, {"customer": "telegram:anna", "сумма": "100"})
    assert status == 503
    assert "again" in answer["error"]


@pytest.mark.parametrize("header", ["Idempotency-Key", "X-Delivery-Id"])
async def test_a_call_that_is_repeated_happens_once(desk: Desk, header: str) -> None:
    await came(desk)
    data = {"customer": "telegram:anna", "сумма": "100"}
    answers = await asyncio.gather(
        *(post(desk, data, {**KNOWN, header: "payment-7"}) for _ in range(5))
    )
    assert {status for status, _ in answers} == {200}
    await post(desk, data, {**KNOWN, header: "payment-8"})
    await desk.app.quiet()
    assert telegram(desk).texts().count("Получено 100.") == 2


async def test_calls_without_a_name_are_each_their_own(desk: Desk) -> None:
    await came(desk)
    for _ in range(2):
        await post(desk, {"customer": "telegram:anna", "сумма": "100"})
    await desk.app.quiet()
    assert telegram(desk).texts().count("Получено 100.") == 2


async def test_a_signed_body_needs_no_secret_in_a_header(desk: Desk) -> None:
    await came(desk)
    body = json.dumps({"customer": "telegram:anna", "сумма": "7"}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    for form in (signature, f"sha256={signature}", signature.upper()):
        assert (await post(desk, body, {"X-Frontdesk-Signature": form}))[0] == 200
    assert (await post(desk, body + b" ", {"X-Frontdesk-Signature": signature}))[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Frontdesk-Secret": ""},
        {"X-Frontdesk-Secret": "wrong"},
        {"X-Frontdesk-Secret": "ы"},
        {"X-Frontdesk-Signature": "sha256="},
        {"X-Frontdesk-Signature": "ы"},
    ],
)
async def test_who_does_not_know_the_secret_is_refused(
    desk: Desk, headers: dict[str, str], logged: list[dict[str, Any]]
) -> None:
    await came(desk)
    status, answer = await post(desk, {"customer": "telegram:anna"}, headers)
    assert status == 401
    assert SECRET not in str(answer) + str(logged)
    await desk.app.quiet()
    assert telegram(desk).texts() == ["Слышу."]


async def test_a_webhook_without_a_secret_is_shut(desk: Desk) -> None:
    for headers in ({}, {"X-Frontdesk-Secret": ""}):
        status, _ = await post(desk, {"customer": "telegram:anna"}, headers, "/webhooks/пусто")
        assert status == 401


@pytest.mark.parametrize(
    "body, status",
    [
        (b"", 400),
        (b"[1]", 400),
        (b'{"customer": ', 400),
        (b"\xff\xfe", 400),
        (b"[" * 1500, 400),
        (b"{}", 400),
        (b'{"customer": null}', 400),
        (b'{"customer": true}', 400),
        (b'{"customer": {"a": 1}}', 400),
        (b'{"customer": "  "}', 400),
        (b'{"customer": "telegram:nobody"}', 404),
        (b'{"customer": "nobody@example.ru"}', 404),
        (b'{"customer": 99}', 404),
        (b'{"customer": "' + b"x" * 2_000 + b'"}', 413),
    ],
)
async def test_a_bad_request_is_told_why(desk: Desk, body: bytes, status: int) -> None:
    found, answer = await post(desk, body)
    assert found == status
    assert answer["error"]


async def test_a_webhook_that_nobody_configured_is_not_there(desk: Desk) -> None:
    assert (await post(desk, {}, path="/webhooks/иное"))[0] == 404
    assert (await desk.ask(NAME))[0] == 405


async def test_a_customer_may_be_named_by_what_they_told_us(desk: Desk) -> None:
    await came(desk)
    here = await desk.store.find_conversation("telegram", "anna")
    assert here is not None
    data = {"order": {"phone": here.customer.id}, "customer": "nobody"}
    assert (await post(desk, data, path="/webhooks/глубже"))[0] == 200


async def test_numbers_of_any_size_are_taken(desk: Desk) -> None:
    await came(desk)
    body = b'{"customer": "telegram:anna", "n": 123456789012345678901234567890, "m": 1e400}'
    assert (await post(desk, body))[0] in (200, 400)
    await desk.app.quiet()


async def test_nothing_of_a_body_is_logged(desk: Desk, logged: list[dict[str, Any]]) -> None:
    await came(desk)
    await post(desk, {"customer": "telegram:anna", "сумма": "тайна"})
    await post(
        desk, b'{"customer": "telegram:nobody", "x": "\xd1\x82\xd0\xb0\xd0\xb9\xd0\xbd\xd0\xb0"'
    )
    await desk.app.quiet()
    assert "тайна" not in str(logged)


# the place


@pytest.mark.parametrize(
    "written, meant",
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:8080", ("::1", 8080)),
        (":8080", ("127.0.0.1", 8080)),
        ("8080", ("127.0.0.1", 8080)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
    ],
)
def test_an_address_is_understood(written: str, meant: tuple[str, int]) -> None:
    assert place(written) == meant


@pytest.mark.parametrize("written", ["", "host", "host:", "host:http", "host:70000"])
def test_what_is_no_address_is_told(written: str) -> None:
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1:8080"):
        place(written)


async def test_an_address_that_is_taken_is_told(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConfigurationError, match=listen):
            await Listener(Http(listen), desk.app, desk.health).start()
