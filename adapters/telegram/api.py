"""The network, and the naming of its errors.

aiogram's session builds the requests and reads the results; sending and naming is ours, because what matters here is
whether a request can have been carried out: see `Unsent`, `NoAnswer`, `Garbled`.
"""

import json
import re
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError
from aiogram.methods import GetFile, Response, TelegramMethod
from aiogram.utils.token import TokenValidationError

from adapters.telegram.words import Language, phrase
from bot.channel import RetryLater, Undeliverable
from bot.errors import ConfigurationError

T = TypeVar("T")
CONNECT_TIMEOUT = 10.0
CALL_TIMEOUT = 60
UPLOAD_TIMEOUT = 300
"""Seconds; a file of 50 MB over a slow line takes minutes."""


class TelegramFault(Exception):
    """A call that did not bring a result. Its text names neither the token nor what was being said."""


class Unsent(TelegramFault):
    """No connection could be made: Telegram knows nothing of the call."""


class NoAnswer(TelegramFault):
    """The connection broke after the call was begun: it may have been carried out."""


class Garbled(TelegramFault):
    """An answer that is not the Bot API's. With status 200 the call was carried out."""

    def __init__(self, status: int) -> None:
        super().__init__(f"an answer with status {status} that could not be read")
        self.status = status


class Refused(TelegramFault):
    """Telegram said no: its `code`, its own words, and how many seconds to wait where it tells."""

    def __init__(self, code: int, words: str, wait: float | None = None) -> None:
        super().__init__(f"{code} {without_quotations(words)}")
        self.code = code
        self.words = words.casefold()
        self.wait = wait

    def says(self, *parts: str) -> bool:
        """Whether any of these stands in Telegram's words."""
        return any(part in self.words for part in parts)


_QUOTED = re.compile(r"""(["'«`]).*(["'»`])""", re.DOTALL)


def without_quotations(words: str) -> str:
    """Telegram quotes what it did not like, which may be a customer's words."""
    return _QUOTED.sub("…", words)[:200]


class _Session(AiohttpSession):
    """aiogram's session with its own sending: timeouts for each phase, an HTTP proxy, faults by what they mean."""

    def __init__(self, api: TelegramAPIServer, proxy: str | None) -> None:
        socks = proxy if proxy is not None and proxy.startswith("socks") else None
        super().__init__(proxy=socks, api=api)
        self._http_proxy = None if socks else proxy

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[T],
        timeout: int | None = None,  # noqa: ASYNC109  (aiogram's own)
    ) -> T:
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        form = self.build_form_data(bot, method)
        limits = _limits(timeout or CALL_TIMEOUT)
        try:
            async with session.post(
                url, data=form, timeout=limits, proxy=self._http_proxy
            ) as answer:
                content = await answer.read()
        except Exception as problem:
            if not _is_of_the_network(problem):
                raise
            raise _named(problem) from None
        text = content.decode(errors="replace")
        response = self.check_response(bot, method, answer.status, text)
        return response.result  # type: ignore[return-value]

    def check_response(
        self, bot: Bot, method: TelegramMethod[T], status_code: int, content: str
    ) -> Response[T]:
        try:
            told = json.loads(content)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            if status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                # A web server on the way says so with a page of its own.
                raise Refused(status_code, "request entity too large")
            raise Garbled(status_code)
        if told.get("ok") is not True:
            raise _refusal(told, status_code)
        try:
            return super().check_response(bot, method, HTTPStatus.OK, content)
        except ClientDecodeError:
            raise Garbled(HTTPStatus.OK) from None

    async def download(self, url: str) -> AsyncIterator[bytes]:
        """The bytes behind an address. Raises `Refused` with the status, `NoAnswer`, `Unsent`."""
        session = await self.create_session()
        limits = aiohttp.ClientTimeout(sock_connect=CONNECT_TIMEOUT, sock_read=CALL_TIMEOUT)
        try:
            async with session.get(url, timeout=limits, proxy=self._http_proxy) as answer:
                if answer.status != HTTPStatus.OK:
                    raise Refused(answer.status, "the file was not given")
                async for chunk in answer.content.iter_chunked(65_536):
                    yield chunk
        except Exception as problem:
            if not _is_of_the_network(problem):
                raise
            raise _named(problem) from None


def _limits(total: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=total, sock_connect=min(CONNECT_TIMEOUT, total))


_SOCKS = ("aiohttp_socks", "python_socks")
"""Packages whose errors are nobody's children but `Exception`'s; they may not be installed."""


def _is_of_the_network(problem: Exception) -> bool:
    known = isinstance(problem, (TimeoutError, aiohttp.ClientError, OSError))
    return known or type(problem).__module__.startswith(_SOCKS)


