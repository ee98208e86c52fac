"""How long to wait for what."""

import random

import msgspec


class Timing(msgspec.Struct, frozen=True):
    """Seconds. A poll lasts `poll` and is given up `margin` later; `quiet` is the silence that ends an album, longer
    than the gaps between its parts (they were seen to reach 3 s); `gap` lies between the parts of one long answer."""

    poll: int = 25
    margin: int = 10
    quiet: float = 3.5
    gap: float = 1.0
    first_pause: float = 1.0
    longest_pause: float = 60.0
    unauthorized: float = 30.0
    webhook_check: float = 60.0

    def pause(self, failures: int) -> float:
        """Doubled at each failure in a row, with jitter, so that many programs do not come back in one moment."""
        longest = min(self.first_pause * 2.0 ** min(failures - 1, 20), self.longest_pause)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  (jitter)
