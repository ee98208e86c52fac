"""The way out: deliveries in order per address, at the messenger's pace, marked in the store as they end."""

import asyncio
import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

import structlog
from msgspec.structs import replace

from bot.channel import Adapter, Delivery, RetryLater, Undeliverable
from bot.clock import Bell, Clock
from bot.errors import NotSaved
from bot.logs import fault
from bot.model.message import Attachment
from bot.storage.store import Outcome, Store

log = structlog.get_logger("outbox")

AT_ONCE = 32
"""Calls to one messenger in flight at the same time."""
UNSETTLED = 256
"""Deliveries of one channel whose end may be unwritten at any moment; a crash can double no more than these."""
IN_HAND = 5_000
"""Deliveries of one channel held in memory; the rest waits in the store."""
FIRST_PAUSE, LONGEST_PAUSE = 1_000, 300_000
"""Back-off after a failure without its own waiting time, in ms: doubled each time, with jitter."""
FILE_PAUSE, FILE_TRIES = 0.5, 120
"""A message waits for a file of its own in steps of so many seconds, and at most so many times."""
FILE_LATE = "it could not be fetched in time"
LAST_WORDS = 5.0
"""Seconds that a stop waits for the last deliveries to be written down."""
FAULTS = 8
"""So many times a delivery may fail in a way that the adapter did not name, before it is given up."""


class _Lane:
    """What waits for one address, first in, first out. At most one delivery of a lane is under way.

    `queued`: it stands in the heap of ready lanes or in that of later ones. `free_at`: not before, in ms. `faults`: so
    often the first one failed in a way that the adapter did not name.
    """

    __slots__ = ("address", "faults", "free_at", "queue", "queued", "under_way")

    def __init__(self, address: str) -> None:
        self.address = address
        self.queue: deque[Delivery] = deque()
        self.queued = False
        self.under_way = False
        self.free_at = 0
        self.faults = 0


