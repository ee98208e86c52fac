"""The configuration as the program uses it: frozen, complete, defaults filled in.

Times are milliseconds, sizes bytes. Secrets are `Secret` strings, which show nothing in a repr or a traceback.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from bot.model.business import Business

SECOND, HOUR = 1_000, 3_600_000


CALLED = frozenset({"webhook", "callback"})
"""Modes of a channel in which it is called over HTTP instead of reading."""


class Secret(str):
    """A string that may be used and sent, but not shown: its repr is three dots."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'•••'"


class Storage(msgspec.Struct, frozen=True):
    """Where the memory lives. `url` is `sqlite:///path` (from the project's folder) or `postgresql://…`.

    `synchronous` "full" survives a power cut, "normal" only a crash of the program.
    """

    url: str
    path: Path | None = None
    synchronous: Literal["full", "normal"] = "full"


class Channel(msgspec.Struct, frozen=True):
    """One configured connection: `settings` go to the adapter's factory as they are."""

    name: str
    kind: str
    settings: Mapping[str, Any] = MappingProxyType({})


class Operators(msgspec.Struct, frozen=True):
    """The desk's faces: `telegram` is None where the operators have no group. `owners` may do everything."""

    telegram: Mapping[str, Any] | None = None
    owners: tuple[str, ...] = ()


class Webhook(msgspec.Struct, frozen=True):
    """A call from another system that starts a flow: its `secret`, and the field that names the customer."""

    name: str
    secret: Secret
    customer: str = "customer"


class Http(msgspec.Struct, frozen=True):
    """Our own little server (None: none), and the hosts that `http` steps may call. A channel that was not read for
    `deaf_after` makes us not ready; no request may be longer than `body_limit`."""

    listen: str | None = None
    allow: frozenset[str] = frozenset()
    webhooks: Mapping[str, Webhook] = MappingProxyType({})
    deaf_after: int = 120 * SECOND
    body_limit: int = 1_000_000


class Spam(msgspec.Struct, frozen=True):
    """Messages a minute from one person, and strangers a minute, beyond which only the menu answers."""

    burst: int = 20
    new_conversations: int = 30


class Limits(msgspec.Struct, frozen=True):
    """`turns` is the most answered in one commit; a clean stop waits `stop_timeout` for what is in hand; repeats are
    recognised for `keep_events`."""

    turns: int = 128
    stop_timeout: int = 10 * SECOND
    keep_events: int = 48 * HOUR


class Config(msgspec.Struct, frozen=True):
    """Everything. `root` is the project's folder; `source` the file that was read, None if there was none.
    `faq_semantic` asks for sentence vectors, which the extra `frontdesk[semantic]` brings."""

    root: Path
    business: Business
    storage: Storage
    flows: Path
    faq: Path
    source: Path | None = None
    channels: Mapping[str, Channel] = MappingProxyType({})
    operators: Operators = Operators()
    http: Http = Http()
    spam: Spam = Spam()
    limits: Limits = Limits()
    secrets: Mapping[str, Secret] = MappingProxyType({})
    faq_semantic: bool = False

    @property
    def attachments(self) -> Path:
        """The folder of customers' files, beside the database."""
        base = self.storage.path.parent if self.storage.path else self.root / "data"
        return base / "attachments"
