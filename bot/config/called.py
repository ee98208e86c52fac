"""Channels that wait to be called over HTTP, and what they cannot do without."""

from collections.abc import Mapping
from typing import Any

from bot import source
from bot.config.keys import CHANNELS
from bot.config.settings import CALLED
from bot.source import Fields, Report, Tree

_NEEDED = {"webhook": ("webhook", "url"), "callback": ("callback", "secret")}
"""By the mode: a group of the channel's keys, and the one of them that nothing can stand in for."""


def look_at_called(
    report: Report,
    trees: Mapping[str, Tree],
    channels: Mapping[str, tuple[str, Mapping[str, Any]]],
    listen: str | None,
) -> None:
    """Note what the channels that wait to be called lack; `channels` are kinds and settings by name."""
    for name, (kind, said) in channels.items():
        tree = trees[name]
        if said.get("mode") not in CALLED or not isinstance(tree, source.Mapping):
            continue
        fields = Fields(report, tree, name)
        if listen is None:
            report.add("E615", fields.at("mode"), where=name, mode=said["mode"])
        if kind in CHANNELS:
            _look_into(fields, *_NEEDED[said["mode"]])


def _look_into(fields: Fields, group: str, key: str) -> None:
    if group not in fields:
        fields.require(group)
        return
    written = fields.fields(group, None)
    if f"{key}_file" not in written:
        written.require(key)
