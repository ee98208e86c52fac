"""A new bot starts gently: Telegram is strict with what it does not know yet, and whatever waited comes at the start."""

from adapters.telegram_desk.budget import MINUTE, Clock
from adapters.telegram_desk.group import Group
from bot.channel import Delivery, Receipt

SPAN = 10 * MINUTE
LINES = 2
"""Up to this priority a message is what somebody waits for: alarms, customers' lines, answers. See `effect.Send`."""


class Gentle:
    """For `span` ms after the group was connected, and for a minute after every start (what was said before it is
    forgotten), a call counts twice, but for the one that says what somebody waits for: topics and cards come at half
    the pace, words as ever. `span` 0: never."""

    def __init__(self, group: Group, clock: Clock, span: int = SPAN) -> None:
        self._group = group
        self._clock = clock
        self._span = span
        self._started = 0

    async def open(self) -> None:
        """The program has started."""
        self._started = self._clock.now()
        await self._group.begin(self._started)

    @property
    def now(self) -> bool:
        """Whether it is the time for it."""
        now = self._clock.now()
        lately = 0 <= now - self._group.since < self._span
        return bool(self._span) and (lately or now - self._started < MINUTE)

    def most(self, calls: int) -> int:
        """What is left of a limit of so many calls that count once."""
        return calls // 2 if self.now else calls

    def price(self, delivery: Delivery, calls: int) -> int:
        """What so many calls for it count as."""
        if not calls or not self.now:
            return calls
        return 2 * calls - (delivery.priority <= LINES)

    def receipt(self, delivery: Delivery, receipt: Receipt) -> Receipt:
        """The same with its calls as they count."""
        return Receipt(receipt.external_ids, self.price(delivery, receipt.calls))
