"""The network, and the naming of its errors.

`BadRequest` and `TimedOut` are kinds of `NetworkError` in this library, so the order in which they are told apart
matters: what is refused must not be tried for ever, and what may have been done must not be done many times.
"""

import logging
import os
from typing import Any, Literal

# The library's future form of times, which it asks to be opted into; without it every RetryAfter warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")

import telegram
from telegram import error
from telegram.request import HTTPXRequest

from bot.channel import RetryLater

# httpx logs the address of every request at INFO, with the token in it; the library logs what it cannot parse, with
# what people wrote in it. What matters of both is named below.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)
logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)

WANTED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
)
BATCH = 100
READ_SECONDS, WRITE_SECONDS, MEDIA_SECONDS = 20.0, 20.0, 120.0

Kind = Literal[
    "thread_gone",
    "topic_closed",
    "not_forum",
    "no_rights",
    "not_modified",
    "message_gone",
    "no_text",
    "query_old",
    "too_big",
    "other",
]
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("message thread not found", "thread_gone"),
    ("topic_deleted", "thread_gone"),
    ("topic_id_invalid", "thread_gone"),
    ("topic_closed", "topic_closed"),
    ("chat is not a forum", "not_forum"),
    ("not enough rights", "no_rights"),
    ("chat_admin_required", "no_rights"),
    ("need administrator rights", "no_rights"),
    ("message is not modified", "not_modified"),
    ("topic_not_modified", "not_modified"),
    ("message to edit not found", "message_gone"),
    ("message to delete not found", "message_gone"),
    ("message to pin not found", "message_gone"),
    ("message can't be edited", "message_gone"),
    ("message_id_invalid", "message_gone"),
    ("there is no text in the message", "no_text"),
    ("there is no caption in the message", "no_text"),
    ("query is too old", "query_old"),
    ("query id is invalid", "query_old"),
    ("request entity too large", "too_big"),
    ("file is too big", "too_big"),
)
"""The Bot API's own texts, in lower case: https://github.com/tdlib/telegram-bot-api."""
_GROUP_LOST = ("chat not found", "bot was kicked", "bot is not a member", "group chat was deleted")
_NOT_SENT = frozenset(
    [
        "ConnectError",
        "ConnectTimeout",
        "PoolTimeout",
        "WriteError",
        "WriteTimeout",
        "ProxyError",
        "UnsupportedProtocol",
    ]
)
"""Faults of httpx, which the library is built on, that come before a request is whole: it cannot have been carried out."""


class Refused(Exception):
    """Telegram will not do it, however often it is asked. `kind` says why, as far as we act on it."""

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class Unsure(Exception):
    """The answer was lost on its way: it may have been done, or not."""


class Migrated(Exception):
    """The group became a supergroup, under another id."""

    def __init__(self, chat: int) -> None:
        super().__init__("the group became a supergroup")
        self.chat = chat


class GroupLost(Exception):
    """The bot cannot reach the group any more: it was removed, or the group is gone."""


class BadToken(Exception):
    """Telegram does not know the token."""


class BadAddress(Exception):
    """The address of the Bot API is no whole one, with http:// or https:// in front."""


class BadProxy(Exception):
    """The proxy's address cannot be one, or what speaks to such proxies is not installed."""


class OtherReader(Exception):
    """Somebody else reads this bot's updates; `webhook` if one is set."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.webhook = "webhook" in reason.lower()


class _Bot(telegram.Bot):
    """The library's bot, which can also read updates as they came: one that it cannot parse must not stop the rest."""

    async def raw_updates(self, offset: int, wait: int) -> list[dict[str, Any]]:
        data = {
            "offset": offset,
            "timeout": wait,
            "limit": BATCH,
            "allowed_updates": list(WANTED_UPDATES),
        }
        patience = self._request[0].read_timeout or READ_SECONDS
        found = await self._post("getUpdates", data, read_timeout=wait + patience)
        if not isinstance(found, list):
            raise error.NetworkError("the answer to getUpdates is no list")
        return found


