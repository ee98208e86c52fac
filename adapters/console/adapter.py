"""The terminal, behind the port that every channel implements."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import CancelledError
from typing import Any, TextIO, cast

import msgspec

from adapters.console.inbound import from_json, from_text
from adapters.console.outbound import Side, as_json, as_lines
from bot.channel import Delivery, Door, Receipt, Undeliverable
from bot.errors import NotSaved
from bot.model.abilities import CONSOLE, KINDS, Abilities
from bot.model.event import Incoming
from bot.model.message import Attachment

_RETRY_SECONDS = 0.5


class ConsoleAdapter:
    """Says messages on standard output and hears standard input.

    Settings: `format` (text, json or rich), `language`, `side` (whom the words are for), `as` (the kind of
    channel whose abilities it pretends to have).
    """

    def __init__(self, name: str, settings: dict[str, Any], output: TextIO | None = None) -> None:
        self.name = name
        self.abilities: Abilities = KINDS.get(str(settings.get("as", "")), CONSOLE)
        self._output = output
        self._json = settings.get("format") == "json"
        by_name = "operators" if name == "operators" else "customer"
        self._side = cast("Side", settings.get("side", by_name))
        self._write = self._writer(str(settings.get("format", "text")), settings)
        self._count = 0

    def _writer(self, form: str, settings: dict[str, Any]) -> Callable[[Delivery], None]:
        language = str(settings.get("language", "ru"))
        if form == "rich":
            from adapters.console.bubbles import Bubbles

            return Bubbles(self._side, language, str(settings.get("title", ""))).show
        if form == "json":
            addressed = "side" not in settings
            return lambda delivery: self._print(as_json(delivery, self._side, addressed=addressed))
        return lambda delivery: self._print(as_lines(delivery, self._side, language))

    def _print(self, text: str) -> None:
        output = self._output or sys.stdout
        output.write(text + "\n")
        output.flush()

    async def open(self, door: Door) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to let go of."""

    async def receive(self, door: Door) -> None:
        """Read lines until the input ends, then wait to be cancelled."""
        door.alive()
        lines: asyncio.Queue[str | None] = asyncio.Queue(maxsize=1000)
        loop = asyncio.get_running_loop()

        def put(line: str | None) -> None:
            asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()

        def read() -> None:
            # The program's end takes away the queue that a line waits for.
            with contextlib.suppress(CancelledError):
                for line in sys.stdin:
                    put(_readable(line))
                put(None)

        # A daemon thread: a blocked read of the terminal must not hold up the program's end.
        threading.Thread(target=read, name=f"read-{self.name}", daemon=True).start()
        while (line := await lines.get()) is not None:
            if line.strip():
                await self._hear(line.rstrip("\n"), door)
        await asyncio.Event().wait()

    async def _hear(self, line: str, door: Door) -> None:
        try:
            incoming = from_json(line) if self._json else await self._typed(line, door)
        except msgspec.DecodeError as mistake:
            self._print(msgspec.json.encode({"refused": str(mistake)}).decode())
            return
        await self._accept(incoming, door)
        if self._json:
            self._print(msgspec.json.encode({"accepted": incoming.external_id}).decode())

    async def _typed(self, line: str, door: Door) -> Incoming:
        self._count = int(await door.cursor() or 0) + 1
        return from_text(line, str(self._count))

    async def _accept(self, incoming: Incoming, door: Door) -> None:
        while True:
            try:
                await door.accept([incoming], None if self._json else str(self._count))
            except NotSaved:
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Print it; a terminal cannot fail, and shows neither typing nor marks on lines."""
        if delivery.kind not in ("typing", "react"):
            self._write(delivery)
        return Receipt((str(delivery.id),))

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """A terminal brings no files."""
        raise Undeliverable("the terminal brings no files")


def _readable(line: str) -> str:
    """What stands for bytes that are no text is replaced: no database would take it, and the line would come for ever."""
    return line.encode(errors="surrogateescape").decode(errors="replace")
