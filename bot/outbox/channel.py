"""The deliveries of one channel: lanes that take turns, one watch over the time, the ends written down in groups."""

import asyncio
import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable, Iterable

import structlog
from msgspec.structs import replace

from bot.channel import Adapter, Delivery, Priced, Receipt, RetryLater, Undeliverable
from bot.clock import Bell, Clock
from bot.errors import NotSaved
from bot.logs import fault
from bot.model.abilities import Abilities
from bot.outbox.budget import Budget
from bot.outbox.completion import NotHereYet, completed
from bot.outbox.lane import PER_LANE, Lane
from bot.outbox.pauses import FIRST_PAUSE, Pauses
from bot.outbox.ranked import RankedLane, Spacing
from bot.outbox.reach import Reach
from bot.storage.settle import REPLY
from bot.storage.store import Outcome, Store

log = structlog.get_logger("outbox")

AT_ONCE = 32
"""Calls to one messenger in flight at the same time."""
UNSETTLED = 256
"""Deliveries of one channel whose end may be unwritten at any moment; a crash can double no more than these."""
IN_HAND = 5_000
"""Deliveries of one channel held in memory; the rest waits in the store."""
LAST_WORDS = 5.0
"""Seconds that a stop waits for the last deliveries to be written down."""
FAULTS = 8
"""So many times a delivery may fail in a way that the adapter did not name, before it is given up."""


