"""Our own little HTTP server: health, metrics, what messengers and other systems bring."""

import asyncio

import structlog
from aiohttp import web

from bot.app import App
from bot.config.settings import Http
from bot.errors import ConfigurationError, NotSaved
from bot.health import Health
from bot.listener.health import HealthPages
from bot.listener.hooks import Hooks
from bot.listener.routes import Answer
from bot.listener.webhooks import Webhooks
from bot.logs import fault

__all__ = ["Listener", "place"]

log = structlog.get_logger("http")

LONGEST = 30.0
"""Seconds that one request may take."""
STOP = 5.0
"""Seconds that a stop waits for requests in hand."""


def place(listen: str) -> tuple[str, int]:
    """The address and port that `http.listen` names. Raises `ConfigurationError`."""
    host, _, port = listen.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise ConfigurationError(
            f"http.listen: «{listen}» - нужны адрес и порт, например 127.0.0.1:8080 / "
            f"{listen!r} is no address and port; write for example 127.0.0.1:8080"
        )
    return host.strip("[]") or "127.0.0.1", int(port)


class Listener:
    """Serves until `stop`. Nothing of a request's content is logged."""

    def __init__(self, http: Http, app: App, health: Health) -> None:
        self._where = place(http.listen or "")
        server = web.Application(client_max_size=http.body_limit)
        for part in (HealthPages(app, health), Hooks(app), Webhooks(app, http.webhooks)):
            for method, path, answer in part.routes():
                server.router.add_route(method, path, _in_words(answer))
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=STOP)
        self.port = 0

    async def start(self) -> None:
        """Listen. Raises `ConfigurationError` where the address is taken or not ours."""
        host, port = self._where
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as problem:
            await self._runner.cleanup()
            raise ConfigurationError(
                f"http.listen {host}:{port}: {problem.strerror or 'cannot be listened on'}"
            ) from None
        self.port = int(self._runner.addresses[0][1])
        log.info("listening", host=host, port=self.port)

    async def stop(self) -> None:
        """Answer what is in hand, then let go."""
        await self._runner.cleanup()


def _in_words(answer: Answer) -> Answer:
    """Every refusal is JSON that says why."""

    async def answered(request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(LONGEST):
                return await answer(request)
        except web.HTTPException as problem:
            return _refusal(problem.text or problem.reason, problem.status)
        except NotSaved:
            return _refusal("not saved; send it again later", 503)
        except TimeoutError:
            return _refusal("it took too long", 503)
        except Exception as problem:  # noqa: BLE001  (whoever calls must get an answer)
            log.error("request failed", route=_route(request), **fault(problem))
            return _refusal("a fault of ours; it is in the log", 500)

    return answered


def _refusal(why: str, status: int) -> web.Response:
    headers = {"Retry-After": "5"} if status == 503 else None
    return web.json_response({"error": why}, status=status, headers=headers)


def _route(request: web.Request) -> str:
    """The path's form: the path itself may hold somebody's words."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""
