"""`frontdesk doctor`: is everything that the program needs in order, and what cures it if not."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import FAILED, FINE, out, out_json, speak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.commands.doctor.machine import Line
    from bot.project import Project


def command(
    call: typer.Context,
    online: Annotated[
        bool, typer.Option(help="Connect to every channel and try the credentials.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Look at configuration, secrets, channels, disk and clock; say what to do about each failure."""
    from bot.commands.project import load_project

    project = load_project(call.obj)
    lines = list(_looked_at(project))
    if online:
        from bot.commands.doctor.online import tried

        lines += tried(project)
    if as_json:
        out_json(lines)
    else:
        for line in lines:
            out(_told(line))
    failed = any(line.state == "failure" for line in lines)
    raise typer.Exit(FAILED if failed else FINE)


def _looked_at(project: "Project") -> "Iterator[Line]":
    from bot.commands.doctor.machine import machine, memory, seconds
    from bot.commands.doctor.project import channels, files, hours, listening, tokens

    now, config = seconds(), project.config
    yield from files(project)
    yield from tokens(config)
    yield from channels(project)
    yield from listening(config)
    yield from hours(config.business, round(now * 1000))
    yield from memory(config, now)
    yield from machine(config, now)


def _told(line: "Line") -> str:
    words = {
        "ok": "ok",
        "warning": speak("внимание", "warning"),
        "failure": speak("сбой", "failure"),
    }
    cure = f"\n{'':10}{line.cure}" if line.cure else ""
    return f"{words[line.state]:10}{line.what}{cure}"
