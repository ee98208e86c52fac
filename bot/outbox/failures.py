"""What it means that a delivery failed: later, when, or never."""

import structlog

from bot.channel import Delivery, RetryLater, Undeliverable
from bot.clock import Bell, Clock
from bot.logs import fault
from bot.outbox.completion import NotHereYet
from bot.outbox.lane import AnyLane
from bot.outbox.pauses import Pauses
from bot.outbox.reach import Reach
from bot.storage.store import Outcome

log = structlog.get_logger("outbox")

FAULTS = 8
"""So many times a delivery may fail in a way that the adapter did not name, before it is given up."""


class Failures:
    """Of one channel; `bell` is rung where its loop has to look again at a time. `lasting`: the whole channel was refused
    and no delivery has succeeded since."""

    def __init__(
        self, channel: str, clock: Clock, bell: Bell, pauses: Pauses, reach: Reach
    ) -> None:
        self._channel = channel
        self._clock = clock
        self._bell = bell
        self._pauses = pauses
        self._reach = reach
        self.lasting = False

    def over(self) -> None:
        """A delivery succeeded."""
        self.lasting = False
        self._pauses.failures = 0
        self._reach.answered()

    def outcome(self, lane: AnyLane, delivery: Delivery, problem: BaseException) -> Outcome:
        """How an attempt ended that raised this."""
        match problem:
            case RetryLater():
                return self._later(delivery, problem)
            case Undeliverable():
                self._reach.answered()
                return Outcome(
                    delivery.id, "failed", reason=str(problem), unreachable=problem.unreachable
                )
            case _:
                return self._unnamed(lane, delivery, problem)

    def _later(self, delivery: Delivery, problem: RetryLater) -> Outcome:
        now = self._clock.now()
        if problem.everywhere:
            self.lasting = True
            self._pauses.everything(problem, now)
            self._bell.ring(self._pauses.until)
            look_at = self._reach.is_refused(now, str(problem))
            if look_at:
                self._bell.ring(look_at)
            return Outcome(delivery.id, "later", due=self._pauses.until, reason=str(problem))
        if self._reach.refused and not isinstance(problem, NotHereYet):
            self._reach.answered()
        after = problem.after
        pause = self._pauses.after(delivery.attempts) if after is None else round(after * 1000)
        return Outcome(delivery.id, "later", due=now + pause, reason=str(problem))

    def _unnamed(self, lane: AnyLane, delivery: Delivery, problem: BaseException) -> Outcome:
        log.error(
            "delivery raised",
            channel=self._channel,
            conversation=delivery.conversation,
            delivery=delivery.id,
            kind=delivery.kind,
            **fault(problem),
        )
        reason = type(problem).__name__
        if lane.faults() >= FAULTS:
            return Outcome(delivery.id, "failed", reason=reason)
        due = self._clock.now() + self._pauses.after(delivery.attempts)
        return Outcome(delivery.id, "later", due=due, reason=reason)
