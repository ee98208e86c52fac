"""What the brain must know of the business: its name, words, texts, hours and queues. Read from the configuration."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from bot.model.hours import Hours


class Queue(msgspec.Struct, frozen=True):
    """A line that tickets wait in. Limits in ms of working time, 0: none. `hours` None: the business's own."""

    id: str
    title: str
    first_reply: int = 0
    next_reply: int = 0
    requeue_after: int = 0
    hours: Hours | None = None


class ConsentText(msgspec.Struct, frozen=True):
    """The question asked before the first personal slot. `on_refuse` is the flow that runs on a no ("" hands over)."""

    text: str
    version: int = 1
    link: str = ""
    on_refuse: str = ""


class Words(msgspec.Struct, frozen=True):
    """Whole messages that mean cancel, operator and menu, normalised."""

    cancel: frozenset[str]
    operator: frozenset[str]
    menu: frozenset[str]


class Business(msgspec.Struct, frozen=True):
    """Everything of the configuration that turns need. `texts` holds every phrase of our own, defaults filled in.

    `idle_return`, `reopen` in ms (0: never). `tries` is the default number of misses that ends in `on_fail`. `owners`
    are operators' ids who may do everything; with `trust_group` everybody who can write at the desk is an operator.
    `burst` messages a minute from one person, and `strangers` new ones a minute, are still answered in full.
    `channel_queues` names the queue of what comes by a channel and names none itself.
    """

    name: str
    language: Literal["ru", "en"]
    timezone: str
    hours: Hours
    queues: tuple[Queue, ...]
    words: Words
    texts: Mapping[str, str]
    vars: Mapping[str, Any] = MappingProxyType({})
    consent: ConsentText | None = None
    secrets: frozenset[str] = frozenset()
    http_allow: frozenset[str] = frozenset()
    idle_return: int = 0
    reopen: int = 72 * 3_600_000
    rate: bool = True
    place_in_queue: bool = False
    tries: int = 3
    owners: frozenset[str] = frozenset()
    trust_group: bool = False
    burst: int = 20
    strangers: int = 30
    channel_queues: Mapping[str, str] = MappingProxyType({})

    def queue_for(self, name: str, channel: str) -> Queue:
        """The queue of that id; where none is named, the channel's own, or the first one."""
        return self.queue(name or self.channel_queues.get(channel, ""))

    def queue(self, name: str) -> Queue:
        """The queue of that id, or the first one."""
        return next((queue for queue in self.queues if queue.id == name), self.queues[0])
