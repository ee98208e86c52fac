"""The port that adapters implement, and the few things they may say about a delivery.

An adapter turns what its messenger brings into `Incoming`, hands it to `Door.accept`, and acknowledges to the
messenger only after that returned. It delivers one message at a time per address and names what went wrong.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from bot.model.abilities import Abilities
from bot.model.event import Incoming
from bot.model.message import Attachment, Message

DeliveryKind = Literal["send", "edit", "delete", "typing", "react"]


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A message on its way out. `id` is the outbox row: the messenger's idempotency key where it has one.

    For an edit or delete `of` is the id of our message that is meant, and `external_id` the messenger's id of it, or
    empty where it was not known yet when this was written down (the outbox looks it up when the turn of it comes).
    `reply_external_id` is the messenger's id of the message that is answered. `due` is when it may be tried (ms).
    A `react` puts the emoji that is its message's text (none: takes ours away) on the message `external_id`.
    `operator` is the operator who is meant, where the desk answers one of them; `priority` as in `effect.Send`.
    """

    id: int
    channel: str
    address: str
    message: Message
    kind: DeliveryKind = "send"
    conversation: int = 0
    attempts: int = 0
    due: int = 0
    of: int = 0
    external_id: str = ""
    reply_external_id: str = ""
    priority: int = 0
    key: str = ""
    operator: str = ""


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """Delivered. `external_ids` are the messenger's ids of what now stands there (several for a split text). `calls`
    is how many calls it took that count against the messenger's limits (a new topic, a pin, a second part)."""

    external_ids: tuple[str, ...] = ()
    calls: int = 1


class Said(msgspec.Struct, frozen=True):
    """What stands under one of the messenger's ids: the id of our message and its conversation."""

    message: int
    conversation: int


class RetryLater(Exception):
    """The messenger cannot take it now: try again after `after` seconds (None: the outbox decides, backing off).

    `everywhere` when the whole channel is meant (its server is down), not this address alone.
    """

    def __init__(
        self, reason: str, after: float | None = None, *, everywhere: bool = False
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.everywhere = everywhere


class Undeliverable(Exception):
    """It can never be delivered. `unreachable` when the customer cannot be written to at all (blocked us, gone)."""

    def __init__(self, reason: str, *, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.unreachable = unreachable


class Door(Protocol):
    """What an adapter is given: the way in."""

    async def accept(self, incoming: Sequence[Incoming], cursor: str | None = None) -> None:
        """Save events, and the channel's new cursor with them, in one transaction. Returns when they are safe;
        raises `bot.errors.NotSaved` if they could not be saved: then do not acknowledge, and offer them again."""

    async def cursor(self) -> str | None:
        """The cursor saved last (an offset, a `ts`, a UID), or None on the first start."""

    def alive(self) -> None:
        """Tell that a read of the messenger succeeded just now, even if it brought nothing."""

    async def recall(self, name: str) -> str | None:
        """What this channel kept under a name: a topic's number, a group's id."""

    async def keep(self, values: Mapping[str, str | None]) -> None:
        """Keep small values of the channel's own, each under its name, None to forget it; returns when they are safe.
        Raises `NotSaved`."""

    async def said(self, address: str, external_id: str) -> Said | None:
        """What stands at an address of this channel under the messenger's id, for replies."""

    def file(self, digest: str) -> Path:
        """Where the content of an attachment lies, to be uploaded."""


class Adapter(Protocol):
    """One configured connection to one messenger."""

    abilities: Abilities

    async def open(self, door: Door) -> None:
        """Make ready to deliver. Raises `bot.errors.ConfigurationError`, in words a person can follow, for what only a
        person can mend; a messenger that does not answer just now is no reason to fail."""

    async def receive(self, door: Door) -> None:
        """Read the messenger until cancelled; mend every passing fault by itself, with back-off."""

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Say it. Raises `RetryLater` or `Undeliverable`; anything else is a fault of ours and is retried a few times."""

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes of an attachment that this channel brought; raises like `deliver`."""

    async def close(self) -> None:
        """Let go of connections. Called once, after `receive` was cancelled."""


@runtime_checkable
class Priced(Protocol):
    """An adapter whose messenger counts calls (`Abilities.per_minute`) and that knows beforehand how many a delivery
    will take; for others one is set aside."""

    def price(self, delivery: Delivery) -> int:
        """The `Receipt.calls` to reckon with: at most 3 where a topic has to be made first, say."""


class AdapterFactory(Protocol):
    """What the entry-point group `frontdesk.adapters` names: called with the channel's configured name and settings."""

    def __call__(self, name: str, settings: dict[str, Any]) -> Adapter: ...


class HookCall(msgspec.Struct, frozen=True):
    """An HTTP request to a channel's own path. Names of `headers` are in lower case."""

    method: str
    headers: Mapping[str, str] = MappingProxyType({})
    query: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""


class HookAnswer(msgspec.Struct, frozen=True):
    """What an HTTP request is answered with."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@runtime_checkable
class Hooked(Protocol):
    """An adapter that is called over HTTP: the listener serves `/hooks/<channel>` for it."""

    async def called(self, call: HookCall) -> HookAnswer:
        """Answer a request; whatever it brought is saved before this returns."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at for `doctor --online`, in the configuration's language; `cure` says what to do."""

    state: Literal["ok", "warning", "failure"]
    what: str
    cure: str = ""


@runtime_checkable
class Examined(Protocol):
    """An adapter that can look at its own connection: credentials, rights, other readers. It need not be open."""

    async def examine(self, door: Door) -> Sequence[Finding]:
        """Look, change nothing."""
