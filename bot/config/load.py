"""`config.yaml` of a project, as a `Config` and everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from bot.check.finding import Finding, Word
from bot.config.business import read_business
from bot.config.called import look_at_called
from bot.config.environment import environment, fill_in
from bot.config.keys import KEYS
from bot.config.read import Reader
from bot.config.settings import (
    Channel,
    Config,
    Http,
    Limits,
    Operators,
    Secret,
    Spam,
    Storage,
    Webhook,
)
from bot.errors import NoProject
from bot.source import CONFIG, Report, Tree, read

NAMES = ("config.yaml", "config.example.yaml")
_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")
UNSET = "W610"
"""The warning about a `${NAME}` that has no value: an error for whoever wants to run."""


class Loaded(msgspec.Struct, frozen=True):
    """A configuration that can be worked with, and the findings about it."""

    config: Config
    findings: tuple[Finding, ...]


def load_config(project: Path) -> Loaded:
    """Read the configuration of a project's folder. With mistakes the values named wrongly are the defaults.

    Raises `NoProject` if the folder is no project."""
    root = project.resolve()
    name = next((name for name in NAMES if (root / name).is_file()), None)
    if name is None and not (root / "flows").is_dir():
        raise NoProject(f"{project}: there is no config.yaml and no flows/ here", str(root))
    report, outside = Report(name or NAMES[0], CONFIG), Report(".env", CONFIG)
    tree = read(root, name, report) if name else None
    if tree is not None:
        fill_in(tree, environment(root, outside), report)
    config = _config(root, root / name if name else None, tree, report)
    findings: Iterable[Finding] = (*outside.findings, *report.findings)
    return Loaded(config, tuple(sorted(findings, key=lambda finding: finding.order)))


def default_config(root: Path) -> Config:
    """What holds in a folder without a file."""
    return _config(root.resolve(), None, None, Report(NAMES[0], CONFIG))


def _config(root: Path, source: Path | None, tree: Tree | None, report: Report) -> Config:
    reader = Reader(root, report)
    values = reader.group(tree, KEYS, Word("config"))
    fields = report.fields(tree, None)
    named = fields.fields("channels", None)
    channels = {
        name: reader.channel(name, node, named.key(name) or node)
        for name, node in values["channels"].items()
    }
    limits = dict(values["limits"])
    synchronous = limits.pop("synchronous")
    look_at_called(report, values["channels"], channels, values["http"]["listen"])
    storage = _storage(root, values["storage"], synchronous)
    if storage is not None and storage.path is None:
        report.add("E618", fields.at("storage"))
    if storage is None:
        report.add("E613", fields.at("storage"))
        storage = Storage(_SQLITE + "data/frontdesk.db", root / "data/frontdesk.db")
    return Config(
        root=root,
        source=source,
        business=read_business(values, report, fields, _queues(channels)),
        storage=storage,
        flows=root / values["flows"],
        faq=root / values["faq"],
        channels={name: Channel(name, kind, said) for name, (kind, said) in channels.items()},
        operators=Operators(values["operators"]["telegram"], values["operators"]["owners"]),
        http=_http(values["http"]),
        spam=Spam(**values["spam"]),
        limits=Limits(**limits),
        faq_semantic=values["faq_semantic"],
        secrets={name: value or Secret() for name, value in values["secrets"].items()},
    )


def _queues(channels: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """The queue that each channel names, where it names one."""
    return {name: said["queue"] for name, (_, said) in channels.items() if said.get("queue")}


def _storage(root: Path, url: str, synchronous: Any) -> Storage | None:
    if url.startswith(_POSTGRES):
        return Storage(Secret(url), None, synchronous)
    path = url.removeprefix(_SQLITE)
    if not url.startswith(_SQLITE) or not path:
        return None
    return Storage(url, root / path, synchronous)


def _http(values: Mapping[str, Any]) -> Http:
    webhooks = {
        name: Webhook(name, said["secret"] or Secret(), said["customer"])
        for name, said in values["webhooks"].items()
    }
    return Http(
        values["listen"],
        frozenset(values["allow"]),
        webhooks,
        values["deaf_after"],
        values["body_limit"],
    )
