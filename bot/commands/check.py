"""`frontdesk check`: every mistake of flows, FAQ, configuration and tests, before anything starts."""

import gc
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import FAILED, FINE, coloured, note, out, speak
from bot.errors import FrontdeskError

if TYPE_CHECKING:
    from bot.check.finding import Finding
    from bot.project import Project

_CLEAR = "\x1b[2J\x1b[H"


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def command(
    call: typer.Context,
    form: Annotated[Format, typer.Option("--format", help="How to write them.")] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    strict: Annotated[bool, typer.Option(help="Warnings fail the check too.")] = False,
    against_db: Annotated[
        bool, typer.Option("--against-db", help="Say how many people each edit touches.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Check again at every save.")] = False,
) -> None:
    """Find every mistake: file, line, column, and what to do."""
    chosen = Format.JSON if as_json else form

    def look() -> bool:
        return _checked(call.obj, chosen, strict=strict, against_db=against_db)

    if watch:
        from bot.commands.watching import again_and_again

        again_and_again(call.obj, lambda: _apart(look))
        raise typer.Exit(FINE)
    # A single look keeps all it makes: collecting between would be a tenth of its time.
    gc.disable()
    try:
        fine = look()
    finally:
        gc.enable()
    raise typer.Exit(FINE if fine else FAILED)


def _checked(root: Path, form: Format, *, strict: bool, against_db: bool) -> bool:
    """Tell what is wrong; whether that passes."""
    from bot.check.render import render
    from bot.commands.project import load_project

    project = load_project(root, tests=True)
    findings = (*project.findings, *(_touched(project) if against_db else ()))
    if findings or form is Format.JSON:
        out(render(findings, form.value, speak.language, colour=coloured()))
        sys.stdout.flush()
    note(_summary(len(project.errors), len(findings) - len(project.errors)))
    return not project.errors and not (strict and findings)


def _apart(look: Callable[[], bool]) -> None:
    """One of many runs: on a screen of its own, or under a line with the time."""
    if sys.stdout.isatty():
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()
    note(time.strftime("--- %H:%M:%S ---"))
    try:
        look()
    except FrontdeskError as problem:
        note(f"frontdesk: {problem}")


def _touched(project: "Project") -> "tuple[Finding, ...]":
    from bot.check.edits import against_db
    from bot.commands.reading import reading

    if project.script is None:
        return ()
    return against_db(reading(project.config, lambda reads: reads.step_counts()), project.script)


def _summary(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return speak("Ошибок нет.", "No mistakes.")
    return speak(
        f"Ошибок: {errors}, предупреждений: {warnings}.", f"Errors: {errors}, warnings: {warnings}."
    )
