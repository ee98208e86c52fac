"""So many calls a minute, counted as the messenger counts them: over any sixty seconds, failed ones too."""

from collections import deque

from bot.channel import Adapter, Delivery, Priced, Receipt
from bot.clock import Clock

WINDOW = 60_000
LINES, CARDS = 2, 3
"""Up to the first priority everything may be spent, on the second two thirds, on what matters less a third: what
decorates the room must not take the calls that a customer's next line will need."""
BLOCKED = 1_000
"""When to look again, in ms, where only calls under way stand in the way."""


class Budget:
    """`calls`: the most in any `WINDOW` ms. A call is counted from when it was decided on until a window after its end."""

    def __init__(self, calls: int) -> None:
        self._calls = calls
        self._ended: deque[tuple[int, int]] = deque()
        self._spent = 0
        self._reserved = 0

    def free_at(self, now: int, priority: int, price: int) -> int:
        """When so many calls may be made for something of this priority; not after `now`: at once."""
        self._forget(now)
        most = self._share(priority)
        over = self._spent + self._reserved + min(price, most) - most
        if over <= 0 or not price:
            return now
        for at, calls in self._ended:
            over -= calls
            if over <= 0:
                return at + WINDOW
        return now + BLOCKED

    def reserve(self, price: int) -> None:
        """A delivery begins that will need so many calls."""
        self._reserved += price

    def spend(self, now: int, price: int, calls: int) -> None:
        """It ended, and needed so many."""
        self._reserved -= price
        if calls:
            self._spent += calls
            self._ended.append((now, calls))

    def _share(self, priority: int) -> int:
        if priority <= LINES:
            return self._calls
        return max(1, self._calls * (2 if priority == CARDS else 1) // 3)

    def _forget(self, now: int) -> None:
        while self._ended and self._ended[0][0] + WINDOW <= now:
            self._spent -= self._ended.popleft()[1]


class CountedCalls:
    """Deliveries through an adapter on a budget of so many calls a minute."""

    def __init__(self, adapter: Adapter, clock: Clock, per_minute: int) -> None:
        self._adapter = adapter
        self._clock = clock
        self._budget = Budget(per_minute)

    def free_at(self, now: int, delivery: Delivery) -> int:
        """When the messenger's calls of this minute reach for it; not after `now`: at once."""
        return self._budget.free_at(now, delivery.priority, self._price(delivery))

    async def deliver(self, delivery: Delivery) -> Receipt:
        """See `Adapter.deliver`: a call that failed was a call."""
        price = self._price(delivery)
        calls = max(price, 1)
        self._budget.reserve(price)
        try:
            receipt = await self._adapter.deliver(delivery)
            calls = receipt.calls
            return receipt
        finally:
            self._budget.spend(self._clock.now(), price, calls)

    def _price(self, delivery: Delivery) -> int:
        return self._adapter.price(delivery) if isinstance(self._adapter, Priced) else 1
