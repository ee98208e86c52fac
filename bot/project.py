"""A project's folder, read whole: configuration, plugins, flows, FAQ, tables, and everything that is wrong with them."""

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path

import msgspec

from bot.check.finding import Finding
from bot.config.load import load_config
from bot.config.settings import Config
from bot.dialog.loader import load
from bot.dialog.script import Script


class Project(msgspec.Struct, frozen=True):
    """What the files of a project came to. `script` is None where mistakes leave nothing to play."""

    root: Path
    config: Config
    script: Script | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """Findings that are no warnings."""
        return [finding for finding in self.findings if finding.severity == "error"]


def read_project(root: Path, *, tests: bool = False, faq: Path | None = None) -> Project:
    """Read everything; with `tests` what is wrong with those is told too. `faq` stands for the configured one. Raises `NoProject`, and `ConfigurationError` for a plugin that cannot be run."""
    read = load_config(root)
    config = read.config
    loaded = load(
        config.root,
        config.business,
        flows=os.path.relpath(config.flows, config.root),
        faq=os.path.relpath(faq or config.faq, config.root),
        channels={channel.name: channel.kind for channel in config.channels.values()},
        verbs=_verbs(config.root),
        config_findings=read.findings,
        tests=tests,
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
