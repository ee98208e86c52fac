"""What happened, normalised. Every event is filed under one conversation."""

from typing import Any, Literal

import msgspec

from bot.model.message import Message

Aside = Literal["", "people", "history"]


class _Event(
    msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True, tag_field="event"
):
    """The common root; events travel as JSON with their class name under `event`."""


class MessageReceived(_Event, frozen=True):
    """The customer wrote. A command arrives as its text (`/start campaign42`). `aside` keeps the bot from answering:
    `people` are shown it, or it stands in the `history` alone unless a ticket is open."""

    message: Message
    aside: Aside = ""


class MessageEdited(_Event, frozen=True):
    """The customer changed a message; `external_id` is the messenger's id of it."""

    external_id: str
    message: Message


class MessageDeleted(_Event, frozen=True):
    """The customer deleted a message."""

    external_id: str


class ButtonPressed(_Event, frozen=True):
    """The customer pressed a button of ours; `label` is its text where the channel tells it."""

    payload: str
    label: str = ""


class ReactionChanged(_Event, frozen=True):
    """The customer put or took away a reaction (`emoji` empty)."""

    external_id: str
    emoji: str = ""


class CustomerBlocked(_Event, frozen=True):
    """The customer forbade messages from us."""


class CustomerUnblocked(_Event, frozen=True):
    """The customer allowed messages from us again."""


class OperatorReplied(_Event, frozen=True):
    """An operator wrote a line under this conversation; the desk decides whether it goes to the customer."""

    operator: str
    message: Message
    operator_name: str = ""
    external_id: str = ""


class OperatorEdited(_Event, frozen=True):
    """An operator changed a line that was written before."""

    operator: str
    external_id: str
    message: Message


class OperatorActed(_Event, frozen=True):
    """An operator pressed a button or gave a command: `take`, `close`, `return`, `snooze`, …

    `ticket` is the number the button belonged to, 0 for the conversation's present one.
    """

    operator: str
    verb: str
    argument: str = ""
    ticket: int = 0
    operator_name: str = ""


class TimerFired(_Event, frozen=True):
    """A timer came due; `visit` tells which visit of a step set it, so that a late one does nothing."""

    name: str
    visit: int = 0


class ActionFinished(_Event, frozen=True):
    """An outside call ended. `result` is what it gave; `problem` says to a maintainer why it failed."""

    call: str
    ok: bool
    result: Any = None
    problem: str = ""


class DeliveryFailed(_Event, frozen=True):
    """A message of ours could not be delivered and will not be tried again. `key` is the name that it was said under,
    `channel` where it was to go, `kind` what was tried: `send`, `edit` or `delete`."""

    message: int
    reason: str
    unreachable: bool = False
    key: str = ""
    channel: str = ""
    kind: str = "send"


class MessageDelivered(_Event, frozen=True):
    """An operator's line reached the customer; `key` is the name that it was said under."""

    message: int
    key: str


class AttachmentFetched(_Event, frozen=True):
    """An attachment of an earlier message is now on disk, or cannot be had (`problem`)."""

    source: str
    digest: str = ""
    problem: str = ""


class Happened(_Event, frozen=True):
    """Something outside the talk that flows may start on: `first_contact`, `ticket_closed`, `webhook:NAME`."""

    name: str
    data: dict[str, Any] = {}


Event = (
    MessageReceived
    | MessageEdited
    | MessageDeleted
    | ButtonPressed
    | ReactionChanged
    | CustomerBlocked
    | CustomerUnblocked
    | OperatorReplied
    | OperatorEdited
    | OperatorActed
    | TimerFired
    | ActionFinished
    | DeliveryFailed
    | MessageDelivered
    | AttachmentFetched
    | Happened
)


class Sender(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a channel tells of the person who wrote."""

    name: str = ""
    username: str = ""
    language: str = ""


class Incoming(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An event on its way in: `external_id` is unique in its channel and recognises repeats; `at` is the
    messenger's time. `address` is the customer's; an operator's event names the conversation instead."""

    external_id: str
    event: Event
    address: str = ""
    conversation: int = 0
    sender: Sender | None = None
    at: int = 0
    message_id: str = ""


Author = Literal["customer", "bot", "operator", "note"]
