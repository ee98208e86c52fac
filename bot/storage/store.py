"""What any database must do for us. Everything that must happen together is one method, and one transaction.

A store is opened by one process (SQLite) or many (PostgreSQL). Writes go through `accept`, `take_turns`, `settle` and
their like; each returns when its transaction is committed and durable. Reads see what was committed before them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from bot.channel import Delivery, Said
from bot.model.conversation import Conversation
from bot.model.customer import Consent, Customer
from bot.model.event import Author, Event, Incoming
from bot.model.links import NO_LINKS, Links
from bot.model.message import Attachment, Message
from bot.model.person import Person
from bot.model.ticket import Ticket
from bot.model.turn import Decision, Turn
from bot.model.view import NOTHING, DeskView


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """An event taken from the inbox, with what a turn needs. `id` rises in the order of arrival; `view` and
    `links` may be looked through only while the turn is taken."""

    id: int
    conversation: Conversation
    event: Event
    at: int
    attempts: int
    view: DeskView = NOTHING
    links: Links = NO_LINKS


TakeTurn = Callable[[Waiting, Iterator[int]], Turn]
"""Answers one event; the iterator gives free ticket numbers. May raise `bot.errors.MatchWanted` or `TooEarly` to have the event
left where it is (with those of the same conversation behind it), or anything else: then the event is counted as tried."""

GiveUp = Callable[[Waiting, Iterator[int]], Turn]
"""What to do about an event that could not be answered `MAX_ATTEMPTS` times: opens a ticket."""


class Taken(msgspec.Struct, frozen=True):
    """What a batch of turns came to. `deliveries` are the outbox rows it made, in order, ready to be offered to the
    outbox; `wanted` the texts whose match is missing; `failed` pairs (inbox id, the exception) of turns that raised;
    `next_timer` the earliest due time among the timers it set, or None; `calls` whether it asked for outside calls;
    `tickets` whether any ticket is different now; `more` whether events are still waiting."""

    handled: int
    deliveries: tuple[Delivery, ...] = ()
    wanted: tuple[str, ...] = ()
    failed: tuple[tuple[int, BaseException], ...] = ()
    set_aside: int = 0
    next_timer: int | None = None
    calls: bool = False
    tickets: bool = False
    more: bool = False


class Accepted(msgspec.Struct, frozen=True):
    """`new` events were saved; `repeats` had been seen before. `attachments`: whether any of them brings files."""

    new: int
    repeats: int
    attachments: bool = False


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """How one delivery went. `delivered`: `external_ids` are kept as pairs. `later`: due again at `due`.
    `failed`: given up, a `DeliveryFailed` event is filed under the conversation in the same transaction."""

    delivery: int
    result: Literal["delivered", "later", "failed"]
    external_ids: tuple[str, ...] = ()
    due: int = 0
    reason: str = ""
    unreachable: bool = False


class WaitingCall(msgspec.Struct, frozen=True):
    """An outside call to carry out. `attempts` made so far; `id` is also its Idempotency-Key."""

    id: str
    conversation: int
    kind: str
    request: dict[str, Any]
    timeout: int
    retries: int
    attempts: int


class WaitingAttachment(msgspec.Struct, frozen=True):
    """A file to fetch, for a message of a conversation."""

    id: int
    channel: str
    conversation: int
    attachment: Attachment
    attempts: int


class Line(msgspec.Struct, frozen=True):
    """One line of a conversation's history."""

    id: int
    conversation: int
    author: Author
    operator: str
    at: int
    message: Message
    external_id: str = ""
    delivered_at: int = 0
    problem: str = ""


class TracedTurn(msgspec.Struct, frozen=True):
    """One handled event with the decisions that answered it, for `frontdesk trace`."""

    id: int
    at: int
    event: Event
    handled_at: int
    decisions: tuple[Decision, ...]


class MissedQuestion(msgspec.Struct, frozen=True):
    """A question that got no sure answer. `answer` is what an operator said to it, if one did; `meant` the entry that
    the customer chose from what was offered."""

    at: int
    text: str
    nearest: str
    score: float
    conversation: int
    answer: str = ""
    meant: str = ""


class Kept(msgspec.Struct, frozen=True):
    """Everything kept about one customer (`frontdesk export`)."""

    customer: Customer
    identities: tuple[tuple[str, str], ...]
    conversations: tuple[Conversation, ...]
    lines: tuple[Line, ...]
    tickets: tuple[Ticket, ...]
    consents: tuple[Consent, ...]
    misses: tuple[MissedQuestion, ...]
    events: tuple[TracedTurn, ...]
    attachments: tuple[Attachment, ...]


