"""The fake VK as an HTTP server on the loopback interface."""

import asyncio
import json
from collections import deque
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.vk.callbacks import Callbacks
from tests.fakes.vk.faults import AFTER_DOING, Fault, Refusal
from tests.fakes.vk.methods import METHODS
from tests.fakes.vk.people import Person
from tests.fakes.vk.schema import Json, error_text, faults_in_answer, read_call, schema
from tests.fakes.vk.world import Call, World

TOKEN = "vk1.a." + "c" * 80
ADMIN = "vk1.a." + "a" * 80
GROUP = 123_456
VERSION = "5.199"
LONGEST_WAIT = 90
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM")
"""How a photo begins that VK takes for one, whatever it is called."""


class FakeVk:
    """`async with FakeVk() as vk:` - a VK with one community."""

    def __init__(self, group_id: int = GROUP, token: str = TOKEN, admin_token: str = ADMIN) -> None:
        self.world = World(group_id, token, admin_token)
        self.callbacks = Callbacks(self.world)
        self.idle = 25.0
        """Seconds that the long poll waits at most, whatever is asked for."""
        self._recent: dict[str, deque[float]] = {}
        self._hanging: set[asyncio.Future[None]] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def start(self, port: int = 0) -> None:
        """Listen."""
        app = web.Application(client_max_size=300_000_000)
        app.router.add_route("*", "/method/{method}", self._method)
        app.router.add_get(f"/wh{self.world.group_id}", self._poll)
        app.router.add_post("/upload/{kind}/{place}", self._upload)
        app.router.add_get("/files/{name}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.world.url = f"http://{host}:{port}"

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
        if kind is None:
            assert self.world.mistakes == [], "the fake itself broke VK's schema"

    async def close(self) -> None:
        """Answer what hangs, and stop listening."""
        await self.callbacks.close()
        for hanging in self._hanging:
            if not hanging.done():
                hanging.set_result(None)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def goes_down(self) -> None:
        """Nobody answers any more."""
        runner, self._runner = self._runner, None
        assert runner is not None
        self.world.bell.ring()
        await runner.cleanup()

    async def comes_up(self) -> None:
        """There it is again, where it was."""
        await self.start(int(self.url.rpartition(":")[2]))

    @property
    def url(self) -> str:
        """What `api_url` is set to."""
        return self.world.url

    def settings(self, **more: Any) -> dict[str, Any]:
        """A channel's settings for this community."""
        return {
            "token": self.world.token,
            "group_id": self.world.group_id,
            "api_url": self.url,
            **more,
        }

    def person(self, name: str, surname: str = "", *, screen_name: str = "") -> Person:
        """Somebody with a page."""
        number = 1_000 + self.world.number()
        self.world.people[number] = {
            "id": number,
            "first_name": name,
            "last_name": surname,
            "screen_name": screen_name or f"id{number}",
            "can_access_closed": True,
            "is_closed": False,
        }
        return Person(self.world, number, name)

    def post(self) -> int:
        """A new post of the community's, under which people comment."""
        number = self.world.number()
        self.world.comments["wall", number] = []
        return number

    def topic(self) -> int:
        """A new discussion."""
        number = self.world.number()
        self.world.comments["topic", number] = []
        return number

    def calls_of(self, method: str) -> list[Call]:
        """Calls of a method, the oldest first."""
        return [one for one in self.world.calls if one.method == method]

    # ---- methods ------------------------------------------------------------------------------

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        form = await request.post() if request.method == "POST" else {}
        said = {**request.query, **{name: str(value) for name, value in form.items()}}
        token, version = said.pop("access_token", ""), said.pop("v", "")
        fault = self.world.fault_for(method, _peer(said))
        if fault is not None and fault.kind not in AFTER_DOING:
            return await self._instead(request, fault, method, said)
        answer = self._carried_out(method, token, version, said)
        if fault is not None:
            return await self._cut_off(request, hang=fault.kind == "silent")
        return web.json_response(answer)

    def _carried_out(self, method: str, token: str, version: str, said: dict[str, str]) -> Json:
        now = asyncio.get_running_loop().time()
        try:
            self._admitted(method, token, version, now)
            values, mistake = read_call(method, said)
            if mistake:
                raise Refusal(100, mistake)
            answer = METHODS[method](self.world, values)
        except Refusal as refusal:
            self.world.calls.append(Call(method, dict(said), now, code=refusal.code))
            self.world.bell.ring()
            return _error(refusal.code, refusal.more, method, said)
        self.world.mistakes += faults_in_answer(method, answer)
        self.world.calls.append(Call(method, values, now, answer))
        self.world.bell.ring()
        return {"response": answer}

    def _admitted(self, method: str, token: str, version: str, now: float) -> None:
        if method not in schema()["methods"] or method not in METHODS:
            raise Refusal(3)
        if token not in {self.world.token, self.world.admin_token}:
            raise Refusal(5, "invalid access_token (4).")
        if version != VERSION:
            raise Refusal(8, f"v should be {VERSION}")
        kind = "group" if token == self.world.token else "user"
        if kind not in schema()["methods"][method]["tokens"]:
            raise Refusal(27 if kind == "group" else 28, "method is unavailable with this key")
        recent = self._recent.setdefault(token, deque())
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= self.world.per_second:
            self.world.rate_hits += 1
            raise Refusal(6)
        recent.append(now)

    async def _instead(
        self, request: web.Request, fault: Fault, method: str, said: dict[str, str]
    ) -> web.StreamResponse:
        """What a fault answers in place of doing anything."""
        match fault.kind:
            case "code":
                now = asyncio.get_running_loop().time()
                self.world.calls.append(Call(method, dict(said), now, code=fault.code))
                self.world.bell.ring()
                return web.json_response(_error(fault.code, "", method, said))
            case "502":
                return web.Response(status=502, text="<html>502</html>", content_type="text/html")
            case "html":
                return web.Response(text="<html>hello</html>", content_type="text/html")
            case "empty":
                return web.json_response({})
            case _:
                return await self._cut_off(request, hang=fault.kind == "hang")

    async def _cut_off(self, request: web.Request, *, hang: bool) -> web.StreamResponse:
        self.world.bell.ring()
        if hang:
            hanging = asyncio.get_running_loop().create_future()
            self._hanging.add(hanging)
            await hanging
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    # ---- long poll ----------------------------------------------------------------------------

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        world, said = self.world, request.query
        if said.get("act") != "a_check" or "wait" not in said:
            return web.json_response({"failed": 4})
        if world.polls:
            return await self._odd(request, world.polls.popleft())
        if said.get("key") not in world.keys:
            return web.json_response({"failed": 2})
        ts, top = said.get("ts", ""), len(world.events)
        if not ts.isdigit() or int(ts) > top or int(ts) < world.forgotten:
            return web.json_response({"failed": 1, "ts": top})
        world.told_back = int(ts)
        world.polled += 1
        world.bell.ring()
        begin = int(ts)
        if world.repeating and begin:
            world.repeating, begin = False, begin - 1
        await self._wait_for_events(begin, min(float(said["wait"]), LONGEST_WAIT, self.idle))
        if world.polls:
            return await self._odd(request, world.polls.popleft())
        return web.json_response({"ts": str(len(world.events)), "updates": world.events[begin:]})

    async def _wait_for_events(self, ts: int, seconds: float) -> None:
        world, loop = self.world, asyncio.get_running_loop()
        end = loop.time() + seconds
        while len(world.events) <= ts and not world.polls and loop.time() < end:
            await world.bell.wait(end - loop.time())

    async def _odd(self, request: web.Request, answer: Any) -> web.StreamResponse:
        """An answer of the test's own: JSON, text, `cut` or `hang`."""
        if answer in {"cut", "hang"} if isinstance(answer, str) else False:
            return await self._cut_off(request, hang=answer == "hang")
        if isinstance(answer, str):
            return web.Response(text=answer, content_type="text/html")
        return web.json_response(answer)

    # ---- files --------------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        form = await request.post()
        files = [one for one in form.values() if isinstance(one, web.FileField)]
        if len(files) != 1:
            return web.json_response({"error": "ERR_UPLOAD_BAD_FILE"})
        field = files[0]
        content = field.file.read()
        name = f"f{self.world.number()}"
        self.world.files[name] = (content, field.content_type)
        if kind == "photo":
            if not content.startswith(PICTURES):
                return web.json_response({"server": 1, "photo": "[]", "hash": ""})
            photo = json.dumps([{"file": name}])
            self.world.uploads[f"h{name}"] = {"photo": photo}
            return web.json_response({"server": 1, "photo": photo, "hash": f"h{name}"})
        told = {"kind": kind, "name": name, "size": len(content), "told": field.filename}
        self.world.uploads[f"token|{name}"] = told
        return web.json_response({"file": f"token|{name}"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        found = self.world.files.get(request.match_info["name"])
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found[0], content_type=found[1])


def _error(code: int, more: str, method: str, said: dict[str, str]) -> Json:
    text = error_text(code) + (f": {more}" if more else "")
    told = [{"key": "method", "value": method}, *({"key": k, "value": v} for k, v in said.items())]
    error: Json = {"error_code": code, "error_msg": text, "request_params": told}
    if code == 14:
        error |= {"captcha_sid": "1", "captcha_img": "https://vk.com/captcha.php?sid=1"}
    return {"error": error}


def _peer(said: dict[str, str]) -> int:
    """Whom a call is about, 0 for nobody."""
    text = said.get("peer_ids") or said.get("peer_id") or said.get("user_id") or "0"
    first = text.split(",")[0]
    return int(first) if first.lstrip("-").isdigit() else 0
