"""A wire between a client and a server that can be cut, frozen, and whose words can be changed."""

import asyncio
import contextlib
from collections.abc import Callable

Change = Callable[[bytes], bytes]


class Wire:
    """A proxy on a port of its own. `to_client` and `to_server` change what passes; `on_client` sees every piece that
    the client says and may cut the wire."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self.to_client: Change = lambda data: data
        self.on_client: Callable[[bytes], None] = lambda data: None
        self.connections = 0
        self._news = asyncio.Event()
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End everything."""
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def connected_after(self, count: int) -> None:
        """Return when there was one connection more."""
        while self.connections <= count:
            self._news.clear()
            await self._news.wait()

    def freeze(self) -> None:
        """Nothing passes any more, and nobody is told: a dead line."""
        self._flows.clear()

    def cut(self) -> None:
        """Every connection is lost."""
        for writer in list(self._writers):
            writer.transport.abort()

    def thaw(self) -> None:
        """What hung is lost, new connections work."""
        self.cut()
        self._flows.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._news.set()
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        for work in (
            self._pass(reader, back, self.on_client, lambda data: data),
            self._pass(there, writer, lambda _: None, self.to_client),
        ):
            task = asyncio.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        seen: Callable[[bytes], None],
        change: Change,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                seen(data)
                await self._flows.wait()
                writer.write(change(data))
                await writer.drain()
        self._writers.discard(writer)
        writer.close()

    def say(self, data: bytes) -> None:
        """Say something to every client in the server's name."""
        for writer in self._writers:
            writer.write(data)
