"""Which values of a configuration nobody may see."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from bot.config.settings import Config, Secret


def secrets_of(config: Config) -> frozenset[str]:
    """Every secret that is written in the configuration or in a file that it names."""
    return frozenset(str(one) for one in _within(config) if one)


def _within(value: Any) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _within(getattr(value, field))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _within(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _within(one)
