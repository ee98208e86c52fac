"""`frontdesk run`: production."""

from typing import Annotated

import typer

from bot.commands.terminal import FINE


def command(
    call: typer.Context,
    channel: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this channel; may be repeated.")
    ] = None,
    verbose: Annotated[bool, typer.Option(help="Log more.")] = False,
) -> None:
    """Every configured channel and the desk; reloads changed files; SIGTERM stops cleanly."""
    import asyncio
    import logging

    from bot import logs
    from bot.commands.project import runnable
    from bot.commands.running import Running

    config, script = runnable(call.obj)
    logs.configure(logging.DEBUG if verbose else logging.INFO)
    asyncio.run(Running(call.obj, config, script, channel or []).run())
    raise typer.Exit(FINE)
