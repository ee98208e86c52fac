"""`/healthz`: the process lives. `/readyz`: it can do its work. `/metrics`: how much of it there is."""

from typing import Any

from aiohttp import web

from bot.app import App
from bot.errors import NotSaved
from bot.health import Health
from bot.listener.metrics import page
from bot.listener.routes import Route


class HealthPages:
    """What supervisors and monitoring ask for."""

    def __init__(self, app: App, health: Health) -> None:
        self._app = app
        self._health = health

    def routes(self) -> list[Route]:
        """Where."""
        return [
            ("GET", "/healthz", self.healthz),
            ("GET", "/readyz", self.readyz),
            ("GET", "/metrics", self.metrics),
        ]

    async def healthz(self, _: web.Request) -> web.Response:
        """That this is answered says all."""
        return web.json_response({"alive": True})

    async def readyz(self, _: web.Request) -> web.Response:
        """200 where all is well; 503 where the store refuses or a channel is deaf."""
        saves, deaf = await self._health.saves(), self._health.deaf()
        ready = saves and not deaf
        found = {
            "ready": ready,
            "store": {"writable": saves},
            "channels": await self._channels(deaf),
            "operators": {"reachable": self._app.desk_reachable()},
        }
        return web.json_response(found, status=200 if ready else 503)

    async def _channels(self, deaf: frozenset[str]) -> dict[str, Any]:
        try:
            waiting = await self._app.store.backlog()
        except NotSaved:
            waiting = {}
        return {
            name: {
                "last_read_seconds": self._health.last_read(name),
                "deaf": name in deaf,
                "waiting": waiting.get(name, 0),
            }
            for name in self._app.adapters
        }

    async def metrics(self, _: web.Request) -> web.Response:
        """Prometheus's text, where the extra `frontdesk[metrics]` is installed."""
        text = await page(self._app, self._health)
        if text is None:
            raise web.HTTPNotFound(text="no metrics: pip install 'frontdesk[metrics]'")
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})
