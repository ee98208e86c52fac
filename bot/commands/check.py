"""`frontdesk check`: every mistake of flows, FAQ, configuration and tests, before anything starts."""

from enum import StrEnum
from typing import Annotated

import typer

from bot.commands.terminal import FAILED, FINE, note, out, speak


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def command(
    context: typer.Context,
    form: Annotated[Format, typer.Option("--format", help="How to write them.")] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    strict: Annotated[bool, typer.Option(help="Warnings fail the check too.")] = False,
    against_db: Annotated[
        bool, typer.Option("--against-db", help="Say how many people each edit touches.")
    ] = False,
) -> None:
    """Find every mistake: file, line, column, and what to do."""
    from bot.commands.findings import as_github, as_text
    from bot.commands.findings import as_json as json_of
    from bot.commands.project import load_project

    project = load_project(context.obj)
    write = {Format.TEXT: as_text, Format.JSON: json_of, Format.GITHUB: as_github}
    chosen = Format.JSON if as_json else form
    if project.findings or chosen is Format.JSON:
        out(write[chosen](project.findings, speak.language))
    note(_summary(len(project.errors), len(project.findings) - len(project.errors)))
    if against_db:
        from bot.commands.touched import tell_touched

        tell_touched(project)
    failed = bool(project.errors) or (strict and bool(project.findings))
    raise typer.Exit(FAILED if failed else FINE)


def _summary(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return speak("Ошибок нет.", "No mistakes.")
    return speak(
        f"Ошибок: {errors}, предупреждений: {warnings}.", f"Errors: {errors}, warnings: {warnings}."
    )
