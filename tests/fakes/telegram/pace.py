"""Telegram's limits: about 30 messages a second, one a second in a chat, 20 a minute in a group."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

Clock = Callable[[], float]


@dataclass
class Limits:
    """How much a bot may do. `speed` makes all the waits shorter: at 60 a minute's limit is a second's."""

    a_second: int = 30
    chat_burst: int = 3
    """So many messages at once a chat takes before the one a second counts."""
    group_a_minute: int = 20
    speed: float = 1.0


@dataclass
class Bucket:
    """`size` things at once, and one more every `every` seconds."""

    size: float
    every: float
    left: float
    seen: float

    def wait(self, now: float, cost: int) -> float:
        """Seconds until `cost` things would go; fills up first."""
        self.left = min(self.size, self.left + (now - self.seen) / self.every)
        self.seen = now
        return max(0.0, (min(cost, self.size) - self.left) * self.every)


@dataclass
class Pace:
    """What one bot has used of its limits. Only calls that were accepted count."""

    limits: Limits
    clock: Clock
    _overall: Bucket | None = None
    _chats: dict[int, Bucket] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)

    def retry_after(self, chat: int, *, group: bool, cost: int = 1) -> int:
        """0 and counted, or the whole seconds to wait, and nothing counted."""
        now, limits = self.clock(), self.limits
        if self._overall is None:
            size = float(limits.a_second)
            self._overall = Bucket(size, 1 / (size * limits.speed), size, now)
        overall = self._overall
        waits = [overall.wait(now, cost)]
        if group:
            waits.append(self._group_wait(chat, now, cost))
        else:
            waits.append(self._chat(chat, now).wait(now, cost))
        if max(waits) > 1e-6:
            return math.ceil(max(waits))
        overall.left -= cost
        if group:
            self._groups[chat].extend([now] * cost)
        else:
            self._chats[chat].left -= cost
        return 0

    def _chat(self, chat: int, now: float) -> Bucket:
        size = float(self.limits.chat_burst)
        return self._chats.setdefault(chat, Bucket(size, 1 / self.limits.speed, size, now))

    def _group_wait(self, chat: int, now: float, cost: int) -> float:
        used = self._groups.setdefault(chat, deque())
        minute = 60 / self.limits.speed
        while used and used[0] <= now - minute:
            used.popleft()
        over = len(used) + cost - self.limits.group_a_minute
        return used[min(over, len(used)) - 1] + minute - now if over > 0 and used else 0.0
