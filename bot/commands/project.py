"""A project's folder, opened for a command."""

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer

from bot.check.finding import Finding
from bot.commands.terminal import FAILED, MISUSED, note, speak
from bot.config.load import UNSET, load_config
from bot.config.settings import Config

if TYPE_CHECKING:
    from bot.dialog.script import Script


class Project(msgspec.Struct, frozen=True):
    """What the files of a project came to. `script` is None where mistakes leave nothing to play."""

    root: Path
    config: Config
    script: "Script | None"
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """Findings that are no warnings."""
        return [finding for finding in self.findings if finding.severity == "error"]


def configured(call: typer.Context) -> Config:
    """The configuration alone; leaves the program if it has mistakes."""
    loaded = load_config(call.obj)
    speak.language = loaded.config.business.language
    mistakes = [finding for finding in loaded.findings if finding.severity == "error"]
    if mistakes:
        _show(tuple(mistakes))
        raise typer.Exit(MISUSED)
    return loaded.config


def load_project(root: Path) -> Project:
    """Read everything of a project, with all findings."""
    from bot.dialog.loader import load

    read = load_config(root)
    config = read.config
    speak.language = config.business.language
    loaded = load(
        config.root,
        config.business,
        flows=os.path.relpath(config.flows, config.root),
        faq=os.path.relpath(config.faq, config.root),
        channels={channel.name: channel.kind for channel in config.channels.values()},
        verbs=_verbs(config.root),
        config_findings=read.findings,
    )
    return Project(root, config, loaded.script, loaded.findings)


def _verbs(root: Path) -> frozenset[str]:
    """The owner's own actions. Importing what runs them costs more than a check: most projects have none."""
    groups = ("frontdesk.actions", "frontdesk.slots")
    are_some = any((root / "plugins").glob("*.py")) or any(
        entry_points(group=one) for one in groups
    )
    if not are_some and "bot.plugins" not in sys.modules:
        return frozenset()
    from bot.plugins import load_plugins

    return frozenset(load_plugins(root))


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
