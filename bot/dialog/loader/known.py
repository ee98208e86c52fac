"""What the files of a project may refer to: gathered before any of them is built."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bot.model.business import Business
from bot.source import Node, Report


class Table(msgspec.Struct, frozen=True):
    """Rows for `find`, and the names of their columns; `cells` says where each value of each row stands, in the file
    that `report` tells of."""

    rows: tuple[Mapping[str, Any], ...]
    columns: tuple[str, ...]
    cells: tuple[Mapping[str, Node], ...] = ()
    report: Report | None = None


class Known(msgspec.Struct, frozen=True):
    """`slots` are the slots' names of each flow, by its id, and `unread` the flows whose file could not be read; `kept`
    is what flows remember about customers, None where it is not known; `kinds` are the kinds of channels that
    `by_channel` may name, `channels` those and the configured names; `verbs` the owner's own actions, None where they
    are not known."""

    project: Path
    business: Business
    slots: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Table]
    kinds: tuple[str, ...]
    channels: tuple[str, ...]
    verbs: frozenset[str] | None = None
    unread: frozenset[str] = frozenset()
    kept: frozenset[str] | None = None

    @property
    def queues(self) -> tuple[str, ...]:
        """The ids of the queues, the first one first."""
        return tuple(queue.id for queue in self.business.queues)
