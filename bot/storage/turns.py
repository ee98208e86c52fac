"""A batch of turns: all of them taken, then written down, in one transaction."""

import sqlite3
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.errors import MatchWanted, TooEarly
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.effect import (
    Appoint,
    CancelTimer,
    Effect,
    Send,
    SetTimer,
)
from bot.model.event import Event, MessageReceived, OperatorReplied
from bot.model.message import Message
from bot.model.turn import Turn
from bot.storage import identities
from bot.storage.at_hand import Arrived
from bot.storage.codec import decode_attachment, encode
from bot.storage.counters import TicketNumbers
from bot.storage.fold import TicketEffect, after, with_ticket
from bot.storage.insert import Insert
from bot.storage.state import State
from bot.storage.store import GiveUp, Taken, TakeTurn, Waiting
from bot.storage.view import View
from bot.storage.writes import Writes

_HOLDING = (MessageReceived, OperatorReplied)
"""Events whose files a turn needs."""
_PLAIN = frozenset({Send, SetTimer, CancelTimer})
"""Effects that change neither the customer nor a ticket; nearly all turns have no others."""

MAX_ATTEMPTS = 3
"""So often a turn may fail before its event is set aside and people are called."""

Row = tuple[Any, ...]

_TURN = Insert("turns (id, aside, handled_at, trace)")
_CONVERSATION = """
    UPDATE conversations SET dialog = ?, ticket = nullif(?, 0), unreachable = ?, last_line = ? WHERE id = ?
"""
_LAST_LINE = "UPDATE conversations SET last_line = ? WHERE id = ?"
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
    oldest = state.events.oldest(connection, limit)
    for arrived in oldest:
        batch.answer(arrived, take, give_up)
    return batch.save(len(oldest))


def count_attempt(connection: sqlite3.Connection, state: State) -> bool:
    """Note that the oldest event is about to be tried, in case it kills the process; whether there is one to try.
    One that was tried too often is not counted again: it will be set aside untried."""
    state.events.ask()
    oldest = state.events.oldest(connection, 1)
    if oldest and oldest[0].attempts < MAX_ATTEMPTS:
        connection.execute(_TRIED, (1, oldest[0].id))
        return True
    return False


