"""A tree as JSON would hold it, where the writer means JSON."""

import re
from typing import Any

from bot.source.tree import Mapping, Scalar, Sequence, Tree

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,17})\.\d{1,17}", re.ASCII)


def plain(node: Tree) -> Any:
    """Mappings, lists, and the values of scalars."""
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
    if _INTEGER.fullmatch(node.value):
        return int(node.value)
    return float(node.value) if _DECIMAL.fullmatch(node.value) else node.value
