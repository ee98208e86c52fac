"""A batch of turns: all of them taken, then written down, in one transaction."""

import sqlite3
from typing import Any

from msgspec.structs import replace

from bot.errors import MatchWanted
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.effect import (
    CancelTimer,
    ChangeTicket,
    CloseTicket,
    Effect,
    OpenTicket,
    Send,
    SetTimer,
)
from bot.model.event import Event, MessageReceived, OperatorReplied
from bot.model.message import Message
from bot.model.turn import Turn
from bot.storage import identities
from bot.storage.codec import decode_attachment, encode
from bot.storage.counters import TicketNumbers
from bot.storage.fold import after, with_ticket
from bot.storage.rows import CONVERSATION, conversation_of, event_of, load
from bot.storage.state import State
from bot.storage.store import GiveUp, Taken, TakeTurn, Waiting
from bot.storage.view import View
from bot.storage.writes import Writes

_PLAIN = frozenset({Send, SetTimer, CancelTimer})
"""Effects that change neither the customer nor a ticket; nearly all turns have no others."""

MAX_ATTEMPTS = 3
"""So often a turn may fail before its event is set aside and people are called."""

Row = tuple[Any, ...]

_OLDEST = f"""
    SELECT i.id, i.channel, i.address, i.message_id, i.at, i.event, i.attempts, c.customer, c.last_line,
        {CONVERSATION} JOIN inbox i ON i.conversation = c.id
    WHERE i.id >= ? AND i.state = 0 ORDER BY i.id LIMIT ?
"""
_DONE = "UPDATE inbox SET state = ?, handled_at = ?, trace = ? WHERE id = ?"
_CONVERSATION = """
    UPDATE conversations SET dialog = ?, ticket = ?, unreachable = ?, last_line = ? WHERE id = ?
"""
_LAST_LINE = "UPDATE conversations SET last_line = ? WHERE id = ?"
_ELSEWHERE = "UPDATE conversations SET ticket = ? WHERE id = ?"
_STILL_WAITING = "SELECT id FROM inbox WHERE id >= ? AND state = 0 ORDER BY id LIMIT 1"
_CUSTOMER = "UPDATE customers SET body = ? WHERE id = ?"
_TRIED = "UPDATE inbox SET attempts = attempts + ? WHERE id = ?"


def take_turns(
    connection: sqlite3.Connection,
    state: State,
    take: TakeTurn,
    give_up: GiveUp,
    *,
    limit: int,
    now: int,
    counted: bool = False,
) -> Taken:
    """See `Store.take_turns`. `counted`: the attempt at this one event was committed before."""
    batch = _Batch(connection, state, now, counted=counted)
    for row in connection.execute(_OLDEST, (state.waiting_from, limit)).fetchall():
        batch.answer(row, take, give_up)
    return batch.save()


def count_attempt(connection: sqlite3.Connection, state: State) -> bool:
    """Note that the oldest event is about to be tried, in case it kills the process; whether there is one to try.
    One that was tried too often is not counted again: it will be set aside untried."""
    found = connection.execute(
        "SELECT id, attempts FROM inbox WHERE id >= ? AND state = 0 ORDER BY id LIMIT 1",
        (state.waiting_from,),
    ).fetchone()
    if found is not None and found[1] < MAX_ATTEMPTS:
        connection.execute(_TRIED, (1, found[0]))
        return True
    return False