class _Batch:
    """The turns of one transaction. Conversations and customers that were changed are seen by later turns."""

    def __init__(
        self, connection: sqlite3.Connection, state: State, now: int, *, counted: bool
    ) -> None:
        self._connection = connection
        self._answered: set[int] = set()
        self._view = View(connection, self._answered)
        self._links = identities.LinkView(connection)
        self._state = state
        self._now = now
        self._counted = counted
        self._numbers = TicketNumbers(state.counters)
        self._conversations = state.conversations
        self._changed: dict[int, Conversation] = {}
        self._changed_customers: dict[int, Customer] = {}
        self._left: set[int] = set()
        self._turns: list[tuple[Arrived, Event, Conversation, Turn]] = []
        self._done: list[Row] = []
        self._tried: list[Row] = []
        self._wanted: dict[str, None] = {}
        self._failed: list[tuple[int, BaseException]] = []
        self._set_aside = 0

    def answer(self, arrived: Arrived, take: TakeTurn, give_up: GiveUp) -> None:
        """Take one turn, in memory."""
        if arrived.conversation in self._left:
            return
        try:
            here = self._conversations.get(self._connection, arrived.conversation)
            event = arrived.event
            if isinstance(event, _HOLDING) and event.message.attachments:
                event = self._with_files(arrived, event)
        except msgspec.MsgspecError as problem:
            self._lay_aside(arrived, problem)
            return
        if here is None:
            self._lay_aside(arrived, LookupError("an event belongs to a conversation"))
            return
        attempts = arrived.attempts - self._counted
        waiting = Waiting(arrived.id, here, event, arrived.at, attempts, self._view, self._links)
        if attempts >= MAX_ATTEMPTS:
            self._give_up(arrived, waiting, give_up)
            return
        ticket = self._state.counters.ticket
        try:
            turn = take(waiting, self._numbers)
        except MatchWanted as wanted:
            self._state.counters.ticket = ticket
            self._wanted[wanted.text] = None
            self._leave(arrived, -self._counted)
        except TooEarly:
            self._state.counters.ticket = ticket
            self._leave(arrived, -self._counted)
        except Exception as problem:  # noqa: BLE001 - a poison event is counted
            self._state.counters.ticket = ticket
            self._failed.append((waiting.id, problem))
            if attempts + 1 < MAX_ATTEMPTS:
                self._leave(arrived, 1 - self._counted)
            else:
                self._give_up(arrived, waiting, give_up)
        else:
            self._accept(arrived, event, here, turn)

    def save(self, looked_at: int) -> Taken:
        """Write down what the turns came to. So many events were `looked_at`, the oldest."""
        connection, state = self._connection, self._state
        writes = Writes(connection, state, self._now)
        for arrived, event, here, turn in self._turns:
            writes.turn(arrived, event, here, turn.effects)
        self._save_conversations(writes.finish())
        many = connection.executemany
        if self._changed_customers:
            many(_CUSTOMER, [(encode(one), id) for id, one in self._changed_customers.items()])
        _TURN.write(connection, self._done)
        if self._tried:
            many(_TRIED, self._tried)
        if writes.links:
            identities.carry_out(connection, state, writes.links, self._now)
        state.save(connection)
        self._conversations.tidy(self._changed.values())
        if self._left:
            state.events.ask()
        return Taken(
            handled=len(self._done),
            deliveries=writes.offer(),
            wanted=tuple(self._wanted),
            failed=tuple(self._failed),
            set_aside=self._set_aside,
            next_timer=writes.next_timer,
            calls=writes.calls,
            tickets=writes.tickets,
            more=state.events.handled(connection, looked_at, state.counters.inbox),
        )

    def _save_conversations(self, moved: set[int]) -> None:
        """`moved`: those with new lines of history."""
        many, last = self._connection.executemany, self._conversations.last_lines
        changed = [
            (
                bytearray(encode(one.dialog)),
                one.ticket.number if one.ticket is not None else 0,
                1 if one.unreachable else 0,
                last[id],
                id,
            )
            for id, one in self._changed.items()
        ]
        if changed:
            many(_CONVERSATION, changed)
        unchanged = moved.difference(self._changed)
        if unchanged:
            many(_LAST_LINE, [(last[id], id) for id in unchanged])

    def _with_files(self, arrived: Arrived, event: MessageReceived | OperatorReplied) -> Event:
        """The event, with the files that were fetched since it was saved."""
        message = with_fetched(self._connection, arrived.conversation, event.message)
        return replace(event, message=message)

    def _leave(self, arrived: Arrived, tries: int) -> None:
        self._left.add(arrived.conversation)
        if tries:
            self._tried.append((tries, arrived.id))

    def _lay_aside(self, arrived: Arrived, problem: Exception) -> None:
        """No turn can be taken, and no ticket be opened: what both need cannot be read. It must not hold up the others."""
        self._set_aside += 1
        self._failed.append((arrived.id, problem))
        self._done.append((arrived.id, 1, self._now, encode(())))

    def _give_up(self, arrived: Arrived, waiting: Waiting, give_up: GiveUp) -> None:
        self._set_aside += 1
        ticket = self._state.counters.ticket
        try:
            turn = give_up(waiting, self._numbers)
        except Exception as problem:  # noqa: BLE001 - whoever reads `failed` must hear of it
            self._state.counters.ticket = ticket
            self._failed.append((waiting.id, problem))
            turn = Turn(waiting.conversation)
        self._accept(arrived, waiting.event, waiting.conversation, turn, aside=True)

    def _accept(
        self,
        arrived: Arrived,
        event: Event,
        given: Conversation,
        turn: Turn,
        *,
        aside: bool = False,
    ) -> None:
        here = turn.conversation
        if not _PLAIN.issuperset(map(type, turn.effects)):
            here = self._changes(here, turn.effects)
        self._turns.append((arrived, event, here, turn))
        self._answered.add(here.id)
        trace = bytearray(encode(turn.trace))
        self._done.append((arrived.id, 1 if aside else 0, self._now, trace))
        if here is not given:
            self._change(here)
            if here.customer is not given.customer:
                self._changed_customers[here.customer.id] = here.customer

    def _change(self, conversation: Conversation) -> None:
        self._conversations.put(conversation)
        self._changed[conversation.id] = conversation

    def _changes(self, here: Conversation, effects: tuple[Effect, ...]) -> Conversation:
        """What effects make of this conversation, and of others."""
        for effect in effects:
            if isinstance(effect, TicketEffect):
                self._view.note(effect)
                self._elsewhere(effect, here)
            elif isinstance(effect, Appoint):
                self._view.note(effect)
        return after(here, effects, self._now)

    def _elsewhere(self, effect: TicketEffect, here: Conversation) -> None:
        """A turn may change the ticket of another conversation, which shows it then."""
        number = effect.ticket.conversation
        if number == here.id:
            return
        there = self._conversations.get(self._connection, number)
        if there is not None:
            self._change(with_ticket(there, effect.ticket))


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
