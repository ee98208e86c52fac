"""A tree as JSON would hold it, where the writer means JSON."""

import re
from typing import Any

from bot.source.tree import Mapping, Scalar, Sequence, Tree

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,17})\.\d{1,17}", re.ASCII)


def plain(node: Tree | None) -> Any:
    """Mappings, lists, and the values of scalars; None where nothing is written."""
    if node is None:
        return None
    if isinstance(node, Mapping):
        return {key.value: plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return plain_value(node)


def plain_value(node: Scalar) -> Any:
    """A plain scalar that is a number, a truth or null is that; `08` and `+7…` stay text, as all in quotes."""
    if node.style:
        return node.value
    if node.null:
        return None
    if node.value in {"true", "false"}:
        return node.value == "true"
    found = number(node.value)
    return node.value if found is None else found


def number(text: str) -> int | float | None:
    """The number that a text is, as JSON writes one; else None."""
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else None
