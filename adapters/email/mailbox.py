"""A mailbox over IMAP, on aioimaplib. Every wait has an end, and a lost connection ends it at once."""

import asyncio
import base64
import re
from collections.abc import Coroutine
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import aioimaplib
import msgspec
from aioimaplib.aioimaplib import Command, quoted

from adapters.email.api import tls_trust
from adapters.email.settings import Server

CHUNK = 1_000_000
LISTED = 50
"""Letters asked about in one command: aioimaplib recurses for every line of an answer."""
_VALIDITY = re.compile(rb"\[UIDVALIDITY (\d+)\]")
_NEXT = re.compile(rb"\[UIDNEXT (\d+)\]")
_EXISTS = re.compile(rb"^(\d+) EXISTS")
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]{10,40})"')
_STRING = re.compile(rb'BODY\[[^\]]*\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')
_ITEM = re.compile(rb"^\d+ FETCH ")
T = TypeVar("T")


class MailboxError(Exception):
    """The mailbox cannot be read just now; the text is safe to log."""


class LoginRefused(MailboxError):
    """The server does not know this user or this password."""


class Glance(msgspec.Struct, frozen=True):
    """A folder as it was opened: its numbering, the UID that the next letter will have, how many there are."""

    validity: int
    next: int
    exists: int


class Found(msgspec.Struct, frozen=True):
    """A letter in the folder: size in bytes, when it arrived there in ms (0: not told)."""

    uid: int
    size: int
    arrived: int


class Head(msgspec.Struct, frozen=True):
    """Some fields of a letter's header, and when it arrived, in ms."""

    uid: int
    arrived: int
    head: bytes


