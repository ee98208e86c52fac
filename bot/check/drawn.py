"""What the analysis is given: flows as they were built, with the places of their parts."""

from collections.abc import Mapping

import msgspec

from bot.dialog.flow import FaqEntry, Flow
from bot.source import Fields, Node, Report, Scalar


class Use(msgspec.Struct, gc=False):
    """Names that a text or an expression of a step uses, and what it asks of them (`order.phone` as a chain of names);
    `step` is "" outside steps."""

    step: str
    node: Scalar
    names: frozenset[str]
    attributes: frozenset[tuple[str, ...]] = frozenset()


class Parts(msgspec.Struct, gc=False):
    """The fields of a step, and those of its options by their keys."""

    fields: Fields
    options: Mapping[str, Node]


class Drawn(msgspec.Struct, frozen=True):
    """One flow. `places` and `parts` go by steps' ids; `menus` are the nodes that jump to the menu."""

    flow: Flow
    report: Report
    fields: Fields
    places: Mapping[str, Node]
    parts: Mapping[str, Parts]
    uses: tuple[Use, ...]
    menus: tuple[Node, ...]
    unused_snippets: tuple[Node, ...]


class DrawnFaq(msgspec.Struct, frozen=True):
    """The FAQ's entries, each with its fields."""

    report: Report
    entries: tuple[tuple[FaqEntry, Fields], ...]