class Api:
    """Calls of the Bot API by the names that the library gives them."""

    def __init__(
        self,
        token: str,
        api_url: str,
        proxy: str | None = None,
        patience: float = READ_SECONDS,
    ) -> None:
        """`patience`: so many seconds an answer may take, beyond what Telegram is asked to wait."""
        base = api_url.rstrip("/")
        if not base.startswith(("http://", "https://")):
            raise BadAddress
        if not token:
            raise BadToken("no token is configured")
        self._token = token
        try:
            self._requests = (_request(proxy, 32, patience), _request(proxy, 1, patience))
        except (ValueError, RuntimeError):
            # Their words hold the address, and with it a password.
            raise BadProxy from None
        self._bot = _Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )

    @property
    def bot(self) -> telegram.Bot:
        """What updates are parsed for."""
        return self._bot

    async def call(self, method: str, **arguments: Any) -> Any:
        """One call. Raises `Refused`, `Unsure`, `Migrated`, `GroupLost`, `BadToken`, `OtherReader`, `RetryLater`."""
        try:
            return await getattr(self._bot, method)(**arguments)
        except (error.TelegramError, KeyError) as problem:
            # KeyError: the library's, for an answer that is no answer.
            raise self._named(problem) from None

    async def updates(self, offset: int, wait: int) -> list[dict[str, Any]]:
        """Updates from `offset` on, raw; waits up to `wait` seconds for the first one. Raises as `call`."""
        try:
            return await self._bot.raw_updates(offset, wait)
        except (error.TelegramError, KeyError) as problem:
            raise self._named(problem) from None

    async def download(self, file_id: str) -> bytes:
        """The content of a file that somebody sent. Raises as `call`."""
        file = await self.call("get_file", file_id=file_id)
        try:
            return bytes(await file.download_as_bytearray(read_timeout=MEDIA_SECONDS))
        except (error.TelegramError, KeyError) as problem:
            raise self._named(problem) from None

    async def close(self) -> None:
        """Let go of the connections."""
        for request in self._requests:
            await request.shutdown()

    def _named(self, problem: Exception) -> Exception:
        reason = str(problem).replace(self._token, "***")
        if isinstance(problem, error.RetryAfter):
            after = problem.retry_after
            seconds = after if isinstance(after, int) else after.total_seconds()
            return RetryLater("too many messages a minute", float(seconds), everywhere=True)
        if isinstance(problem, error.ChatMigrated):
            return Migrated(problem.new_chat_id)
        if isinstance(problem, error.Conflict):
            return OtherReader(reason)
        if isinstance(problem, error.InvalidToken):
            return BadToken("Telegram does not know the token")
        if isinstance(problem, (error.BadRequest, error.Forbidden)):
            return _refusal(reason)
        return _fault(problem, reason)


def _request(proxy: str | None, pool: int, patience: float) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=pool,
        read_timeout=patience,
        write_timeout=WRITE_SECONDS,
        connect_timeout=10.0,
        pool_timeout=10.0,
        media_write_timeout=MEDIA_SECONDS,
        proxy=proxy or None,
    )


def _refusal(reason: str) -> Exception:
    words = reason.lower()
    if any(sign in words for sign in _GROUP_LOST):
        return GroupLost(reason)
    for sign, kind in _KINDS:
        if sign in words:
            return Refused(kind, reason)
    return Refused("other", reason)


def _fault(problem: Exception, reason: str) -> Exception:
    cause = problem.__cause__
    fault = type(cause or problem).__name__
    if fault in _NOT_SENT:
        return RetryLater(f"no connection to Telegram: {fault}", everywhere=True)
    if "entity too large" in reason.lower() or "(413)" in reason:
        return Refused("too_big", "too big")
    answered = cause is None or isinstance(cause, error.TelegramError)
    if answered and isinstance(problem, error.NetworkError):
        # Its own words, or a page of some proxy's, with an error's status.
        return RetryLater("Telegram cannot answer just now", everywhere=True)
    return Unsure(f"the answer was lost: {fault}")
