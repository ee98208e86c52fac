"""A project's folder, opened for a command."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.check.finding import Finding
from bot.commands.terminal import FAILED, MISUSED, note, speak
from bot.config.load import UNSET, load_config
from bot.config.settings import Config
from bot.project import Project, read_project

if TYPE_CHECKING:
    from bot.dialog.script import Script


def configured(call: typer.Context) -> Config:
    """The configuration alone; leaves the program if it has mistakes."""
    loaded = load_config(call.obj)
    speak.language = loaded.config.business.language
    mistakes = [finding for finding in loaded.findings if finding.severity == "error"]
    if mistakes:
        _show(tuple(mistakes))
        raise typer.Exit(MISUSED)
    return loaded.config


def load_project(root: Path, *, tests: bool = False) -> Project:
    """Read everything of a project, with all findings; from now on we speak its language."""
    project = read_project(root, tests=tests)
    speak.language = project.config.business.language
    return project


def playable(root: Path) -> "tuple[Config, Script]":
    """The configuration and the script, ready to be played; leaves the program if they have mistakes."""
    project = load_project(root)
    if project.errors or project.script is None:
        _show(tuple(project.errors))
        in_config = any(finding.code.startswith("E6") for finding in project.errors)
        raise typer.Exit(MISUSED if in_config else FAILED)
    return project.config, project.script


def unset(findings: tuple[Finding, ...]) -> list[Finding]:
    """Names of the environment that have no value."""
    return [finding for finding in findings if finding.code == UNSET]


def _show(findings: tuple[Finding, ...]) -> None:
    from bot.check.render import render

    note(render(findings, "text", speak.language))


def runnable(root: Path) -> "tuple[Config, Script]":
    """Like `playable`, but every name of the environment must have its value."""
    missing = unset(load_config(root).findings)
    if missing:
        _show(tuple(missing))
        raise typer.Exit(MISUSED)
    return playable(root)
