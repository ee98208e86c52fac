"""The fake Telegram: one server over real sockets on 127.0.0.1, for any number of bots and people.

    async with FakeTelegram() as server:
        bot = server.bot("1001:secret", "Импульс")
        anna = server.person("Анна")
        await anna.writes("Здравствуйте", to=bot)
        await anna.waits_for("Чем помочь?")

`server.url` goes into the configuration's api_url. Limits are off unless `limits=Limits()` is given. What no honest client of
the Bot API may send is refused and remembered in `complaints`; leaving the block with complaints fails the test.
"""

import asyncio
import contextlib
import json
import socket
import struct
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram import wire
from tests.fakes.telegram.bell import PATIENCE
from tests.fakes.telegram.bot import FakeBot
from tests.fakes.telegram.faults import AFTER_DOING, Fault, FaultKind
from tests.fakes.telegram.group import FakeGroup, GroupKind
from tests.fakes.telegram.hooks import Hooks
from tests.fakes.telegram.methods import METHODS
from tests.fakes.telegram.methods.media import MB
from tests.fakes.telegram.pace import Clock, Limits
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.places import Json
from tests.fakes.telegram.refusal import Refusal, too_many
from tests.fakes.telegram.updates import MOST
from tests.fakes.telegram.wire import Call, Unofficial
from tests.fakes.telegram.world import Account, World

PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
LONGEST_POLL = 50
ACCEPTED = 20
"""Turns of our loop after which whoever has knocked is connected."""
OTHER_READER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class FakeTelegram:
    """The server and everything behind it; the people and groups that it makes speak and look for tests."""

    def __init__(self, *, clock: Clock = time.time, limits: Limits | None = None) -> None:
        self.world = World(clock, limits)
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.port = 0
        self.latency = 0.0
        """Seconds that an answer takes to come back, after all was done."""
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self.hooks = Hooks(self.world)
        self._ending = asyncio.Event()
        self._next_person = 5_001
        self._next_group = 1

    # ---- its life ---------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
        if kind is None:
            assert not self.complaints, "\n".join(self.complaints)

    async def start(self) -> None:
        """Listen. The port stays the same from the first start on."""
        app = web.Application(client_max_size=60 * MB)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._ending.clear()
        # No log of its own: tests look for tokens in logs, and every address here holds one.
        self._runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=1.0, access_log=None
        )
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]
        self.hooks.start()

    async def stop(self) -> None:
        """Stop listening; open connections are closed. What the fake knows stays."""
        self._ending.set()
        self.world.bell.ring()
        await self.hooks.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    goes_down = stop
    comes_up = start

    async def is_left(self) -> None:
        """Wait until nobody is connected: then all that a dead process had sent is taken in."""
        for _ in range(ACCEPTED):
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE):
            while self._runner and self._runner.server and self._runner.server.connections:  # noqa: ASYNC110  (turns of the loop are waited for)
                await asyncio.sleep(0)

    @property
    def url(self) -> str:
        """What a configuration's api_url says."""
        return f"http://127.0.0.1:{self.port}"

    # ---- who is there -------------------------------------------------------------------------

    def bot(self, token: str, name: str = "Бот", username: str = "") -> FakeBot:
        """The bot with a token ("digits:anything"), made at first mention."""
        account = self.world.account(token)
        if account is None:
            account = self.world.new_account(
                token, name, username or f"bot{token.partition(':')[0]}_bot"
            )
            self.world.users[account.id] = account.user
        return FakeBot(self.world, account)

    def person(
        self,
        first_name: str,
        last_name: str = "",
        *,
        username: str = "",
        phone: str = "+79161234567",
        language: str = "ru",
    ) -> Person:
        """Somebody new."""
        user: Json = {"id": self._next_person, "is_bot": False, "first_name": first_name}
        self._next_person += 1
        if last_name:
            user["last_name"] = last_name
        if username:
            user["username"] = username
        user["language_code"] = language
        self.world.users[user["id"]] = user
        return Person(self.world, user, phone)

    def forum(
        self,
        title: str,
        *,
        members: Iterable[Person] = (),
        bot: FakeBot | None = None,
        owner: Person | None = None,
        admin: bool = True,
    ) -> FakeGroup:
        """A supergroup with topics. The bot is an administrator with all rights unless `admin` is False."""
        return self._group("forum", title, members, bot, owner, admin)

    def group(
        self,
        title: str,
        *,
        members: Iterable[Person] = (),
        bot: FakeBot | None = None,
        owner: Person | None = None,
        admin: bool = False,
        kind: GroupKind = "group",
    ) -> FakeGroup:
        """A plain group, or a supergroup without topics (`kind="supergroup"`)."""
        return self._group(kind, title, members, bot, owner, admin)

    def _group(
        self,
        kind: GroupKind,
        title: str,
        members: Iterable[Person],
        bot: FakeBot | None,
        owner: Person | None,
        admin: bool,
    ) -> FakeGroup:
        number = self._next_group
        self._next_group += 1
        made = FakeGroup.made(self.world, kind, title, number)
        for place, person in enumerate(members):
            first = owner is None and place == 0
            made.takes_in(person, status="creator" if first or person is owner else "member")
        if bot is not None:
            made.takes_in_bot(bot, admin=admin)
        return made

    # ---- what goes wrong ------------------------------------------------------------------------

    def fails(
        self,
        method: str,
        kind: FaultKind,
        *,
        times: int = 1,
        bot: FakeBot | None = None,
        chat: int | None = None,
        retry_after: int | None = 1,
        words: str = "",
    ) -> Fault:
        """The next `times` calls of a method ("": of any) go wrong; kinds are told in `faults.FaultKind`."""
        fault = Fault(
            kind,
            method,
            bot.account.id if bot else None,
            chat,
            times,
            retry_after,
            words,
        )
        self.world.faults.append(fault)
        return fault

    def mends(self) -> None:
        """Nothing goes wrong any more."""
        self.world.faults.clear()

    # ---- what was asked ---------------------------------------------------------------------------

    def calls_of(self, *methods: str, chat: int | None = None) -> list[Call]:
        """The accepted calls of some methods, in order."""
        return [
            call
            for call in self.calls
            if call.method in methods and not call.refused and chat in (None, call.chat)
        ]

    def refusals(self) -> list[str]:
        """What was refused, as "method: words"."""
        return [f"{call.method}: {call.refused}" for call in self.calls if call.refused]

    async def until(
        self, look: Any, what: str = "it never happened", patience: float | None = None
    ) -> Any:
        """Wait until `look()` is true; looked at again whenever something changed here."""
        return await self.world.bell.until(look, what, patience)

    # ---- requests -----------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        account = self.world.account(request.match_info["token"])
        method = request.match_info["method"]
        if account is None or account.revoked:
            return _json(Refusal(401, "Unauthorized").body(), 401)
        try:
            call = await wire.read(request, account.id, method)
        except Refusal as refusal:
            if isinstance(refusal, Unofficial) or refusal.code == 404:
                self.complaints.append(f"{method}: {refusal.description}")
            refused = Call(account.id, method, at=self.world.clock(), refused=refusal.description)
            self.calls.append(refused)
            return _json(refusal.body(), refusal.code)
        call.at = self.world.clock()
        if method != "getUpdates":
            self.calls.append(call)
        return await self._carry_out(request, account, call)

    async def _carry_out(
        self, request: web.Request, account: Account, call: Call
    ) -> web.StreamResponse:
        fault = next(
            (one for one in self.world.faults if one.meets(account.id, call.method, call.chat)),
            None,
        )
        if fault is not None:
            fault.take()
            self.world.bell.ring()
        if fault is not None and fault.kind not in AFTER_DOING:
            call.refused = fault.kind
            return await self._refuse(request, fault)
        try:
            if call.method == "getUpdates":
                result = await self._get_updates(account, call)
            elif call.method in METHODS:
                result = METHODS[call.method](self.world, account, call)
            else:
                self.complaints.append(f"{call.method}: this fake does not know it")
                raise Refusal(404, "Not Found")
        except Refusal as refusal:
            call.refused = refusal.description
            self.world.bell.ring()
            return _json(refusal.body(), refusal.code)
        call.answer = result
        self.world.bell.ring()
        answer = {"ok": True, "result": result}
        if self.latency and call.method != "getUpdates":
            await asyncio.sleep(self.latency)
        call.answered = self.world.clock()
        return _json(answer) if fault is None else await self._spoil(request, fault, answer)

    async def _refuse(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """A fault that comes before anything was done."""
        match fault.kind:
            case "429" if fault.retry_after is None:
                return _json(
                    {"ok": False, "error_code": 429, "description": "Too Many Requests"}, 429
                )
            case "429":
                return _json(too_many(fault.retry_after or 0).body(), 429)
            case "400" | "403":
                start = "Bad Request" if fault.kind == "400" else "Forbidden"
                refusal = Refusal(int(fault.kind), f"{start}: {fault.words}")
                return _json(refusal.body(), refusal.code)
            case "500":
                return _json(Refusal(500, "Internal Server Error").body(), 500)
            case "502":
                return web.Response(text=PAGE, status=502, content_type="text/html")
            case "hang":
                await self._forever()
        return _close(request)

    async def _spoil(self, request: web.Request, fault: Fault, answer: Json) -> web.StreamResponse:
        """A fault that comes after all was done: the answer is what gets lost."""
        text = json.dumps(answer)
        match fault.kind:
            case "truncated":
                return web.Response(text=text[: len(text) // 2], content_type="application/json")
            case "html":
                return web.Response(text=PAGE, content_type="text/html")
            case "silent":
                await self._forever()
            case "reset":
                return await _reset(request, text)
        return _close(request)

    async def _forever(self) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._ending.wait(), 600)

    async def _get_updates(self, account: Account, call: Call) -> list[Json]:
        """Long polling: answers at once if there is something, else when something comes or the time is over."""
        queue, params = account.queue, call.params
        if account.webhook:
            raise Refusal(409, WEBHOOK_SET)
        account.reader += 1
        reader = account.reader
        self.world.bell.ring()
        queue.allow(params.get("allowed_updates"))
        queue.confirm(params.get("offset", 0))
        self.world.bell.ring()
        limit = min(max(params.get("limit", MOST), 1), MOST)
        loop = asyncio.get_running_loop()
        end = loop.time() + min(max(params.get("timeout", 0), 0), LONGEST_POLL)
        while not queue.waiting and not self._ending.is_set():
            if not await self.world.bell.rung(end - loop.time()):
                break
            if account.webhook:
                raise Refusal(409, "Conflict: terminated by setWebhook request")
            if account.reader != reader:
                account.conflicts += 1
                raise Refusal(409, OTHER_READER)
            if account.revoked:
                raise Refusal(401, "Unauthorized")
        return queue.first(limit)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        account = self.world.account(request.match_info["token"])
        if account is None or account.revoked:
            return _json(Refusal(401, "Unauthorized").body(), 401)
        path = request.match_info["path"]
        fault = next((one for one in self.world.faults if one.meets(account.id, "file", 0)), None)
        if fault is not None:
            return await self._refuse(request, fault.take())
        kept = next((one for one in self.world.files.values() if one.path == path), None)
        if kept is None or kept.gone:
            return _json(Refusal(404, "Not Found").body(), 404)
        return web.Response(body=kept.data, content_type="application/octet-stream")


def _json(body: Json, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


def _close(request: web.Request) -> web.StreamResponse:
    """Close the connection without a word."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def _reset(request: web.Request, text: str) -> web.StreamResponse:
    """Send half of an answer, then RST."""
    response = web.StreamResponse()
    response.content_length = len(text.encode())
    response.content_type = "application/json"
    await response.prepare(request)
    await response.write(text[: len(text) // 2].encode())
    transport = request.transport
    if transport is not None:
        plug = transport.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return response
