"""What the configuration names of the flows, and the flows of the configuration."""

from collections.abc import Sequence
from pathlib import Path

from bot.check.drawn import Drawn
from bot.dialog.loader.flow_file import event_name
from bot.source import CONFIG, Mapping, Report, Scalar, Tree, composed, read
from bot.source.nearest import nearest

_NAMES = ("config.yaml", "config.example.yaml")


def check_links(project: Path, flows: Sequence[Drawn]) -> Report | None:
    """`consent.on_refuse` is a flow; a flow that starts on a webhook has its secret in the configuration."""
    name = next((name for name in _NAMES if (project / name).is_file()), None)
    if name is None:
        return None
    report = Report(name, CONFIG)
    root = read(project, name, report)
    # What is wrong with the file itself is told by whoever reads the configuration.
    report.findings.clear()
    refuse = _within(root, "consent", "on_refuse")
    if isinstance(refuse, Scalar) and not refuse.null:
        _refuse(refuse, report, [drawn.flow.id for drawn in flows])
    _webhooks(_within(root, "http", "webhooks"), flows)
    return report


def _within(node: Tree | None, *keys: str) -> Tree | None:
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _refuse(node: Scalar, report: Report, known: list[str]) -> None:
    name = composed(node.value)
    if name not in known:
        near = nearest(name, known)
        report.add(
            "E201", node, replacement=None if node.style else near or None,
            name=name, near=near, known=", ".join(known),
        )  # fmt: skip


def _webhooks(node: Tree | None, flows: Sequence[Drawn]) -> None:
    known = [composed(key.value) for key, _ in node.entries] if isinstance(node, Mapping) else []
    for drawn in flows:
        for place in drawn.fields.fields("start", None).items("event"):
            word, _, hook = event_name(place).partition(":")
            if word == "webhook" and hook not in known:
                drawn.report.add("E231", place, name=hook)
