"""`frontdesk doctor`: is everything that the program needs in order, and what cures it if not."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from bot.commands.terminal import FAILED, FINE, out, out_json, speak

if TYPE_CHECKING:
    from bot.project import Project

_ENOUGH = 500_000_000
_PLAUSIBLE = 1_767_225_600  # 2026-01-01
State = Literal["ok", "warning", "failure"]


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was looked at."""

    state: State
    what: str
    cure: str = ""


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
    lines = [*_files(project), *_channels(project), *_machine(project)]
    if online:
        from bot.commands.connecting import tried

        lines += tried(project)
    if as_json:
        out_json(lines)
    else:
        for line in lines:
            out(_told(line))
    failed = any(line.state == "failure" for line in lines)
    raise typer.Exit(FAILED if failed else FINE)


def _told(line: Line) -> str:
    words = {
        "ok": "ok",
        "warning": speak("внимание", "warning"),
        "failure": speak("сбой", "failure"),
    }
    cure = f"\n{'':10}{line.cure}" if line.cure else ""
    return f"{words[line.state]:10}{line.what}{cure}"


def _files(project: "Project") -> Iterator[Line]:
    from bot.commands.project import unset

    errors, warnings = len(project.errors), len(project.findings) - len(project.errors)
    what = speak("конфигурация и сценарии", "configuration and flows")
    if errors:
        count = speak(f"ошибок: {errors}", f"errors: {errors}")
        yield Line("failure", f"{what}: {count}", "frontdesk check")
    elif warnings:
        count = speak(f"предупреждений: {warnings}", f"warnings: {warnings}")
        yield Line("warning", f"{what}: {count}", "frontdesk check")
    else:
        yield Line("ok", what)
    for finding in unset(project.findings):
        name = finding.arguments["name"]
        yield Line(
            "failure",
            speak(f"{name}: нет значения", f"{name}: has no value"),
            speak(
                f"впишите {name}=… в .env или в окружение",
                f"put {name}=… into .env or the environment",
            ),
        )


def _channels(project: "Project") -> Iterator[Line]:
    from bot.commands.adapters import adapter_kinds

    config = project.config
    known = adapter_kinds()
    if not config.channels:
        yield Line(
            "warning",
            speak("ни одного канала", "no channels"),
            speak("опишите channels: в config.yaml", "write channels: in config.yaml"),
        )
    for channel in config.channels.values():
        if channel.kind in known:
            yield Line("ok", f"{channel.name} ({channel.kind})")
        else:
            yield Line(
                "failure",
                speak(
                    f"{channel.name}: нет адаптера «{channel.kind}»",
                    f"{channel.name}: no adapter {channel.kind!r}",
                ),
                speak("есть: ", "there are: ") + ", ".join(known),
            )
    if config.operators.telegram is None:
        yield Line(
            "warning",
            speak("операторам некуда писать", "operators have no room"),
            speak("опишите operators.telegram", "write operators.telegram"),
        )


def _machine(project: "Project") -> Iterator[Line]:
    place = project.config.storage.path
    folder = place.parent if place else project.config.root
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    if os.access(existing, os.W_OK):
        yield Line("ok", speak(f"в {folder} можно писать", f"{folder} can be written to"))
    else:
        yield Line(
            "failure",
            speak(f"в {folder} нельзя писать", f"{folder} cannot be written to"),
            speak("дайте права на эту папку", "give yourself the right to write there"),
        )
    free = shutil.disk_usage(existing).free
    left = speak(f"свободно {free // 1_000_000} МБ", f"{free // 1_000_000} MB free")
    yield Line(
        "ok" if free > _ENOUGH else "warning",
        left,
        "" if free > _ENOUGH else speak("освободите место", "make room"),
    )
    if time.time() > _PLAUSIBLE:
        yield Line("ok", speak("часы идут", "the clock is plausible"))
    else:
        yield Line(
            "failure", speak("часы отстали", "the clock is wrong"), "timedatectl set-ntp true"
        )
    yield Line("ok", f"Python {sys.version.split()[0]}")
