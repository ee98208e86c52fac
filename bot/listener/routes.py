"""What a part of the listener serves."""

from collections.abc import Awaitable, Callable

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.Response]]
Route = tuple[str, str, Answer]
"""A method (`*`: any), a path, and what answers there."""
