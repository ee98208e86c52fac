"""A messenger's overall pace."""

DEPTH = 1_000.0
"""Who was silent for so many ms may say at once what those would have allowed."""


class Bucket:
    """One token bucket a channel; `pace` in deliveries a second."""

    def __init__(self, pace: float) -> None:
        self._each = 1000 / pace
        self._depth = max(DEPTH, self._each)
        self._spent_until = 0.0

    def take(self, now: int) -> int:
        """Take a token; if there is none, when there will be one (ms), else 0."""
        until = self._spent_until
        if until + self._depth < now:
            until = now - self._depth
        until += self._each
        if until > now:
            return int(until) + 1
        self._spent_until = until
        return 0
