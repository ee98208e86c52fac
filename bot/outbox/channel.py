"""The deliveries of one channel: lanes that take turns, one watch over the time, the ends written down in groups."""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

import structlog
from msgspec.structs import replace

from bot.channel import Adapter, Delivery
from bot.clock import Bell, Clock, asked_to_end
from bot.errors import NotSaved
from bot.logs import fault
from bot.model.abilities import Abilities
from bot.outbox.bucket import Bucket
from bot.outbox.budget import CountedCalls
from bot.outbox.completion import completed
from bot.outbox.failures import Failures
from bot.outbox.lane import PER_LANE, AnyLane, PlainLane
from bot.outbox.lanes import Lanes
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
"""Seconds that a stop waits for calls that are under way to end, and then for the last deliveries to be written down."""

_result = attrgetter("result")


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
        limits = limits or adapter.abilities
        self._bell = Bell(clock)
        self._tight = bool(limits.per_minute or limits.merge_after or limits.edit_every)
        self._lanes = Lanes(_ranked(limits, clock) if self._tight else PlainLane, self._bell)
        self._hungry: deque[AnyLane] = deque()
        self._seen = 0
        self._in_hand = 0
        self._left = 0
        self._behind = True
        self._idle: deque[asyncio.Future[None]] = deque()
        self._waking = False
        self._pauses = Pauses(name, rng or random.Random())  # noqa: S311  (jitter)
        self.reach = Reach(name)
        self._failures = Failures(name, clock, self._bell, self._pauses, self.reach)
        self._calls = CountedCalls(adapter, clock, limits.per_minute) if limits.per_minute else None
        self._bucket = Bucket(limits.pace)
        self._pace_per_address = int(1000 / limits.pace_per_address)
        self._ended: list[tuple[AnyLane | None, Outcome]] = []
        self._eventful = False
        """Whether the store makes events of what ended."""
        self._settling = False
        self._unsettled = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = False
        self.ended = Counter({"delivered": 0, "later": 0, "failed": 0})
        """How attempts went since the start."""
        self.on_events: Callable[[], None] = lambda: None

    # in

    def offer(self, deliveries: Sequence[Delivery]) -> None:
        """Rows just written, in order of id. While the store holds earlier ones of ours, they stay there."""
        if self._behind or not self._take_in(deliveries):
            self._behind = True
            self._left = max(self._left, deliveries[-1].id)
            self._bell.ring()
        self._wake()

    def _take_in(self, deliveries: Sequence[Delivery]) -> bool:
        """Each into its lane; where that holds enough, the row is left in the store until there is room. False if there
        was no room for all of them."""
        if deliveries and deliveries[0].id <= self._seen:
            deliveries = [one for one in deliveries if one.id > self._seen]
        lanes, now = self._lanes, self._clock.now()
        taken = deliveries[: max(0, IN_HAND - self._in_hand)]
        left = 0
        for delivery in taken:
            lane = lanes.get(delivery.address)
            if lane is None:
                lanes.begin(delivery, now)
            elif lane.left or len(lane.waiting) >= PER_LANE:
                lane.leave(delivery.id)
                left += 1
            else:
                self._add(lane, delivery, now)
        if taken:
            self._seen = taken[-1].id
            self._in_hand += len(taken) - left
        return len(taken) == len(deliveries)

    def _add(self, lane: AnyLane, delivery: Delivery, now: int) -> None:
        unneeded = lane.add(delivery)
        if unneeded:
            self._forgo(unneeded)
        if delivery.due:
            lane.free_at = max(lane.free_at, delivery.due)
        if not lane.entry:
            self._lanes.place(lane, now)

    def _forgo(self, deliveries: Iterable[Delivery]) -> None:
        """What something newer says instead is over, and nothing of it stands anywhere."""
        for delivery in deliveries:
            self._unsettled += 1
            self._ended.append((None, Outcome(delivery.id, "delivered")))
        if not self._settling:
            self._settle_soon()

    @property
    def busy(self) -> bool:
        """Whether something could be delivered now, is being delivered, or is not written down yet."""
        return bool(
            self._may_deliver() or self._unsettled or self._behind or self._hungry or self._bell.due
        )

    def _may_deliver(self) -> bool:
        now = self._clock.now()
        head = self._lanes.head() if now >= self._pauses.until else None
        if head is None or self._calls is None:
            return head is not None
        return self._calls.free_at(now, head) <= now

    # the loops

    async def run(self) -> None:
        """Deliver until cancelled; what was delivered is written down before this ends. Nothing else is begun then, and
        calls that are under way come to their end: what was heard, and not written down, would be said again."""
        watching = asyncio.create_task(self._watch())
        delivering = [asyncio.create_task(self._deliver()) for _ in range(AT_ONCE)]
        tasks = [watching, *delivering]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            watching.cancel()
            await self._end_calls(delivering)
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=LAST_WORDS)

    async def _end_calls(self, delivering: Sequence[asyncio.Task[None]]) -> None:
        self._ending = True
        for waiting in self._idle:
            if not waiting.done():
                waiting.set_result(None)
        _, deaf = await asyncio.wait(delivering, timeout=LAST_WORDS)
        for task in deaf:
            task.cancel()

    async def _watch(self) -> None:
        """Fetch what the store still holds, and wake lanes whose time has come."""
        self._bell.ring()
        while True:
            await self._bell.wait()
            now = self._clock.now()
            self._lanes.look(now)
            look_at = self.reach.look(now)
            if look_at:
                self._bell.ring(look_at)
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
        self._take_in(found)
        # A row written while the store was read was offered in vain: then we are behind still. One that was offered
        # before and is not found is gone.
        self._behind = len(found) == limit or self._left > max(left, self._seen)
        self._wake()

    async def _refill(self, lane: AnyLane) -> None:
        """Rows of one address that were left in the store while it had enough."""
        left = lane.left
        read = await self._store.due_deliveries(
            self.name, after=lane.last, limit=PER_LANE, address=lane.address
        )
        self._hungry.popleft()
        # Younger ones are still to be offered.
        found = [delivery for delivery in read if delivery.id <= self._seen]
        now = self._clock.now()
        for delivery in found:
            self._add(lane, delivery, now)
        if found:
            lane.last = found[-1].id
            self._in_hand += len(found)
        if len(found) < PER_LANE and lane.left <= max(left, lane.last):
            lane.left = 0
        if lane.hungry:
            self._hungry.append(lane)
        elif not lane.entry:
            self._lanes.place(lane, now)
        self._wake()

    async def _deliver(self) -> None:
        failures = self._failures
        deliver = self._adapter.deliver if self._calls is None else self._calls.deliver
        while not self._ending:
            lane = self._next()
            if lane is None:
                waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._idle.append(waiting)
                await waiting
                continue
            self._unsettled += 1
            delivery = lane.take()
            try:
                if delivery.message.attachments or (delivery.of and not delivery.external_id):
                    delivery = await completed(delivery, self._store)
                receipt = await deliver(delivery)
            # An adapter's fault must not stop the lane.
            except (Exception, asyncio.CancelledError) as problem:
                if asked_to_end():
                    raise
                outcome = failures.outcome(lane, delivery, problem)
                self._eventful = self._eventful or outcome.result == "failed"
            else:
                if failures.lasting:
                    failures.over()
                outcome = Outcome(delivery.id, "delivered", receipt.external_ids)
            if delivery.key and delivery.key.startswith(REPLY):
                self._eventful = True
            self._ended.append((lane, outcome))
            if not self._settling:
                self._settle_soon()

    def _next(self) -> AnyLane | None:
        """The lane whose delivery goes first, if one may go now."""
        ready = self._lanes.ready
        if not ready or self._unsettled >= UNSETTLED:
            return None
        now = self._clock.now()
        if now < self._pauses.until or (self._tight and not self._is_affordable(now)):
            return None
        at = self._bucket.take(now)
        if at:
            self._bell.ring(at)
            return None
        return ready.popleft()[2]

    def _is_affordable(self, now: int) -> bool:
        """Whether the messenger's calls of this minute reach for what goes next."""
        head = self._lanes.head()
        if head is None or self._calls is None:
            return head is not None
        at = self._calls.free_at(now, head)
        if at > now:
            self._bell.ring(at)
        return at <= now

    def _wake(self) -> None:
        """Wake one deliverer for all that is ready. Where its call has to wait, the next one is woken a turn of the
        loop later, and so on: an adapter that answers at once is not asked by thirty tasks."""
        ready = self._lanes.ready
        if ready and self._idle and not self._waking:
            waiting = self._idle.popleft()
            if not waiting.done():
                waiting.set_result(None)
            if len(ready) > 1:
                self._waking = True
                asyncio.get_running_loop().call_soon(self._wake_next)

    def _wake_next(self) -> None:
        self._waking = False
        self._wake()

    # how it ended

    def _settle_soon(self) -> None:
        """A turn of the loop later, when there is more to be written down together: nobody waits for it."""
        self._settling = True
        task = asyncio.create_task(self._settle())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _settle(self) -> None:
        """Write down what ended; a lane goes on only then, so that a crash can double no second message of it."""
        self._settling = False
        ended, self._ended = self._ended, []
        eventful, self._eventful = self._eventful, False
        _, attempts = zip(*ended, strict=True)
        outcomes = list(attempts)
        if self._tight:
            outcomes = [
                one
                for lane, outcome in ended
                for one in ((outcome,) if lane is None else lane.outcomes(outcome))
            ]
        await self._write(outcomes)
        self.ended.update(map(_result, attempts))
        self._in_hand -= len(outcomes) - list(map(_result, outcomes)).count("later")
        self._release(ended)
        self._unsettled -= len(ended)
        self._wake()
        if self._behind and self._in_hand < IN_HAND // 2:
            self._bell.ring()
        if eventful:
            self.on_events()

    async def _write(self, outcomes: list[Outcome]) -> None:
        """Have the store know how they ended, however long that takes."""
        while True:
            try:
                await self._store.settle(outcomes, self._clock.now())
                return
            except NotSaved as problem:
                log.error("deliveries not written down", channel=self.name, problem=str(problem))
                await self._clock.sleep_until(self._clock.now() + FIRST_PAUSE)
            except Exception as problem:  # noqa: BLE001  (see below)
                if len(outcomes) > 1:
                    # What no database takes of one must cost the others nothing.
                    for one in outcomes:
                        await self._write([one])
                    return
                bare = [replace(one, external_ids=(), reason="") for one in outcomes]
                if bare == outcomes:
                    log.error("delivery not written down", channel=self.name, **fault(problem))
                    return
                log.error("delivery written down bare", channel=self.name, **fault(problem))
                outcomes = bare

    def _release(self, ended: Sequence[tuple[AnyLane | None, Outcome]]) -> None:
        """Lanes whose ends are written down go on, at the pace of an address."""
        lanes, now = self._lanes, self._clock.now()
        free_at = now + self._pace_per_address if self._pace_per_address else 0
        for lane, outcome in ended:
            if lane is None:
                continue
            unneeded = lane.release(outcome, free_at)
            if unneeded:
                self._forgo(unneeded)
            if lane.left and lane.hungry and lane not in self._hungry:
                self._hungry.append(lane)
                self._bell.ring()
            lanes.place(lane, now)


def _ranked(limits: Abilities, clock: Clock) -> Callable[[], AnyLane]:
    spacing = Spacing(limits.edit_every)
    return lambda: RankedLane(limits, spacing, clock)
