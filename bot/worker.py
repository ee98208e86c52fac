"""Answers what waits in the inbox, in order per conversation, a batch a transaction."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import structlog

from bot.channel import Delivery
from bot.clock import Bell, Clock
from bot.errors import MatchWanted, NotSaved, TooEarly
from bot.logs import fault
from bot.model.turn import Turn
from bot.stage import MomentOf, Stage
from bot.storage.store import Store, Taken, Waiting
from bot.turn import set_aside, take_turn

log = structlog.get_logger("worker")

PATIENCE = 3
"""After so many refused batches in a row events are taken singly."""
PAUSE = 1_000
"""How long the worker rests after the database refused a batch, in ms."""


class Worker:
    """One loop for all conversations of a store."""

    def __init__(self, store: Store, clock: Clock, stage: Stage, *, limit: int = 128) -> None:
        self._store = store
        self._clock = clock
        self.stage = stage
        self._limit = limit
        self._singly = store.unclean
        self._refused = 0
        self._told: type[Exception] | None = None
        self.bell = Bell(clock)
        self._working = False
        self._failing: dict[int, dict[str, object]] = {}
        self.verbose = False
        """Whether each turn is logged."""
        self.handled = 0
        """Events handled since the start."""
        self.on_deliveries: Callable[[Sequence[Delivery]], None] = lambda _: None
        self.on_timer: Callable[[int], None] = lambda _: None
        self.on_calls: Callable[[], None] = lambda: None
        self._braked_until = 0
        self.on_tickets: Callable[[int], None] = lambda _: None
        """Called when a ticket is different, or the brakes went on; with the time when those go off (0: they are)."""

    @property
    def busy(self) -> bool:
        """Whether turns are being taken, or are about to be."""
        return self._working or self.bell.due

    async def run(self) -> None:
        """Until cancelled; a batch in hand is finished first."""
        self.bell.ring()
        while True:
            await self.bell.wait()
            self._working = True
            try:
                while await self._batch():
                    pass
                if self._refused:
                    log.error("turns are saved again")
                self._refused, self._told = 0, None
            except Exception as problem:  # noqa: BLE001  (see _refusal)
                self._refusal(problem)
            finally:
                self._working = False

    def _refusal(self, problem: Exception) -> None:
        """A batch was not written. The disk may be full: try again. Or one turn is of a kind that cannot be written
        and would hold up all others for ever: taken singly, with each attempt counted first, it is found."""
        words = {"reason": str(problem)} if isinstance(problem, NotSaved) else {}
        if self._told is not type(problem):
            log.error("turns not saved", **fault(problem), **words)
        self._told = type(problem)
        self._refused += 1
        if self._refused >= PATIENCE:
            self._singly = True
        self.bell.ring(self._clock.now() + PAUSE)

    async def _batch(self) -> bool:
        now = self._clock.now()
        moment_of = self.stage.moments(now)
        taking = self._store.take_turns(
            partial(self._take, moment_of),
            partial(self._give_up, moment_of),
            limit=self._limit,
            now=now,
            singly=self._singly,
        )
        # A batch that is begun is written down whoever waits for it. What is taken singly is two transactions: an
        # attempt that was counted must be made.
        taken = await (asyncio.shield(taking) if self._singly else taking)
        self._pass_on(taken)
        for text in taken.wanted:
            await self._match(text)
        if not taken.more:
            self._singly = False
        return taken.more or bool(taken.wanted) or bool(taken.failed)

    async def _match(self, text: str) -> None:
        """Compute a match outside of the turn. One that raises is a fault of its event alone, which is tried again."""
        matches = self.stage.matches
        try:
            await asyncio.to_thread(matches.compute, text)
        except Exception as problem:  # noqa: BLE001  (see above)
            log.error("match not computed", **fault(problem))
            matches.fails(text, problem)

    def _pass_on(self, taken: Taken) -> None:
        self.handled += taken.handled
        if taken.deliveries:
            self.on_deliveries(taken.deliveries)
        if taken.next_timer is not None:
            self.on_timer(taken.next_timer)
        if taken.calls:
            self.on_calls()
        until = self.stage.brakes.until
        if taken.tickets or until != self._braked_until:
            self._braked_until = until
            self.on_tickets(until)
        for event, problem in taken.failed:
            # The traceback names code, never the customer's words; those stay in the database.
            log.error("turn failed", **self._failing.pop(event, {}), **fault(problem))
        self._failing.clear()

    def _take(self, moment_of: MomentOf, waiting: Waiting, numbers: Iterator[int]) -> Turn:
        try:
            moment = moment_of(waiting, numbers)
            turn = take_turn(waiting.conversation, waiting.event, moment)
        except (MatchWanted, TooEarly):
            raise
        except Exception:
            self._failing[waiting.id] = about(waiting)
            raise
        if self.verbose:
            log.debug("turn", **about(waiting), rules=[one.rule for one in turn.trace])
        return turn

    def _give_up(self, moment_of: MomentOf, waiting: Waiting, numbers: Iterator[int]) -> Turn:
        log.error("event set aside", **about(waiting))
        return set_aside(waiting.conversation, waiting.event, moment_of(waiting, numbers))


def about(waiting: Waiting) -> dict[str, object]:
    """Where an event belongs, for a log line: never what was said in it."""
    here = waiting.conversation
    frame = here.dialog.stack[-1] if here.dialog.stack else None
    fields = {
        "inbox": waiting.id,
        "kind": type(waiting.event).__name__,
        "channel": here.channel,
        "conversation": here.id,
        "ticket": here.ticket.number if here.ticket is not None else 0,
        "flow": frame.flow if frame is not None else "",
        "step": frame.step if frame is not None else "",
    }
    return {name: value for name, value in fields.items() if value}