def _named(problem: Exception) -> TelegramFault:
    """The fault by its class alone: the text of aiohttp's errors may hold the address, and so the token."""
    name = type(problem).__name__
    if isinstance(problem, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        return Unsent(name)
    if isinstance(problem, (aiohttp.ClientHttpProxyError, aiohttp.InvalidURL)):
        return Unsent(name)
    if type(problem).__module__.startswith(_SOCKS):
        return Unsent(name)
    return NoAnswer(name)


def _refusal(told: dict[str, Any], status: int) -> TelegramFault:
    code = told.get("error_code", status)
    if not isinstance(code, int) or code < HTTPStatus.BAD_REQUEST:
        # It says no; with what code nobody knows.
        return Garbled(max(status, HTTPStatus.INTERNAL_SERVER_ERROR))
    parameters = told.get("parameters")
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    words = told.get("description")
    return Refused(
        code,
        words if isinstance(words, str) else "",
        float(wait) if isinstance(wait, (int, float)) else None,
    )


class Api:
    """One bot's calls. Raises `ConfigurationError` for a token, an address or a proxy that cannot be one."""

    def __init__(self, token: str, api_url: str, proxy: str | None, language: Language) -> None:
        if not api_url.startswith(_HTTP):
            raise ConfigurationError(_ADDRESS[language])
        if proxy is not None and not proxy.startswith((*_HTTP, "socks4://", "socks5://")):
            raise ConfigurationError(_PROXY[language])
        server = TelegramAPIServer.from_base(api_url)
        self._language = language
        try:
            self._session = _Session(server, proxy)
            self._bot = Bot(token, session=self._session)
        except TokenValidationError:
            raise ConfigurationError(_TOKEN[language]) from None
        except (RuntimeError, ValueError):
            raise ConfigurationError(_PROXY[language]) from None

    async def call(self, method: TelegramMethod[T], within: int = CALL_TIMEOUT) -> T:
        """Make a call that ends within so many seconds. Raises `TelegramFault`."""
        return await self._bot(method, request_timeout=within)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()

    async def download(self, file_id: str) -> AsyncIterator[bytes]:
        """The bytes of a customer's file. Raises `RetryLater` or `Undeliverable`, whose words a person reads."""
        try:
            found = await self.call(GetFile(file_id=file_id))
            if not found.file_path:
                raise Undeliverable(phrase(self._language, "file_gone"))
            url = self._session.api.file_url(self._bot.token, found.file_path)
            async for chunk in self._session.download(url):
                yield chunk
        except Refused as problem:
            if problem.says("too big"):
                raise Undeliverable(phrase(self._language, "too_big_to_fetch")) from None
            if problem.code in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                raise Undeliverable(phrase(self._language, "file_gone")) from None
            raise named(problem) from None
        except TelegramFault as problem:
            raise named(problem) from None


_HTTP = ("http://", "https://")
_ADDRESS = {
    "ru": "api_url - это адрес целиком: https://api.telegram.org",
    "en": "api_url is a whole address: https://api.telegram.org",
}
_TOKEN = {
    "ru": "токен Telegram не похож на токен: он выглядит как 123456:AAE…, возьмите его у @BotFather командой /mybots",
    "en": "the Telegram token does not look like one: it reads 123456:AAE…, get it from @BotFather with /mybots",
}
_PROXY = {
    "ru": "такой прокси не подходит: нужен http://хост:порт; для socks5:// установите пакет aiohttp-socks",
    "en": "this proxy cannot be used: write http://host:port; for socks5:// install the package aiohttp-socks",
}
_UNREACHABLE = (
    "chat not found",
    "user not found",
    "deactivated",
    "peer_id_invalid",
    "user_is_blocked",
    "blocked by the user",
    "can't initiate conversation",
)
_OVERLOADED = frozenset({502, 503, 504})
UNAUTHORIZED_PAUSE = 60.0


def named(problem: TelegramFault) -> RetryLater | Undeliverable:
    """What a fault means to the outbox."""
    match problem:
        case Refused():
            return _named_refusal(problem)
        case Unsent():
            return RetryLater(f"Telegram cannot be reached: {problem}", everywhere=True)
        case Garbled(status=status) if status in _OVERLOADED:
            return RetryLater(f"Telegram is down: {problem}", everywhere=True)
        case _:
            return RetryLater(f"Telegram did not answer: {problem}")


def _named_refusal(problem: Refused) -> RetryLater | Undeliverable:
    code = problem.code
    if code == HTTPStatus.TOO_MANY_REQUESTS or problem.wait is not None:
        return RetryLater(f"Telegram asks to wait: {problem}", after=problem.wait)
    if is_unauthorized(problem):
        return RetryLater(
            f"Telegram does not know the token: {problem}", UNAUTHORIZED_PAUSE, everywhere=True
        )
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return RetryLater(f"Telegram is down: {problem}", everywhere=code in _OVERLOADED)
    if code == HTTPStatus.CONFLICT:
        return RetryLater(f"Telegram is busy with another program: {problem}")
    gone = code == HTTPStatus.FORBIDDEN or problem.says(*_UNREACHABLE)
    return Undeliverable(f"Telegram: {problem}", unreachable=gone)


def is_unauthorized(problem: TelegramFault) -> bool:
    """Whether the token is no longer good: 401, and 404 for a method that certainly exists."""
    return isinstance(problem, Refused) and problem.code in (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.NOT_FOUND,
    )
