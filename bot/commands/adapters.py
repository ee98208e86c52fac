"""Adapters by the kind of their channel, found through entry points and imported only when they are needed."""

from importlib.metadata import entry_points
from typing import cast

from bot.channel import AdapterFactory
from bot.config.keys import ADAPTERS
from bot.errors import ConfigurationError


def adapter_kinds() -> list[str]:
    """The kinds that are installed."""
    return sorted(point.name for point in entry_points(group=ADAPTERS))


def adapter_factory(kind: str) -> AdapterFactory:
    """What makes adapters of a kind. Raises `ConfigurationError` where none is installed."""
    found = next(iter(entry_points(group=ADAPTERS, name=kind)), None)
    if found is None:
        kinds = ", ".join(adapter_kinds())
        raise ConfigurationError(
            f"no adapter for channels of kind {kind!r}; installed: {kinds}",
            ru=f"каналов вида «{kind}» нет; бывают: {kinds}",
        )
    return cast("AdapterFactory", found.load())
