"""Trees without their places, and hashes of them."""

import hashlib
from typing import Any

from bot.dialog.flow import Phrase
from bot.source import Mapping as Pairs
from bot.source import Scalar, Tree, composed


def raw(node: Tree | None) -> Any:
    """A tree as texts, lists and mappings; None for what is blank."""
    match node:
        case None:
            return None
        case Scalar():
            return None if node.blank else node.value
        case Pairs():
            return {composed(key.value): raw(value) for key, value in node.entries}
        case _:
            return [raw(item) for item in node.items]


def shape(*asked: Any) -> str:
    """A short hash of what a customer is asked."""
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:12]


def written(phrase: Phrase | None) -> Any:
    """A phrase as it was written, for `shape`."""
    if phrase is None:
        return None
    others = sorted((kind, template.source) for kind, template in phrase.by_channel.items())
    return phrase.default.source, others