class Store(Protocol):
    """The memory."""

    unclean: bool
    """Whether the process before this one ended without `close`: events waiting then are taken singly."""

    async def open(self) -> None:
        """Take hold of the database, back it up and migrate it if it is old. Raises `StoreInUse`, `StoreBroken`."""

    async def close(self) -> None:
        """Finish what was submitted, mark a clean end, let go."""

    # the way in
    async def accept(
        self, channel: str, kind: str, incoming: Sequence[Incoming], cursor: str | None, now: int
    ) -> Accepted:
        """Find or make each conversation, drop repeats by (channel, external id), save events and cursor together.
        Raises `NotSaved`."""

    async def cursor(self, channel: str) -> str | None:
        """The cursor that was saved last."""

    # the worker
    async def take_turns(
        self, take: TakeTurn, give_up: GiveUp, *, limit: int, now: int, singly: bool = False
    ) -> Taken:
        """Take up to `limit` waiting events, oldest first; answer all of them before the first write; save each new
        conversation, tickets, lines of history, outbox rows, timers, calls, and the event as done, in one transaction.
        An event that raises is counted and left (so are those behind it in its conversation) without cost to the
        others; at `MAX_ATTEMPTS` it is set aside and `give_up` answers. `singly`: one event, its attempt
        committed before it is tried. Who stops waiting for a batch stops nothing, it is carried out; of `singly` only
        the count may be left."""

    # the outbox
    async def due_deliveries(
        self, channel: str, *, after: int, limit: int, address: str | None = None
    ) -> list[Delivery]:
        """Undelivered rows of a channel with id above `after`, in order of id; postponed ones with their `due`. Those
        of one address alone, if it is named."""

    async def settle(self, outcomes: Sequence[Outcome], now: int) -> None:
        """Write down how deliveries went."""

    # timers, calls, attachments
    async def fire_timers(self, channels: frozenset[str], *, now: int, limit: int) -> int:
        """Turn due timers of conversations on these channels into `TimerFired` events; how many."""

    async def next_timer(self, channels: frozenset[str]) -> int | None:
        """When the earliest timer of these channels is due."""

    async def due_calls(self, *, now: int, limit: int) -> list[WaitingCall]:
        """Outside calls whose time has come, in the order they were asked for."""

    async def next_call(self, *, now: int) -> int | None:
        """When the earliest call that waits for a later time, after `now`, is due."""

    async def settle_call(
        self, call: str, *, ok: bool, result: Any, problem: str, again_at: int | None, now: int
    ) -> None:
        """Either file `ActionFinished` under the conversation, or note the failed try and when to try again."""

    async def attachments_to_fetch(
        self, *, now: int, limit: int, without: Collection[str] = ()
    ) -> list[WaitingAttachment]:
        """Attachments of saved messages that are not on disk yet, those of some channels left out."""

    async def next_fetch(self, *, now: int) -> int | None:
        """When the earliest attachment that waits for a later time, after `now`, is due."""

    async def settle_attachment(
        self, id: int, attachment: Attachment, *, again_at: int | None, now: int
    ) -> None:
        """It is on disk (`digest`), cannot be had (`problem`), or will be tried again. Ends in `AttachmentFetched`.
        Messages that hold it, in the history and in the outbox, know of it from then on."""

    async def attachment(self, conversation: int, source: str) -> Attachment | None:
        """What is known by now of a file that a message brought: for a delivery that waits for it."""

    # what channels keep for themselves
    async def recall(self, channel: str, name: str) -> str | None:
        """What a channel kept under a name."""

    async def keep(self, channel: str, values: Mapping[str, str | None]) -> None:
        """Keep a channel's values, each under its name; None forgets it."""

    # reads
    async def conversation(self, id: int) -> Conversation | None:
        """One conversation, as a turn would be given it."""

    async def find_conversation(self, channel: str, address: str) -> Conversation | None:
        """By the customer's address."""

    async def latest_conversation(
        self, customer: int, channels: Sequence[str]
    ) -> Conversation | None:
        """Where a customer was talked with last, on these channels."""

    async def lines(
        self, conversation: int, *, before: int | None = None, limit: int = 100
    ) -> list[Line]:
        """The history, oldest first, the newest `limit` lines before line `before`."""

    async def traced(self, conversation: int, *, limit: int = 100) -> list[TracedTurn]:
        """The last handled events with their decisions, oldest first."""

    async def tickets(self, *, open_only: bool = True, limit: int = 1000) -> list[Ticket]:
        """Tickets, oldest first."""

    async def misses(self, since: int) -> list[MissedQuestion]:
        """Questions without a sure answer since then, oldest first."""

    async def step_counts(self) -> dict[tuple[str, str, str], int]:
        """How many people wait at each (flow, step, shape): for `check --against-db`."""

    async def external_ids(self, message: int) -> list[tuple[str, str, str]]:
        """Where a message of ours stands: (channel, address, external id) triples, in order of parts."""

    async def message_of(self, channel: str, address: str, external_id: str) -> int | None:
        """The message of ours that stands there, for replies and edits."""

    async def said(self, channel: str, address: str, external_id: str) -> Said | None:
        """As `message_of`, with the conversation that it belongs to."""

    async def people(self) -> list[Person]:
        """Who may act at the desk."""

    async def find_customer(self, key: str) -> int | None:
        """A customer by id, `channel:address`, phone or e-mail."""

    async def export(self, customer: int) -> Kept:
        """Everything kept about a customer."""

    async def forget(self, customer: int, *, dry_run: bool) -> dict[str, int]:
        """Erase a customer everywhere (inbox, messages, outbox, misses, files, kept slots, traces); what and how many."""

    async def prune(self, *, now: int, keep_events: int) -> int:
        """Forget ids of handled events older than `keep_events` ms (repeats are recognised that long)."""

    async def backup(self, path: str) -> None:
        """A consistent copy into a new file, while running."""

    async def backlog(self) -> dict[str, int]:
        """Deliveries that wait, by channel."""

    async def counts(self) -> dict[str, int]:
        """Rows waiting: inbox, outbox, timers, calls, aside, open tickets: for health and metrics."""
