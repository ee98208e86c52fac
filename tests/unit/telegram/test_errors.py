"""What an answer of Telegram's, or of whatever stands between, means to the outbox."""

import json
import re

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.telegram import PRODUCTION
from aiogram.methods import GetMe

from adapters.telegram.api import (
    Garbled,
    NoAnswer,
    Refused,
    TelegramFault,
    Unsent,
    _is_of_the_network,
    _named,
    _Session,
    named,
)
from bot.channel import RetryLater, Undeliverable

PAGE = "<html><body>nginx</body></html>"


def fault(status: int, body: str) -> TelegramFault:
    """What the session makes of an answer."""
    session = _Session(PRODUCTION, None)
    with pytest.raises(TelegramFault) as caught:
        session.check_response(Bot("1:x", session=session), GetMe(), status, body)
    return caught.value


def refusal(code: int, words: str, **parameters: object) -> str:
    return json.dumps(
        {"ok": False, "error_code": code, "description": words, "parameters": parameters}
    )


@pytest.mark.parametrize(
    "status,body,after,everywhere",
    [
        (429, refusal(429, "Too Many Requests: retry after 9", retry_after=9), 9, False),
        (429, refusal(429, "Too Many Requests"), None, False),
        (429, PAGE, None, False),
        (401, refusal(401, "Unauthorized"), 60, True),
        (404, refusal(404, "Not Found"), 60, True),
        (409, refusal(409, "Conflict"), None, False),
        (500, refusal(500, "Internal Server Error"), None, False),
        (502, PAGE, None, True),
        (503, refusal(503, "Service Unavailable"), None, True),
        (504, "", None, True),
        (403, PAGE, None, False),
        (200, PAGE, None, False),
        (200, '{"ok": true, "res', None, False),
        (200, '{"ok": false}', None, False),
        (400, '{"ok": false, "error_code": "?"}', None, False),
        (500, '{"ok": false, "error_code": 500, "description": null}', None, False),
    ],
)
def test_what_may_work_later(status: int, body: str, after: float | None, everywhere: bool) -> None:
    meaning = named(fault(status, body))
    assert isinstance(meaning, RetryLater)
    assert (meaning.after, meaning.everywhere) == (after, everywhere)


@pytest.mark.parametrize(
    "status,body,unreachable",
    [
        (403, refusal(403, "Forbidden: bot was blocked by the user"), True),
        (403, refusal(403, "Forbidden: user is deactivated"), True),
        (400, refusal(400, "Bad Request: chat not found"), True),
        (400, refusal(400, "Bad Request: not enough rights"), False),
        (400, refusal(400, "Bad Request: message to edit not found"), False),
        (413, refusal(413, "Request Entity Too Large"), False),
        (413, PAGE, False),
        (400, refusal(400, "group upgraded", migrate_to_chat_id=-100123), False),
    ],
)
def test_what_never_works(status: int, body: str, unreachable: bool) -> None:
    meaning = named(fault(status, body))
    assert isinstance(meaning, Undeliverable)
    assert meaning.unreachable == unreachable


def test_a_page_of_a_firewall_blocks_no_customer() -> None:
    """A proxy's 403 says nothing about the customer."""
    assert isinstance(fault(403, PAGE), Garbled)


def test_only_where_no_connection_was_made_nothing_was_sent() -> None:
    unsent = named(Unsent("ClientConnectorError"))
    assert isinstance(unsent, RetryLater)
    assert unsent.everywhere
    lost = named(NoAnswer("ServerDisconnectedError"))
    assert isinstance(lost, RetryLater)
    assert not lost.everywhere


def test_a_socks_proxy_that_is_away_is_like_any_other_trouble_of_the_network() -> None:
    class ProxyConnectionError(Exception):
        """As the package aiohttp-socks raises it."""

    ProxyConnectionError.__module__ = "aiohttp_socks._errors"
    problem = ProxyConnectionError("127.0.0.1:9")
    assert _is_of_the_network(problem)
    assert not _is_of_the_network(ValueError("a fault of ours"))
    assert isinstance(_named(problem), Unsent)


SECRET = "http://name:word@proxy.example/bot1:AAE-token/sendMessage"


@pytest.mark.parametrize(
    "problem",
    [
        aiohttp.InvalidURL(SECRET),
        aiohttp.ClientPayloadError(SECRET),
        aiohttp.ServerDisconnectedError(SECRET),
        OSError(SECRET),
        TimeoutError(SECRET),
    ],
)
def test_an_address_in_a_network_error_is_not_repeated(problem: Exception) -> None:
    told = _named(problem)
    assert not {"word", "AAE-token"} & set(re.split(r"[/:@]", repr(told) + str(named(told))))
    assert type(problem).__name__ in str(told)


@pytest.mark.parametrize(
    "words", ["wrong URL 'тайна'", 'text "тайна" is bad', "«тайна» и 'ещё тайна' здесь"]
)
def test_what_telegram_quotes_is_not_repeated(words: str) -> None:
    assert "тайна" not in str(Refused(400, words))
    assert "тайна" not in repr(Refused(400, words))
