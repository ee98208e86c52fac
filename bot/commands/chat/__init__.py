"""`frontdesk chat`: talk to the flows in the terminal, or through a pipe."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import MISUSED, note, speak

if TYPE_CHECKING:
    from bot.commands.chat.talking import Beside
    from bot.config import Config
    from bot.dialog.script import Script

_AFTER_OPENING = 3_600_000


def command(
    call: typer.Context,
    channel: Annotated[
        str, typer.Option(metavar="KIND", help="Whose abilities to have: telegram, vk, email.")
    ] = "console",
    as_json: Annotated[bool, typer.Option("--json", help="Every message as a JSON line.")] = False,
    now: Annotated[
        str, typer.Option(metavar="TIME", help="Begin at this time: 2026-06-10 14:00.")
    ] = "",
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the talk in this file.")
    ] = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="Tell after each line what decided.")
    ] = False,
    record: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the talk as a test: x.test.yaml.")
    ] = None,
) -> None:
    """Talk to the flows. `:help` tells what else can be done: time, operators, buttons."""
    from bot.commands.chat.talking import Beside
    from bot.commands.project import playable

    config, script = playable(call.obj)
    run_chat(
        config,
        script,
        kind=channel,
        as_json=as_json,
        now=now,
        beside=Beside(database, trace, record),
    )


def run_chat(
    config: "Config",
    script: "Script",
    *,
    kind: str,
    as_json: bool = False,
    now: str = "",
    opening: bool = False,
    beside: "Beside | None" = None,
) -> None:
    """One conversation at this terminal, or through this pipe. `opening`: at a time when people are there."""
    import asyncio

    from bot.commands.chat.talking import Beside, Talking
    from bot.model.abilities import KINDS

    if kind not in KINDS:
        note(speak("каналы: ", "kinds of channels: ") + ", ".join(KINDS))
        raise typer.Exit(MISUSED)
    begins = _moment(now, config)
    if opening and not config.business.hours.is_open(begins):
        begins = (config.business.hours.next_open(begins) or begins) + _AFTER_OPENING
    talking = Talking(
        config, script, kind=kind, as_json=as_json, now=begins, beside=beside or Beside()
    )
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    ended = asyncio.run(talking.run(interactive=interactive))
    if ended:
        raise typer.Exit(ended)


def _moment(written: str, config: "Config") -> int:
    """Milliseconds of a local time; the present where nothing is written."""
    import datetime
    import time
    from zoneinfo import ZoneInfo

    if not written:
        return time.time_ns() // 1_000_000
    try:
        local = datetime.datetime.fromisoformat(written)
    except ValueError:
        note(speak(f"не время: {written}", f"not a time: {written}") + " (2026-06-10 14:00)")
        raise typer.Exit(MISUSED) from None
    zone = ZoneInfo(config.business.timezone)
    return round((local if local.tzinfo else local.replace(tzinfo=zone)).timestamp() * 1000)
