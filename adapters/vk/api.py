"""VK's API for the loop: paced calls, uploads, downloads, the long poll."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from adapters.vk.faults import Refused, Unreached
from adapters.vk.settings import Settings
from adapters.vk.threads import Threads
from adapters.vk.wire import Wire

CALL, UPLOAD, DOWNLOAD = 25.0, 600.0, 600.0
"""Seconds after which a call is given up, whatever still comes."""
WAIT = 25
"""Seconds that the long poll's server keeps a question when there is nothing to tell."""
MARGIN = 10.0
QUIET = 60.0
"""Seconds without a byte of a download."""
CHUNK = 65_536
TOO_FAST, TRIES, BREATH = 6, 3, 0.5
"""The network may bunch up calls that were made evenly: refused for that, one is made again so soon (seconds)."""
SHARE = 0.9
"""Of the pace that VK allows; what is left is for the network to shift calls about."""


class Api:
    """One community's access. Everything raises `Refused` or `Unreached`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wire = Wire(settings, settings.token)
        self._admin = Wire(settings, settings.admin_token) if settings.admin_token else None
        self._threads = Threads()
        self._pause = 1.0 / (SHARE * settings.pace)
        self._free_at = 0.0
        self._downloads: aiohttp.ClientSession | None = None

    @property
    def has_admin(self) -> bool:
        """Whether there is a key for methods that refuse a community's."""
        return self._admin is not None

    async def call(
        self, method: str, *, as_admin: bool = False, seconds: float = CALL, **values: Any
    ) -> Any:
        """A method's answer."""
        wire = self._admin if as_admin and self._admin is not None else self._wire
        said = {name: _written(value) for name, value in values.items() if value is not None}
        for _ in range(TRIES - 1):
            await self._turn()
            try:
                return await self._threads.run(partial(wire.call, method, said), seconds)
            except Refused as refusal:
                if refusal.code != TOO_FAST:
                    raise
            await asyncio.sleep(BREATH)
        await self._turn()
        return await self._threads.run(partial(wire.call, method, said), seconds)

    async def poll(self, server: str, key: str, ts: str) -> tuple[Any, int]:
        """One question to the long poll's server: its answer, and its clock (seconds, or 0)."""
        values = {"act": "a_check", "key": key, "ts": ts, "wait": WAIT}
        ask = partial(self._wire.poll, server, values, WAIT + MARGIN)
        return await self._threads.run(ask, WAIT + 2 * MARGIN)

    async def upload(self, url: str, field: str, path: Path, name: str, mime: str) -> Any:
        """What an upload server answers."""
        return await self._threads.run(
            partial(self._wire.upload, url, field, path, name, mime), UPLOAD
        )

    async def download(self, url: str) -> AsyncIterator[bytes]:
        """A file's bytes. `Refused` with the HTTP status where it is not to be had."""
        try:
            if self._downloads is None:
                limits = aiohttp.ClientTimeout(total=DOWNLOAD, sock_connect=10, sock_read=QUIET)
                self._downloads = aiohttp.ClientSession(timeout=limits)
            proxy = self._settings.proxy or None
            async with self._downloads.get(url, proxy=proxy) as answer:
                if 400 <= answer.status < 500:
                    raise Refused(answer.status)
                answer.raise_for_status()
                async for chunk in answer.content.iter_chunked(CHUNK):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise Unreached(type(problem).__name__) from None

    async def close(self) -> None:
        """Let go of connections."""
        if self._downloads is not None:
            await self._downloads.close()
            self._downloads = None
        for wire in (self._wire, self._admin):
            if wire is not None:
                wire.close()

    async def _turn(self) -> None:
        """VK counts a key's calls of every second; ours are spaced evenly."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        at = max(now, self._free_at)
        self._free_at = at + self._pause
        if at > now:
            await asyncio.sleep(at - now)


def _written(value: Any) -> Any:
    """A list as VK reads it."""
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