class _Batch:
    """The turns of one transaction. Conversations and customers that were changed are seen by later turns."""

    def __init__(
        self, connection: sqlite3.Connection, state: State, now: int, *, counted: bool
    ) -> None:
        self._connection = connection
        self._view = View(connection)
        self._links = identities.LinkView(connection)
        self._state = state
        self._now = now
        self._counted = counted
        self._numbers = TicketNumbers(state.counters)
        self._conversations: dict[int, Conversation] = {}
        self._customers: dict[int, Customer] = {}
        self._changed: set[int] = set()
        self._changed_customers: set[int] = set()
        self._last_lines: dict[int, int] = {}
        self._left: set[int] = set()
        self._turns: list[tuple[Row, Event, Conversation, Turn]] = []
        self._done: list[Row] = []
        self._tried: list[Row] = []
        self._wanted: dict[str, None] = {}
        self._failed: list[tuple[int, BaseException]] = []
        self._set_aside = 0

    def answer(self, row: Row, take: TakeTurn, give_up: GiveUp) -> None:
        """Take one turn, in memory."""
        number = row[9]
        if number in self._left:
            return
        here = self._conversation(row)
        event = self._event(row, number)
        waiting = Waiting(
            row[0], here, event, row[4], row[6] - self._counted, self._view, self._links
        )
        if waiting.attempts >= MAX_ATTEMPTS:
            self._give_up(row, waiting, give_up)
            return
        ticket = self._state.counters.ticket
        try:
            turn = take(waiting, self._numbers)
        except MatchWanted as wanted:
            self._state.counters.ticket = ticket
            self._wanted[wanted.text] = None
            self._leave(row, -self._counted)
        except Exception as problem:  # noqa: BLE001 - a poison event is counted
            self._state.counters.ticket = ticket
            self._failed.append((waiting.id, problem))
            if waiting.attempts + 1 < MAX_ATTEMPTS:
                self._leave(row, 1 - self._counted)
            else:
                self._give_up(row, waiting, give_up)
        else:
            self._accept(row, event, here, turn, 1)

    def save(self) -> Taken:
        """Write down what the turns came to."""
        connection, state = self._connection, self._state
        writes = Writes(connection, state, self._last_lines, self._now)
        for row, event, here, turn in self._turns:
            writes.turn(row[:5], event, here, turn.effects)
        self._save_conversations(writes.finish())
        many = connection.executemany
        if self._changed_customers:
            many(_CUSTOMER, [(encode(self._customers[id]), id) for id in self._changed_customers])
        if self._done:
            many(_DONE, self._done)
        if self._tried:
            many(_TRIED, self._tried)
        if writes.links:
            identities.carry_out(connection, state, writes.links, self._now)
        state.save(connection)
        waiting = connection.execute(_STILL_WAITING, (state.waiting_from,)).fetchone()
        state.waiting_from = waiting[0] if waiting else state.counters.inbox + 1
        return Taken(
            handled=len(self._done),
            deliveries=writes.offer(),
            wanted=tuple(self._wanted),
            failed=tuple(self._failed),
            set_aside=self._set_aside,
            next_timer=writes.next_timer,
            calls=writes.calls,
            more=waiting is not None,
        )

    def _save_conversations(self, moved: set[int]) -> None:
        """`moved`: those with new lines of history."""
        many, last, changed = self._connection.executemany, self._last_lines, self._changed
        here = [self._conversations[id] for id in changed if id in last]
        if here:
            many(
                _CONVERSATION,
                [
                    (encode(one.dialog), _number(one), one.unreachable, last[one.id], one.id)
                    for one in here
                ],
            )
        elsewhere = [self._conversations[id] for id in changed if id not in last]
        if elsewhere:
            many(_ELSEWHERE, [(_number(one), one.id) for one in elsewhere])
        if moved - changed:
            many(_LAST_LINE, [(last[id], id) for id in moved - changed])

    def _conversation(self, row: Row) -> Conversation:
        self._last_lines.setdefault(row[9], row[8])
        here = self._conversations.get(row[9])
        customer = self._customers.get(row[7])
        if here is None:
            here = self._conversations[row[9]] = conversation_of(row[9:], customer)
            self._customers[row[7]] = here.customer
        elif customer is not None and here.customer is not customer:
            here = self._conversations[row[9]] = replace(here, customer=customer)
        return here

    def _event(self, row: Row, conversation: int) -> Event:
        """The event, with the files that were fetched since it was saved."""
        event = event_of(row[5])
        if isinstance(event, (MessageReceived, OperatorReplied)) and event.message.attachments:
            message = with_fetched(self._connection, conversation, event.message)
            return replace(event, message=message)
        return event

    def _leave(self, row: Row, tries: int) -> None:
        self._left.add(row[9])
        if tries:
            self._tried.append((tries, row[0]))

    def _give_up(self, row: Row, waiting: Waiting, give_up: GiveUp) -> None:
        self._set_aside += 1
        ticket = self._state.counters.ticket
        try:
            turn = give_up(waiting, self._numbers)
        except Exception as problem:  # noqa: BLE001 - whoever reads `failed` must hear of it
            self._state.counters.ticket = ticket
            self._failed.append((waiting.id, problem))
            turn = Turn(waiting.conversation)
        self._accept(row, waiting.event, waiting.conversation, turn, 2)

    def _accept(self, row: Row, event: Event, given: Conversation, turn: Turn, state: int) -> None:
        here = turn.conversation
        if not _PLAIN.issuperset(map(type, turn.effects)):
            here = self._changes(here, turn.effects)
        self._turns.append((row, event, here, turn))
        self._done.append((state, self._now, encode(turn.trace), row[0]))
        if here is not given:
            self._conversations[here.id] = here
            self._changed.add(here.id)
            if here.customer is not given.customer:
                self._customers[row[7]] = here.customer
                self._changed_customers.add(row[7])

    def _changes(self, here: Conversation, effects: tuple[Effect, ...]) -> Conversation:
        """What effects make of this conversation, and of others."""
        for effect in effects:
            self._view.note(effect)
            if isinstance(effect, OpenTicket | ChangeTicket | CloseTicket):
                self._elsewhere(effect, here)
        return after(here, effects, self._now)

    def _elsewhere(
        self, effect: OpenTicket | ChangeTicket | CloseTicket, here: Conversation
    ) -> None:
        """A turn may change the ticket of another conversation, which shows it then."""
        number = effect.ticket.conversation
        if number == here.id:
            return
        there = self._conversations.get(number) or load(self._connection, number)
        if there is not None:
            self._conversations[number] = with_ticket(there, effect.ticket)
            self._customers.setdefault(there.customer.id, there.customer)
            self._changed.add(number)


def with_fetched(connection: sqlite3.Connection, conversation: int, message: Message) -> Message:
    """The message with what is known by now of its files."""
    rows = connection.execute(
        "SELECT source, body FROM attachments WHERE conversation = ? AND state = 1", (conversation,)
    )
    known = {source: decode_attachment(body) for source, body in rows}
    files = tuple(
        known.get(one.source, one) if not one.digest else one for one in message.attachments
    )
    return replace(message, attachments=files)


def _number(conversation: Conversation) -> int | None:
    return conversation.ticket.number if conversation.ticket is not None else None
