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

    import structlog

    from bot import logs
    from bot.commands.project import runnable
    from bot.commands.running import Running
    from bot.commands.terminal import FAILED
    from bot.config.secret import secrets_of
    from bot.errors import FrontdeskError

    config, script = runnable(call.obj)
    logs.configure(logging.DEBUG if verbose else logging.INFO, secrets=secrets_of(config))
    try:
        asyncio.run(Running(call.obj, config, script, channel or [], verbose=verbose).run())
    except FrontdeskError:
        raise
    except Exception as problem:  # noqa: BLE001  (a traceback may quote a token, or what a customer said)
        structlog.get_logger("run").critical("stopped by a fault", **logs.fault(problem))
        raise typer.Exit(FAILED) from None
    raise typer.Exit(FINE)
