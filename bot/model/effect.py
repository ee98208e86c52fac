"""What is to be done about an event. Effects are plain values; the store saves them in the turn's own commit."""

from typing import Any

import msgspec

from bot.model.event import Author
from bot.model.message import Address, Attachment, Message
from bot.model.person import Person
from bot.model.ticket import Ticket


class Send(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Say something. Without `to` it goes to the customer of this conversation.

    `key` names the message so that a later `Edit` or `Delete` finds it (`card:12`); `priority` orders what waits for
    one address of the desk (lower first). `author` is who speaks, for the history. `of`: the earlier line of the
    customer that this copy for operators is of; 0: the one that is being answered.
    """

    message: Message
    to: Address | None = None
    author: Author = "bot"
    operator: str = ""
    key: str = ""
    priority: int = 0
    typing: bool = False
    of: int = 0


class Edit(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Replace what was said under `key` (or under the message id `of`); sent anew where there is nothing to edit.
    `priority` as in `Send`."""

    message: Message
    key: str = ""
    of: int = 0
    to: Address | None = None
    priority: int = 0


class Delete(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Take back what was said under `key` or the message id `of`, where the channel can."""

    key: str = ""
    of: int = 0
    to: Address | None = None


class React(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Put our reaction on a message: the one that the messenger calls `external_id`, or our message `of`. An empty
    `emoji` takes it away. Where the channel has no reactions nothing happens."""

    emoji: str
    external_id: str = ""
    of: int = 0
    to: Address | None = None
    priority: int = 0


class Appoint(msgspec.Struct, frozen=True, gc=False):
    """Somebody may act at the desk from now on, or in another role."""

    person: Person


class OpenTicket(msgspec.Struct, frozen=True, gc=False):
    """A new ticket; its number was taken from those passed into the turn. `files` are what the customer sent as
    answers: the operators get them with it."""

    ticket: Ticket
    files: tuple[Attachment, ...] = ()


class ChangeTicket(msgspec.Struct, frozen=True, gc=False):
    """A ticket is different now: taken, snoozed, noted, reopened."""

    ticket: Ticket


class CloseTicket(msgspec.Struct, frozen=True, gc=False):
    """A ticket ended."""

    ticket: Ticket


class SetTimer(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Fire `TimerFired(name, visit)` at `due`; a timer of the same name in this conversation is replaced."""

    name: str
    due: int
    visit: int = 0


class CancelTimer(msgspec.Struct, frozen=True, gc=False):
    """Forget the conversation's timers whose name starts with `prefix`."""

    prefix: str


class CallAction(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Carry out an outside call; its end comes back as `ActionFinished(call=id)`.

    `kind` is `http` or `python`; `request` is everything needed, but for secrets, which stay named as
    `\\x00secret:NAME\\x00` until the moment of the call. `timeout` in milliseconds.
    """

    id: str
    kind: str
    request: dict[str, Any]
    timeout: int = 10_000
    retries: int = 0


class Remember(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Keep a value about the customer, or forget it (`value` None)."""

    name: str
    value: Any
    personal: bool = False


class Tag(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Add or take away a tag of the customer."""

    name: str
    remove: bool = False


class Consented(msgspec.Struct, frozen=True, gc=False):
    """The customer answered the consent question."""

    version: int
    agreed: bool


class Ban(msgspec.Struct, frozen=True, gc=False):
    """Stop hearing the customer, or hear them again."""

    banned: bool


class Proved(msgspec.Struct, frozen=True, gc=False):
    """The messenger itself says that this number (E.164) is the customer's own."""

    phone: str


class OfferLink(msgspec.Struct, frozen=True, gc=False):
    """The customer was given a code: whoever sends it before `until` (ms) from another channel is the same person."""

    code: str
    until: int


class TriedLink(msgspec.Struct, frozen=True, gc=False):
    """The customer sent a code that is none: they are counted."""


class Link(msgspec.Struct, frozen=True, gc=False):
    """This customer and that one are proven to be one person."""

    customer: int


class Unlink(msgspec.Struct, frozen=True, gc=False):
    """This conversation's customer is another person than those of the other channels after all."""


class Missed(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A question got no sure answer; `nearest` is the entry that came closest, `score` 0..1; `answer` is what an
    operator wants kept with it."""

    text: str
    nearest: str = ""
    score: float = 0.0
    answer: str = ""


class Meant(msgspec.Struct, frozen=True, gc=False):
    """What a question without a sure answer turned out to ask: the customer chose this entry or flow for `text`."""

    text: str
    entry: str


class Audit(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An operator's act, for the audit table."""

    operator: str
    verb: str
    ticket: int = 0
    detail: str = ""


class Follow(msgspec.Struct, frozen=True, gc=False):
    """Put another event into the inbox, in the same commit (`ticket_closed` starts a flow): of this conversation, or of
    another one."""

    event: Any
    conversation: int = 0


Effect = (
    Send
    | Edit
    | Delete
    | React
    | Appoint
    | OpenTicket
    | ChangeTicket
    | CloseTicket
    | SetTimer
    | CancelTimer
    | CallAction
    | Remember
    | Tag
    | Consented
    | Ban
    | Proved
    | OfferLink
    | TriedLink
    | Link
    | Unlink
    | Missed
    | Meant
    | Audit
    | Follow
)
