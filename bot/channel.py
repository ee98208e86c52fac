"""The port that adapters implement, and the few things they may say about a delivery.

An adapter turns what its messenger brings into `Incoming`, hands it to `Door.accept`, and acknowledges to the
messenger only after that returned. It delivers one message at a time per address and names what went wrong.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal, Protocol

import msgspec

from bot.model.abilities import Abilities
from bot.model.event import Incoming
from bot.model.message import Attachment, Message

DeliveryKind = Literal["send", "edit", "delete", "typing"]


class Delivery(msgspec.Struct, frozen=True):
    """A message on its way out. `id` is the outbox row: the messenger's idempotency key where it has one.

    For an edit or delete `of` is the id of our message that is meant, and `external_id` the messenger's id of it, or
    empty where it was not known yet when this was written down (the outbox looks it up when the turn of it comes).
    `reply_external_id` is the messenger's id of the message that is answered. `due` is when it may be tried (ms).
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


class Receipt(msgspec.Struct, frozen=True):
    """Delivered. `external_ids` are the messenger's ids of what now stands there (several for a split text)."""

    external_ids: tuple[str, ...] = ()


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


class Adapter(Protocol):
    """One configured connection to one messenger."""

    abilities: Abilities

    async def open(self) -> None:
        """Connect and check the credentials; raises `bot.errors.ConfigurationError` in words a person can follow."""

    async def receive(self, door: Door) -> None:
        """Read the messenger until cancelled; mend every passing fault by itself, with back-off."""

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Say it. Raises `RetryLater` or `Undeliverable`; anything else is a fault of ours and is retried a few times."""

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes of an attachment that this channel brought; raises like `deliver`."""

    async def close(self) -> None:
        """Let go of connections. Called once, after `receive` was cancelled."""


class AdapterFactory(Protocol):
    """What the entry-point group `frontdesk.adapters` names: called with the channel's configured name and settings."""

    def __call__(self, name: str, settings: dict[str, Any]) -> Adapter: ...
