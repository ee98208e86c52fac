"""All flows, FAQ entries, tables and canned answers of a business, loaded, checked, immutable."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

import msgspec

from bot.dialog.flow import FaqEntry, Flow, Reply
from bot.dialog.plan import Prepared
from bot.faq import Question, Settings


class Script(msgspec.Struct, frozen=True, dict=True):
    """One version of what the business says. `hash` is that of its content.

    `commands` maps a command without its slash to a flow's id, `events` an event's name to the flows that start on
    it, `fallback` and `menu` name flows ("" if there is none). `tables` are lists of rows for `find`. `questions` are
    what the matcher is built from: the FAQ's entries by their id, the phrases of a flow as `flow:<id>`; `settings` are
    the matcher's.
    """

    hash: str
    flows: Mapping[str, Flow]
    faq: Mapping[str, FaqEntry] = MappingProxyType({})
    tables: Mapping[str, tuple[Mapping[str, Any], ...]] = MappingProxyType({})
    replies: Mapping[str, Reply] = MappingProxyType({})
    commands: Mapping[str, str] = MappingProxyType({})
    events: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    fallback: str = ""
    menu: str = ""
    questions: tuple[Question, ...] = ()
    settings: Settings = Settings()

    @cached_property
    def prepared(self) -> Prepared:
        """What follows from the script, worked out at its first use."""
        return Prepared(self.flows)
