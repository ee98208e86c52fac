"""`frontdesk check`: every mistake of flows, FAQ, configuration and tests, before anything starts."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import FAILED, FINE, coloured, note, out, speak

if TYPE_CHECKING:
    from bot.check.finding import Finding
    from bot.project import Project


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
) -> None:
    """Find every mistake: file, line, column, and what to do."""
    from bot.check.render import render
    from bot.commands.project import load_project

    project = load_project(call.obj, tests=True)
    findings = (*project.findings, *(_touched(project) if against_db else ()))
    chosen = Format.JSON if as_json else form
    if findings or chosen is Format.JSON:
        out(render(findings, chosen.value, speak.language, colour=coloured()))
    note(_summary(len(project.errors), len(findings) - len(project.errors)))
    failed = bool(project.errors) or (strict and bool(findings))
    raise typer.Exit(FAILED if failed else FINE)


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