class Mailbox:
    """One connection. Its commands are given one after another by one task."""

    def __init__(self, server: Server, timeout: float) -> None:
        self._server = server
        self._timeout = timeout
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if server.security == "tls":
            self._client: Any = aioimaplib.IMAP4_SSL(
                server.host, server.port, timeout=timeout, ssl_context=tls_trust(server)
            )
        else:
            self._client = aioimaplib.IMAP4(server.host, server.port, timeout=timeout)
        # aioimaplib itself would wait on: nothing wakes its commands when the connection is gone.
        self._client.protocol.conn_lost_cb = self._gone

    def _gone(self, _: Exception | None) -> None:
        if not self._lost.done():
            self._lost.set_result(None)

    async def open(self) -> Glance:
        """Connect, log in and open the folder. Raises `MailboxError`, `LoginRefused`."""
        try:
            await self._within(self._client.wait_hello_from_server())
            if self._server.security == "starttls":
                await self._within(self._start_tls())
            await self._log_in()
            return await self.select()
        except BaseException:
            self.close()
            raise

    async def _start_tls(self) -> None:
        """What aioimaplib lacks. Whatever came before the handshake is forgotten: it was not protected."""
        protocol = self._client.protocol
        told = await protocol.execute(Command("STARTTLS", protocol.new_tag()))
        if told.result != "OK" or protocol.incomplete_line:
            raise MailboxError("the server does not start TLS")
        loop = asyncio.get_running_loop()
        protocol.transport = await loop.start_tls(
            protocol.transport,
            protocol,
            tls_trust(self._server),
            server_hostname=self._server.host,
            ssl_handshake_timeout=self._timeout,
        )
        protocol.capabilities = set()
        await protocol.capability()

    async def _log_in(self) -> None:
        if not self._server.user:
            return
        user = quoted(self._server.user)
        told = await self._within(self._client.login(user, self._server.password))
        if told.result != "OK":
            words = b" ".join(bytes(line) for line in told.lines)
            passing = b"[UNAVAILABLE]" in words or b"[INUSE]" in words or b"[LIMIT]" in words
            raise (
                MailboxError("login not possible now") if passing else LoginRefused("login refused")
            )

    async def select(self) -> Glance:
        """Look at the folder anew. Raises `MailboxError`."""
        told = await self._ok(
            self._client.select(quoted(folder_name(self._server.folder))), "SELECT"
        )
        lines = [bytes(line) for line in told]
        return Glance(_number(_VALIDITY, lines), _number(_NEXT, lines), _number(_EXISTS, lines))

    async def uids(self, above: int) -> list[int]:
        """The UIDs above one, in their order."""
        told = await self._ok(self._client.uid_search(f"UID {above + 1}:*", charset=None), "SEARCH")
        numbers = {
            int(word) for line in told[:-1] for word in bytes(line).split() if word.isdigit()
        }
        # The range is turned about where it begins behind the end: then it holds the last letter.
        return sorted(number for number in numbers if number > above)

    async def find(self, uid: int) -> Found | None:
        """Size and time of a letter; None if it is not there any more."""
        told = await self._fetch(uid, "(UID RFC822.SIZE INTERNALDATE)")
        for line in told:
            number = _UID.search(line) if isinstance(line, bytes) else None
            size = _SIZE.search(line) if number else None
            if number and size and int(number[1]) == uid:
                return Found(uid, int(size[1]), _arrived(_ARRIVED.search(line)))
        return None

    async def read(self, uid: int, most: int) -> bytes:
        """A letter, or its first `most` bytes; in pieces, so that no other task waits for a big one."""
        pieces = bytearray()
        while len(pieces) < most:
            wanted = min(CHUNK, most - len(pieces))
            piece = _literal(await self._fetch(uid, f"(UID BODY.PEEK[]<{len(pieces)}.{wanted}>)"))
            pieces += piece
            if len(piece) < wanted:
                break
        return bytes(pieces)

    async def fields(self, uid: int, names: str) -> bytes:
        """Some fields of a letter's header."""
        return _literal(await self._fetch(uid, f"(UID BODY.PEEK[HEADER.FIELDS ({names})])"))

    async def heads(self, first: int, last: int) -> list[Head]:
        """Message-ID and Received of the letters in a range of UIDs, at most `LISTED` of them."""
        what = "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID RECEIVED)])"
        heads = []
        for words, literal in _items(await self._fetch_set(f"{first}:{last}", what)):
            if uid := _UID.search(words):
                heads.append(Head(int(uid[1]), _arrived(_ARRIVED.search(words)), literal))
        return heads

    async def with_message_id(self, message_id: str) -> list[int]:
        """The UIDs of letters with that Message-ID."""
        if not message_id.isascii() or '"' in message_id or "\\" in message_id:
            return []
        criterion = f'HEADER MESSAGE-ID "{message_id}"'
        told = await self._ok(self._client.uid_search(criterion, charset=None), "SEARCH")
        return [int(word) for line in told[:-1] for word in bytes(line).split() if word.isdigit()]

    @property
    def can_idle(self) -> bool:
        """Whether the server tells of new mail by itself."""
        return bool(self._client.has_capability("IDLE"))

    async def wait(self, seconds: float) -> None:
        """Return when something happened in the folder, after so long at the latest. Raises `MailboxError`."""
        if not self.can_idle:
            await asyncio.wait({self._lost}, timeout=seconds)
            self._check()
            return
        idle = await self._within(self._client.idle_start(timeout=seconds + self._timeout))
        push = asyncio.ensure_future(self._client.wait_server_push(seconds))
        try:
            await asyncio.wait({push, self._lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            push.cancel()
            await asyncio.gather(push, return_exceptions=True)
        self._check()
        self._client.idle_done()
        await self._within(idle)

    def close(self) -> None:
        """Hang up."""
        self._client._client_task.cancel()  # noqa: SLF001  (aioimaplib has no way to give a connection up)
        for task in (*self._client.tasks, *self._client.protocol.tasks):
            task.cancel()
        transport = self._client.protocol.transport
        if transport is not None:
            transport.abort()

    async def _fetch(self, uid: int, what: str) -> list[Any]:
        return await self._fetch_set(str(uid), what)

    async def _fetch_set(self, uids: str, what: str) -> list[Any]:
        return await self._ok(self._client.uid("fetch", uids, what), "FETCH")

    async def _ok(self, command: Coroutine[Any, Any, Any], name: str) -> list[Any]:
        told = await self._within(command)
        if told.result != "OK":
            raise MailboxError(f"{name} refused ({told.result})")
        return list(told.lines)

    async def _within(self, work: Coroutine[Any, Any, T] | asyncio.Future[T]) -> T:
        """The outcome, if it comes in time and before the connection is lost."""
        task = asyncio.ensure_future(work)
        try:
            either: set[asyncio.Future[Any]] = {task, self._lost}
            await asyncio.wait(either, timeout=self._timeout, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise MailboxError("connection lost" if self._lost.done() else "no answer in time")
            return task.result()
        except (aioimaplib.AioImapException, OSError, TimeoutError, ValueError) as problem:
            # aioimaplib's texts may hold a whole command, and so the password.
            raise MailboxError(type(problem).__name__) from None
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def _check(self) -> None:
        if self._lost.done():
            raise MailboxError("connection lost")


def folder_name(name: str) -> str:
    """A folder's name in IMAP's own UTF-7 (RFC 3501, 5.1.3)."""
    pieces = []
    for run in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if " " <= run[0] <= "~":
            pieces.append(run.replace("&", "&-"))
        else:
            coded = base64.b64encode(run.encode("utf-16-be")).decode().rstrip("=")
            pieces.append(f"&{coded.replace('/', ',')}-")
    return "".join(pieces)


def _number(pattern: re.Pattern[bytes], lines: list[bytes]) -> int:
    found = (pattern.search(line) for line in lines)
    return next((int(one[1]) for one in found if one), 0)


def _literal(lines: list[Any]) -> bytes:
    """The content in an answer: a literal, or a string in quotes where it is short."""
    for line in lines:
        if isinstance(line, bytearray):
            return bytes(line)
        found = _STRING.search(bytes(line))
        if found:
            return re.sub(rb"\\(.)", rb"\1", found[1])
    return b""


def _items(lines: list[Any]) -> list[tuple[bytes, bytes]]:
    """What is said of each letter in an answer about several: the words and the literal."""
    items: list[tuple[bytes, bytes]] = []
    for line in lines:
        if isinstance(line, bytearray):
            if items:
                items[-1] = (items[-1][0], bytes(line))
        elif _ITEM.match(line):
            items.append((bytes(line), b""))
        elif items:
            items[-1] = (items[-1][0] + b" " + bytes(line), items[-1][1])
    return items


def _arrived(found: re.Match[bytes] | None) -> int:
    if found is None:
        return 0
    try:
        return round(parsedate_to_datetime(found[1].decode("ascii").strip()).timestamp() * 1000)
    except (ValueError, TypeError, OverflowError):
        return 0
