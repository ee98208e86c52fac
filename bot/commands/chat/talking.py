"""A rehearsal at the terminal: lines in, messages out, a clock that runs by itself while a person watches."""

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bot import logs
from bot.channel import Adapter, Delivery
from bot.commands.adapters import adapter_factory
from bot.commands.chat.recording import Recording
from bot.commands.telling import told
from bot.commands.terminal import FAILED, FINE, coloured, note, speak
from bot.config import Config
from bot.dialog.script import Script
from bot.directions import HELP, Leave, perform
from bot.rehearsal import Rehearsal, Side, StageError
from bot.sentences import sentences_of

_TICK = 0.2


class Beside(msgspec.Struct, frozen=True):
    """What is done beside talking: the talk is kept in `database`, what decided is told after each line, and the
    whole is written as a test to `record`."""

    database: Path | None = None
    trace: bool = False
    record: Path | None = None


class Talking:
    """One conversation; `run` returns the exit code."""

    def __init__(
        self,
        config: Config,
        script: Script,
        *,
        kind: str,
        as_json: bool,
        now: int,
        beside: Beside,
    ) -> None:
        self._config = config
        self._script = script
        self._kind = kind
        self._as_json = as_json
        self._now = now
        self._database = beside.database
        self._traced = -1 if beside.trace else None
        zone = config.business.timezone
        self._recording = (
            Recording(beside.record, kind=kind, now=now, zone=zone) if beside.record else None
        )

    async def run(self, *, interactive: bool) -> int:
        """Until the input ends."""
        logs.configure(logging.ERROR)
        with _place(self._database) as file:
            rehearsal = Rehearsal(
                self._script,
                self._config.business,
                file,
                kind=self._kind,
                now=self._now,
                show=self._shown(interactive=interactive),
                customer_name=speak("Гость", "Guest"),
            )
            rehearsal.sentences = sentences_of(self._config)
            await rehearsal.open()
            try:
                return await (self._watched if interactive else self._piped)(rehearsal)
            finally:
                if self._recording is not None:
                    await self._recording.finish(rehearsal)
                await rehearsal.close()

    def _shown(self, *, interactive: bool) -> Any:
        form = "json" if self._as_json else "rich" if interactive and coloured() else "text"
        sides: dict[Side, Adapter] = {
            "customer": self._face("customer", form, self._config.business.name),
            "operators": self._face("operators", form, ""),
        }

        async def show(side: Side, delivery: Delivery) -> None:
            await sides[side].deliver(delivery)

        return show

    def _face(self, side: Side, form: str, title: str) -> Adapter:
        settings = {
            "side": side,
            "format": form,
            "title": title,
            "language": self._config.business.language,
        }
        return adapter_factory("console")(side, settings)

    async def _watched(self, rehearsal: Rehearsal) -> int:
        ticking = asyncio.create_task(_tick(rehearsal))
        try:
            async for line in _typed(rehearsal):
                if line == ":help":
                    note(HELP[speak.language])
                    continue
                try:
                    await self._performed(rehearsal, line)
                except StageError as problem:
                    note("  " + problem.said[speak.language])
                except Leave:
                    break
        finally:
            ticking.cancel()
        return FINE

    async def _piped(self, rehearsal: Rehearsal) -> int:
        """Line by line; a direction that cannot be followed is told, and fails the whole."""
        ended = FINE
        while line := await asyncio.to_thread(sys.stdin.readline):
            if not line.strip():
                continue
            if line.strip() == ":help":
                note(HELP[speak.language])
                continue
            try:
                await self._performed(rehearsal, line.strip())
            except StageError as problem:
                note(problem.said[speak.language])
                ended = FAILED
            except Leave:
                break
        return ended

    async def _performed(self, rehearsal: Rehearsal, line: str) -> None:
        """Do what a line says; keep it and tell why, where that is wished."""
        if self._recording is not None:
            self._recording.before(rehearsal, line)
        try:
            await perform(rehearsal, line)
        finally:
            for system in rehearsal.unanswered():
                note(_not_asked(system))
        if self._recording is not None:
            self._recording.after(rehearsal, line)
        if self._traced is not None:
            await self._tell(rehearsal, self._traced)

    async def _tell(self, rehearsal: Rehearsal, last: int) -> None:
        """The events since the last line, with what decided them."""
        conversation = await rehearsal.conversation()
        if conversation is None:
            return
        for turn in await rehearsal.store.traced(conversation.id):
            if turn.id > last:
                self._traced = turn.id
                note(told(turn, self._config))


def _not_asked(system: str) -> str:
    return speak(
        f"  (http: в беседе никто не ходит на {system}, шаг получил отказ; ответ готовят до него: "
        ':http 200 {"ключ": "значение"})',
        f"  (http: nobody asks {system} in a talk, the step got a failure; prepare an answer before it: "
        ':http 200 {"key": "value"})',
    )


@contextmanager
def _place(database: Path | None) -> Iterator[Path]:
    if database is not None:
        yield database.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder:
        yield Path(folder) / "chat.db"


async def _tick(rehearsal: Rehearsal) -> None:
    """Let the obedient clock follow the real one."""
    before = time.monotonic_ns()
    while True:
        await asyncio.sleep(_TICK)
        now = time.monotonic_ns()
        rehearsal.clock.advance((now - before) // 1_000_000)
        before = now


async def _typed(rehearsal: Rehearsal) -> AsyncIterator[str]:
    """Lines of a person: Tab completes buttons and directions, the arrows bring back what was typed."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import FuzzyWordCompleter
    from prompt_toolkit.patch_stdout import patch_stdout

    def choices() -> list[str]:
        directions = [line.split()[0] for line in HELP["en"].splitlines()]
        return [*rehearsal.labels(), *directions]

    session: PromptSession[str] = PromptSession("› ")
    completer = FuzzyWordCompleter(choices)
    while True:
        try:
            with patch_stdout(raw=True):
                line = await session.prompt_async(completer=completer, complete_while_typing=False)
        except (EOFError, KeyboardInterrupt):
            return
        if line.strip():
            yield line.strip()
