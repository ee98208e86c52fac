"""`/hooks/<channel>`: what messengers bring by themselves."""

from aiohttp import web

from bot.app import App
from bot.channel import HookCall, Hooked
from bot.listener.routes import Route


class Hooks:
    """Hands each request to the channel that it names."""

    def __init__(self, app: App) -> None:
        self._app = app

    def routes(self) -> list[Route]:
        """Where."""
        return [("*", "/hooks/{channel}", self.called)]

    async def called(self, request: web.Request) -> web.Response:
        """The adapter's answer, given after what was brought is saved."""
        name = request.match_info["channel"]
        adapter: object = self._app.adapters.get(name)
        if not isinstance(adapter, Hooked):
            raise web.HTTPNotFound(text="no such channel is called over HTTP")
        if name not in self._app.opened:
            raise web.HTTPServiceUnavailable(text="the channel is not open yet")
        call = HookCall(
            request.method,
            {key.lower(): value for key, value in request.headers.items()},
            dict(request.query),
            await request.read(),
        )
        answer = await adapter.called(call)
        return web.Response(
            status=answer.status, body=answer.body, headers={"Content-Type": answer.content_type}
        )