class ChannelOutbox:
    """Delivers for one channel, within `limits`: by default what the adapter says of its messenger."""

    def __init__(
        self,
        name: str,
        adapter: Adapter,
        store: Store,
        clock: Clock,
        *,
        limits: Abilities | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self.name = name
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._lanes: dict[str, Lane] = {}
        self._order = itertools.count(1)
        self._ready: list[tuple[int, int, int, Lane]] = []
        self._later: list[tuple[int, int, Lane]] = []
        self._hungry: deque[Lane] = deque()
        self._seen = 0
        self._in_hand = 0
        self._left = 0
        self._behind = True
        self._idle: deque[asyncio.Future[None]] = deque()
        self._waking = False
        self._ended: list[tuple[Lane | None, Outcome]] = []
        self._settling = False
        self._unsettled = 0
        self._pauses = Pauses(name, rng or random.Random())  # noqa: S311  (jitter)
        self.reach = Reach(name)
        self.ended = {"delivered": 0, "later": 0, "failed": 0}
        """How attempts went since the start."""
        self._limits = limits = limits or adapter.abilities
        tight = limits.per_minute or limits.merge_after or limits.edit_every
        self._spacing = Spacing(limits.edit_every) if tight else None
        self._budget = Budget(limits.per_minute) if limits.per_minute else None
        self._pace = 1000 / limits.pace
        self._pace_per_address = int(1000 / limits.pace_per_address)
        self._allowance = 0.0
        self._bell = Bell(clock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[int] = set()
        """Delivered rows of which the store makes an event when they are written down."""
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
        """Into its lane; where that holds enough, the row is left in the store until there is room."""
        self._seen = delivery.id
        lane = self._lanes.get(delivery.address)
        if lane is None:
            lane = self._lanes[delivery.address] = self._lane(delivery.address)
        elif lane.left or lane.size >= PER_LANE:
            lane.left = delivery.id
            return
        self._add(lane, delivery)

    def _lane(self, address: str) -> Lane:
        if self._spacing is None:
            return Lane(address)
        return RankedLane(address, self._limits, self._spacing)

    def _add(self, lane: Lane, delivery: Delivery) -> None:
        self._in_hand += 1
        if self._spacing is None:
            lane.add(delivery, 0)
        else:
            self._unneeded(lane.add(delivery, self._clock.now()))
            lane.entry = 0
        if delivery.due:
            lane.free_at = max(lane.free_at, delivery.due)
        if not lane.under_way and not lane.entry:
            self._queue(lane)

    def _unneeded(self, deliveries: Iterable[Delivery]) -> None:
        """What something newer says instead is over, and nothing of it stands anywhere."""
        for delivery in deliveries:
            self._unsettled += 1
            self._end(None, Outcome(delivery.id, "delivered"))

    def _queue(self, lane: Lane) -> None:
        """Put a lane where its next delivery will be found; where it stood before it is not looked for any more."""
        if not lane.size or (lane.free_at and lane.free_at > self._clock.now()):
            self._queue_later(lane, lane.free_at)
        else:
            head, at = lane.head(0 if self._spacing is None else self._clock.now())
            if head is None:
                self._queue_later(lane, at)
            else:
                entry = lane.entry = next(self._order)
                heapq.heappush(self._ready, (head.priority, head.id, entry, lane))
                if self._idle and not self._waking:
                    self._wake()

    def _queue_later(self, lane: Lane, at: int) -> None:
        lane.entry = next(self._order)
        heapq.heappush(self._later, (at, lane.entry, lane))
        self._bell.ring(at)

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
        return bool(
            self._may_deliver() or self._unsettled or self._behind or self._hungry or self._bell.due
        )

    def _may_deliver(self) -> bool:
        now = self._clock.now()
        head = self._head() if now >= self._pauses.until else None
        if head is None or self._budget is None:
            return head is not None
        return self._budget.free_at(now, head.priority, self._price(head)) <= now

    def _head(self) -> Delivery | None:
        """What would go next."""
        while self._ready:
            _, _, entry, lane = self._ready[0]
            if entry == lane.entry:
                head, at = lane.head(self._clock.now())
                if head is not None:
                    return head
                self._queue_later(lane, at)
            heapq.heappop(self._ready)
        return None

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
            self._return_lanes(now)
            self._look_again(self.reach.look(now))
            if now >= self._pauses.until:
                self._wake()
            else:
                self._bell.ring(self._pauses.until)
            try:
                while self._hungry:
                    await self._refill(self._hungry[0])
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

    async def _refill(self, lane: Lane) -> None:
        """Rows of one address that were left in the store while it had enough."""
        left = lane.left
        read = await self._store.due_deliveries(
            self.name, after=lane.last, limit=PER_LANE, address=lane.address
        )
        self._hungry.popleft()
        # Younger ones are still to be offered.
        found = [delivery for delivery in read if delivery.id <= self._seen]
        for delivery in found:
            self._add(lane, delivery)
        if len(found) < PER_LANE and lane.left <= max(left, lane.last):
            lane.left = 0
        if lane.hungry:
            self._hungry.append(lane)
        elif not lane.entry and not lane.under_way:
            self._queue(lane)

    def _return_lanes(self, now: int) -> None:
        """Lanes whose time has come; one with nothing to say is forgotten."""
        while self._later and self._later[0][0] <= now:
            _, entry, lane = heapq.heappop(self._later)
            if entry != lane.entry:
                continue
            lane.entry = 0
            if lane.size:
                self._queue(lane)
            elif not lane.left:
                del self._lanes[lane.address]
        if self._later:
            self._bell.ring(self._later[0][0])

    async def _deliver(self) -> None:
        while True:
            lane = self._next()
            if lane is None:
                waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._idle.append(waiting)
                await waiting
                continue
            self._unsettled += 1
            self._end(lane, await self._attempt(lane))

    def _end(self, lane: Lane | None, outcome: Outcome) -> None:
        self._ended.append((lane, outcome))
        if not self._settling:
            self._settling = True
            asyncio.get_running_loop().call_soon(self._settle_soon)

    def _next(self) -> Lane | None:
        """The lane whose delivery goes first, if one may go now."""
        if not self._ready or self._unsettled >= UNSETTLED:
            return None
        now = self._clock.now()
        if now < self._pauses.until:
            return None
        if self._spacing is not None and not self._is_affordable(now):
            return None
        if not self._may_go(now):
            return None
        lane = heapq.heappop(self._ready)[3]
        lane.entry, lane.under_way = 0, True
        return lane

    def _is_affordable(self, now: int) -> bool:
        """Whether the messenger's calls of this minute reach for what goes next."""
        head = self._head()
        if head is None:
            return False
        if self._budget is None:
            return True
        at = self._budget.free_at(now, head.priority, self._price(head))
        if at > now:
            self._bell.ring(at)
        return at <= now

    def _price(self, delivery: Delivery) -> int:
        return self._adapter.price(delivery) if isinstance(self._adapter, Priced) else 1

    def _may_go(self, now: int) -> bool:
        """One token bucket a channel, a second deep: the messenger's own overall pace."""
        start = max(self._allowance, now - 1000.0)
        if start + self._pace > now:
            self._bell.ring(int(start + self._pace) + 1)
            return False
        self._allowance = start + self._pace
        return True

    # one delivery

    async def _attempt(self, lane: Lane) -> Outcome:
        delivery = lane.take(self._clock.now() if self._spacing else 0)
        try:
            if delivery.message.attachments or (delivery.of and not delivery.external_id):
                delivery = await completed(delivery, self._store)
            receipt = await (
                self._adapter.deliver(delivery) if self._budget is None else self._paid(delivery)
            )
        except RetryLater as problem:
            return self._later_because(delivery, problem)
        except Undeliverable as problem:
            self.reach.answered()
            return Outcome(
                delivery.id, "failed", reason=str(problem), unreachable=problem.unreachable
            )
        except Exception as problem:  # noqa: BLE001  (an adapter's fault must not stop the lane)
            log.error(
                "delivery raised", **self._about(delivery), kind=delivery.kind, **fault(problem)
            )
            reason = type(problem).__name__
            if lane.faults() >= FAULTS:
                return Outcome(delivery.id, "failed", reason=reason)
            due = self._clock.now() + self._pauses.after(delivery.attempts)
            return Outcome(delivery.id, "later", due=due, reason=reason)
        if self._pauses.failures or self.reach.refused:
            self._pauses.failures = 0
            self.reach.answered()
        if delivery.key.startswith(REPLY):
            self._told.add(delivery.id)
        return Outcome(delivery.id, "delivered", receipt.external_ids)

    async def _paid(self, delivery: Delivery) -> Receipt:
        """Deliver on the budget: a call that failed was a call."""
        assert self._budget is not None
        price = self._price(delivery)
        calls = max(price, 1)
        self._budget.reserve(price)
        try:
            receipt = await self._adapter.deliver(delivery)
            calls = receipt.calls
            return receipt
        finally:
            self._budget.spend(self._clock.now(), price, calls)

    def _about(self, delivery: Delivery) -> dict[str, object]:
        return {
            "channel": self.name,
            "conversation": delivery.conversation,
            "delivery": delivery.id,
        }

    def _later_because(self, delivery: Delivery, problem: RetryLater) -> Outcome:
        now = self._clock.now()
        if problem.everywhere:
            self._pauses.everything(problem, now)
            self._bell.ring(self._pauses.until)
            self._look_again(self.reach.is_refused(now, str(problem)))
            return Outcome(delivery.id, "later", due=self._pauses.until, reason=str(problem))
        if self.reach.refused and not isinstance(problem, NotHereYet):
            self.reach.answered()
        after = problem.after
        pause = self._pauses.after(delivery.attempts) if after is None else round(after * 1000)
        return Outcome(delivery.id, "later", due=now + pause, reason=str(problem))

    def _look_again(self, at: int) -> None:
        if at:
            self._bell.ring(at)

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
        if self._spacing is not None:
            outcomes = [
                one
                for lane, outcome in ended
                for one in ((outcome,) if lane is None else lane.outcomes(outcome))
            ]
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
            self.ended[outcome.result] += 1
            if lane is None:
                self._in_hand -= 1
            else:
                self._release(lane, outcome)
        self._unsettled -= len(ended)
        self._wake()
        if self._behind and self._in_hand < IN_HAND // 2:
            self._bell.ring()
        told = {outcome.delivery for _, outcome in ended} & self._told
        self._told -= told
        if told or any(outcome.result == "failed" for _, outcome in ended):
            self.on_events()

    def _release(self, lane: Lane, outcome: Outcome) -> None:
        lane.under_way = False
        over, unneeded = lane.release(outcome)
        self._in_hand -= over
        if unneeded:
            self._unneeded(unneeded)
        if outcome.result != "later":
            pace = self._pace_per_address
            lane.free_at = self._clock.now() + pace if pace else 0
        if lane.left and lane.hungry and lane not in self._hungry:
            self._hungry.append(lane)
            self._bell.ring()
        if lane.size or (lane.free_at and lane.free_at > self._clock.now()):
            self._queue(lane)
        elif not lane.left:
            del self._lanes[lane.address]