class ChannelOutbox:
    """Delivers for one channel. `pace`, `pace_per_address`: messages a second, 0: what the adapter's abilities say."""

    def __init__(
        self,
        name: str,
        adapter: Adapter,
        store: Store,
        clock: Clock,
        *,
        pace: float = 0.0,
        pace_per_address: float = 0.0,
        rng: random.Random | None = None,
    ) -> None:
        self.name = name
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311  (jitter)
        self._lanes: dict[str, _Lane] = {}
        self._order = itertools.count()
        self._ready: list[tuple[int, int, _Lane]] = []
        self._later: list[tuple[int, int, _Lane]] = []
        self._seen = 0
        self._in_hand = 0
        self._left = 0
        self._behind = True
        self._idle: deque[asyncio.Future[None]] = deque()
        self._waking = False
        self._ended: list[tuple[_Lane, Outcome]] = []
        self._settling = False
        self._unsettled = 0
        self._paused_until = 0
        self._failures = 0
        limits = adapter.abilities
        self._pace = 1000 / (pace or limits.pace)
        self._pace_per_address = int(1000 / (pace_per_address or limits.pace_per_address))
        self._allowance = 0.0
        self._bell = Bell(clock)
        self._tasks: set[asyncio.Task[None]] = set()
        self.on_events: Callable[[], None] = lambda: None

    # in

    def offer(self, deliveries: Iterable[Delivery]) -> None:
        """Rows just written, in order of id. While the store holds earlier ones of ours, they stay there."""
        for delivery in deliveries:
            if self._behind:
                self._left = max(self._left, delivery.id)
            elif delivery.id > self._seen:
                self._take_in(delivery)
                self._behind = self._in_hand >= IN_HAND
        if self._behind:
            self._bell.ring()

    def _take_in(self, delivery: Delivery) -> None:
        self._seen = delivery.id
        self._in_hand += 1
        lane = self._lanes.get(delivery.address)
        if lane is None:
            lane = self._lanes[delivery.address] = _Lane(delivery.address)
        lane.queue.append(delivery)
        lane.free_at = max(lane.free_at, delivery.due)
        if not lane.queued and not lane.under_way:
            self._queue(lane)

    def _queue(self, lane: _Lane) -> None:
        """Put a lane where its next delivery will be found."""
        lane.queued = True
        if not lane.queue or (lane.free_at and lane.free_at > self._clock.now()):
            heapq.heappush(self._later, (lane.free_at, next(self._order), lane))
            self._bell.ring(lane.free_at)
        else:
            first = lane.queue[0]
            heapq.heappush(self._ready, (first.priority, first.id, lane))
            self._wake()

    def _wake(self) -> None:
        """Wake one deliverer for all that is ready. Where its call has to wait, the next one is woken a turn of the
        loop later, and so on: an adapter that answers at once is not asked by thirty tasks."""
        if not self._waking and self._idle:
            self._waking = True
            asyncio.get_running_loop().call_soon(self._wake_next)

    def _wake_next(self) -> None:
        self._waking = False
        if self._ready and self._idle:
            waiting = self._idle.popleft()
            if not waiting.done():
                waiting.set_result(None)
            self._wake()

    @property
    def busy(self) -> bool:
        """Whether something could be delivered now, is being delivered, or is not written down yet."""
        may_deliver = self._ready and self._clock.now() >= self._paused_until
        return bool(may_deliver or self._unsettled or self._behind or self._bell.due)

    # the loops

    async def run(self) -> None:
        """Deliver until cancelled; what was delivered is written down before this ends."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                for _ in range(AT_ONCE):
                    group.create_task(self._deliver())
        finally:
            # A settling that was asked for in this breath begins in the next one.
            await asyncio.sleep(0)
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=LAST_WORDS)

    async def _watch(self) -> None:
        """Fetch what the store still holds, and wake lanes whose time has come."""
        self._bell.ring()
        while True:
            await self._bell.wait()
            now = self._clock.now()
            while self._later and self._later[0][0] <= now:
                self._return(heapq.heappop(self._later)[2])
            if self._later:
                self._bell.ring(self._later[0][0])
            if now >= self._paused_until:
                self._wake()
            else:
                self._bell.ring(self._paused_until)
            try:
                while self._behind and self._in_hand < IN_HAND // 2:
                    await self._catch_up()
            except NotSaved as problem:
                # To begin anew would say again what is delivered and not written down.
                log.error("deliveries not read", channel=self.name, problem=str(problem))
                self._bell.ring(self._clock.now() + FIRST_PAUSE)

    async def _catch_up(self) -> None:
        limit, left = IN_HAND - self._in_hand, self._left
        found = await self._store.due_deliveries(self.name, after=self._seen, limit=limit)
        for delivery in found:
            self._take_in(delivery)
        # A row written while the store was read was offered in vain: then we are behind still. One that was offered
        # before and is not found is gone.
        self._behind = len(found) == limit or self._left > max(left, self._seen)

    def _return(self, lane: _Lane) -> None:
        """A lane's time has come; one with nothing to say is forgotten."""
        lane.queued = False
        if lane.queue:
            self._queue(lane)
        else:
            del self._lanes[lane.address]

    async def _deliver(self) -> None:
        while True:
            lane = self._next()
            if lane is None:
                waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._idle.append(waiting)
                await waiting
                continue
            self._unsettled += 1
            outcome = await self._attempt(lane)
            self._ended.append((lane, outcome))
            if not self._settling:
                self._settling = True
                asyncio.get_running_loop().call_soon(self._settle_soon)

    def _next(self) -> _Lane | None:
        """The lane whose delivery goes first, if one may go now."""
        if not self._ready or self._unsettled >= UNSETTLED:
            return None
        now = self._clock.now()
        if now < self._paused_until or not self._may_go(now):
            return None
        lane = heapq.heappop(self._ready)[2]
        lane.queued, lane.under_way = False, True
        return lane

    def _may_go(self, now: int) -> bool:
        """One token bucket a channel, a second deep: the messenger's own overall pace."""
        start = max(self._allowance, now - 1000.0)
        if start + self._pace > now:
            self._bell.ring(int(start + self._pace) + 1)
            return False
        self._allowance = start + self._pace
        return True

    # one delivery

    async def _attempt(self, lane: _Lane) -> Outcome:
        delivery = lane.queue[0]
        try:
            if delivery.of and not delivery.external_id:
                delivery = await self._completed(delivery)
            if delivery.message.attachments:
                delivery = await self._with_files(delivery)
            receipt = await self._adapter.deliver(delivery)
        except RetryLater as problem:
            return self._later_because(delivery, problem)
        except Undeliverable as problem:
            return Outcome(
                delivery.id, "failed", reason=str(problem), unreachable=problem.unreachable
            )
        except Exception as problem:  # noqa: BLE001  (an adapter's fault must not stop the lane)
            log.error("delivery raised", channel=self.name, delivery=delivery.id, **fault(problem))
            lane.faults += 1
            if lane.faults >= FAULTS:
                return Outcome(delivery.id, "failed", reason=type(problem).__name__)
            return Outcome(
                delivery.id,
                "later",
                due=self._back_off(delivery.attempts),
                reason=type(problem).__name__,
            )
        self._failures = 0
        return Outcome(delivery.id, "delivered", receipt.external_ids)

    async def _completed(self, delivery: Delivery) -> Delivery:
        """An edit or deletion learns, if it did not know yet, what its original is called over there."""
        places = await self._store.external_ids(delivery.of)
        found = next(
            (
                id
                for channel, address, id in places
                if (channel, address) == (self.name, delivery.address)
            ),
            "",
        )
        return replace(delivery, external_id=found)

    async def _with_files(self, delivery: Delivery) -> Delivery:
        """The message with its files, which may still be on their way here: it waits for them, but not for ever."""
        files = []
        for one in delivery.message.attachments:
            known: Attachment | None = one
            if one.source and not one.digest and not one.problem:
                known = await self._store.attachment(delivery.conversation, one.source)
            if known is None or not (known.digest or known.problem or not known.source):
                if delivery.attempts < FILE_TRIES:
                    raise RetryLater("a file is not here yet", after=FILE_PAUSE)
                known = replace(one, problem=FILE_LATE)
            files.append(known)
        message = replace(delivery.message, attachments=tuple(files))
        return replace(delivery, message=message)

    def _later_because(self, delivery: Delivery, problem: RetryLater) -> Outcome:
        now = self._clock.now()
        if problem.everywhere:
            self._pause_all(problem, now)
            return Outcome(delivery.id, "later", due=self._paused_until, reason=str(problem))
        due = (
            now + round(problem.after * 1000)
            if problem.after is not None
            else self._back_off(delivery.attempts)
        )
        return Outcome(delivery.id, "later", due=due, reason=str(problem))

    def _pause_all(self, problem: RetryLater, now: int) -> None:
        """Calls that were in flight together and fail one after another tell of one outage."""
        if problem.after is None and now < self._paused_until:
            return
        if now >= self._paused_until:
            self._failures += 1
        pause = (
            round(problem.after * 1000)
            if problem.after is not None
            else self._pause(self._failures - 1)
        )
        self._paused_until = max(self._paused_until, now + pause)
        self._bell.ring(self._paused_until)
        log.warning("channel paused", channel=self.name, ms=pause, reason=str(problem))

    def _back_off(self, attempts: int) -> int:
        return self._clock.now() + self._pause(attempts)

    def _pause(self, failures: int) -> int:
        longest = min(FIRST_PAUSE << min(failures, 20), LONGEST_PAUSE)
        return round(longest * self._rng.uniform(0.5, 1.0))

    # how it ended

    def _settle_soon(self) -> None:
        task = asyncio.ensure_future(self._settle())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _settle(self) -> None:
        """Write down what ended; a lane goes on only then, so that a crash can double no second message of it."""
        self._settling = False
        ended, self._ended = self._ended, []
        outcomes = [outcome for _, outcome in ended]
        while True:
            try:
                await self._store.settle(outcomes, self._clock.now())
                break
            except NotSaved as problem:
                log.error("deliveries not written down", channel=self.name, problem=str(problem))
                await self._clock.sleep_until(self._clock.now() + FIRST_PAUSE)
            except Exception as problem:
                bare = [replace(one, external_ids=(), reason="") for one in outcomes]
                if bare == outcomes:
                    raise
                # An adapter's words that no database takes must not stop the lanes.
                log.error("deliveries written down bare", channel=self.name, **fault(problem))
                outcomes = bare
        for lane, outcome in ended:
            self._release(lane, outcome)
        self._unsettled -= len(ended)
        self._wake()
        if self._behind and self._in_hand < IN_HAND // 2:
            self._bell.ring()
        if any(outcome.result == "failed" for _, outcome in ended):
            self.on_events()

    def _release(self, lane: _Lane, outcome: Outcome) -> None:
        lane.under_way = False
        if outcome.result == "later":
            first = lane.queue[0]
            lane.queue[0] = replace(first, attempts=first.attempts + 1)
            lane.free_at = outcome.due
        else:
            lane.queue.popleft()
            lane.faults = 0
            self._in_hand -= 1
            pace = self._pace_per_address
            lane.free_at = self._clock.now() + pace if pace else 0
        if lane.queue or (lane.free_at and lane.free_at > self._clock.now()):
            self._queue(lane)
        else:
            del self._lanes[lane.address]


class Outbox:
    """The outboxes of all channels."""

    def __init__(self, channels: dict[str, ChannelOutbox]) -> None:
        self.channels = channels

    def offer(self, deliveries: Sequence[Delivery]) -> None:
        """Hand each delivery to its channel; one for a channel that is not running waits in the store."""
        for name, its_own in itertools.groupby(deliveries, attrgetter("channel")):
            channel = self.channels.get(name)
            if channel is not None:
                channel.offer(its_own)

    @property
    def busy(self) -> bool:
        """Whether any channel has something to deliver now."""
        return any(channel.busy for channel in self.channels.values())
