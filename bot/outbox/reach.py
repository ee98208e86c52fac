"""Whether a messenger can be reached at all: its owner is told when it cannot for long, and when it can again."""

import structlog

log = structlog.get_logger("outbox")

PATIENCE = 60_000
"""So long everything may be refused before a channel counts as unreachable, in ms."""


class Reach:
    """Of one channel. `refused`: since when everything was refused, in ms, 0: it was not."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._reason = ""
        self._told = False
        self.refused = 0

    def is_refused(self, now: int, reason: str) -> int:
        """The messenger takes nothing; when to `look`."""
        self.refused = self.refused or now
        self._reason = reason
        return self.look(now)

    def answered(self) -> None:
        """It answered, whatever it said."""
        self.refused = 0
        if self._told:
            self._told = False
            log.error("channel reached again", channel=self._channel)

    def lost(self, now: int) -> bool:
        """Whether everything has been refused for too long."""
        return bool(self.refused) and now - self.refused >= PATIENCE

    def look(self, now: int) -> int:
        """Tell once if it is lost; when to look again, 0: no need to."""
        if not self.refused or self._told:
            return 0
        if not self.lost(now):
            return self.refused + PATIENCE
        self._told = True
        log.error(
            "channel unreachable, its messages wait", channel=self._channel, reason=self._reason
        )
        return 0
