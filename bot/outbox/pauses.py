"""How long to wait after a failure: each time longer, with jitter, where the messenger does not say."""

import random

import structlog

from bot.channel import RetryLater

log = structlog.get_logger("outbox")

FIRST_PAUSE, LONGEST_PAUSE = 1_000, 300_000
"""The first pause, doubled each time, and the longest, in ms."""


class Pauses:
    """Of one channel. `until`: nothing is said before, in ms; `failures`: so many outages without a success."""

    def __init__(self, channel: str, rng: random.Random) -> None:
        self._channel = channel
        self._rng = rng
        self.until = 0
        self.failures = 0

    def after(self, failures: int) -> int:
        """The pause after so many failures, in ms."""
        longest = min(FIRST_PAUSE << min(failures, 20), LONGEST_PAUSE)
        return round(longest * self._rng.uniform(0.5, 1.0))

    def everything(self, problem: RetryLater, now: int) -> None:
        """The whole channel pauses. Calls that were in flight together and fail one after another tell of one
        outage."""
        if problem.after is None and now < self.until:
            return
        if now >= self.until:
            self.failures += 1
        asked = problem.after
        pause = self.after(self.failures - 1) if asked is None else round(asked * 1000)
        self.until = max(self.until, now + pause)
        log.warning("channel paused", channel=self._channel, ms=pause, reason=str(problem))
