"""What waits for one address of a room whose messenger allows few calls: the urgent first, and nothing said twice."""

from bisect import insort
from collections.abc import Iterator, Sequence
from operator import attrgetter

from msgspec.structs import replace

from bot.channel import Delivery
from bot.clock import Clock
from bot.model.abilities import Abilities
from bot.model.message import Message
from bot.model.text import join, utf16_length
from bot.outbox.lane import UNDER_WAY, Lane
from bot.storage.store import Outcome

LINE = 1
"""The priority of a customer's lines."""
LEAST = 4
"""From this priority on, only what stands there now matters of what is said under one name: a topic's name, a list."""

_rank = attrgetter("rank")
_age = attrgetter("delivery.id")


class Waiting:
    """One thing to be said. `rows` are the deliveries that are over when it is said; `delivery` is what it says by now.
    `rank` orders a lane: priority, then age. `since`: when it came; `free_at`: not before; both in ms."""

    __slots__ = ("delivery", "faults", "free_at", "rank", "rows", "since")

    def __init__(self, delivery: Delivery, priority: int, since: int) -> None:
        self.delivery = delivery
        self.rows = [delivery]
        self.rank = (priority, delivery.id)
        self.since = since
        self.free_at = 0
        self.faults = 0

    @property
    def is_line(self) -> bool:
        """Whether it is bare words of a customer, which may be said together with others."""
        one = self.delivery
        bare = one.kind == "send" and one.priority == LINE and not (one.key or one.operator)
        return bare and bool(one.message.text) and one.message == Message(one.message.text)


class Spacing:
    """When what stands under a name was changed last, for a whole channel."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._last: dict[tuple[str, str, str], int] = {}

    def free_at(self, one: Delivery) -> int:
        """When it may be changed, in ms."""
        if not self._is_spaced(one):
            return 0
        last = self._last.get((one.address, one.kind, _name(one)))
        return 0 if last is None else last + self._every

    def changed(self, one: Delivery, now: int) -> None:
        """It is changed now."""
        if self._is_spaced(one):
            self._last = {key: at for key, at in self._last.items() if at + self._every > now}
            self._last[one.address, one.kind, _name(one)] = now

    def _is_spaced(self, one: Delivery) -> bool:
        changes = one.kind == "edit" or (one.kind == "send" and bool(one.key))
        return bool(self._every) and one.priority >= LEAST and changes


class RankedLane(Lane[Waiting]):
    """The lowest priority first, then the oldest. An edit that waits gives way to a newer one, or is taken up by the
    message itself while that waits; a reaction gives way to a newer one. A customer's lines of which the first waited
    for `abilities.merge_after` are said together."""

    __slots__ = ("_abilities", "_clock", "_spacing", "_taken")

    def __init__(self, abilities: Abilities, spacing: Spacing, clock: Clock) -> None:
        super().__init__()
        self._abilities = abilities
        self._spacing = spacing
        self._clock = clock
        self._taken: list[Waiting] = []

    def add(self, delivery: Delivery) -> Sequence[Delivery]:
        """See `Lane.add`."""
        if self.entry != UNDER_WAY:
            # What goes first may be another now.
            self.entry = 0
        gone = list(self._superseded(delivery))
        taken_up = self._taken_up(delivery)
        if taken_up is not None:
            gone += taken_up
        else:
            insort(self.waiting, self._placed(delivery, gone), key=_rank)
        return gone

    def _superseded(self, delivery: Delivery) -> Iterator[Delivery]:
        """Take out what has no sense any more now that this has come."""
        for waiting in [one for one in self.waiting if _replaces(delivery, one.delivery)]:
            self.waiting.remove(waiting)
            yield from waiting.rows

    def _taken_up(self, delivery: Delivery) -> list[Delivery] | None:
        """An edit of what is not said yet: that is said as it is to be in the end. The edits that were in it before are
        given back; None where nothing takes it up."""
        if delivery.kind != "edit" or delivery.external_id:
            return None
        own = [one for one in self.waiting if _is_of(delivery, one.delivery)]
        waiting = max(own, key=_age, default=None)
        if waiting is None or waiting.delivery.message.attachments:
            return None
        said, *edits = waiting.rows
        waiting.delivery = replace(waiting.delivery, message=delivery.message)
        waiting.rows = [said, delivery]
        return edits

    def _placed(self, delivery: Delivery, gone: Sequence[Delivery]) -> Waiting:
        """With its place in the lane: that of what it replaces, and never before the message that it is about."""
        priority = delivery.priority
        if delivery.of and not delivery.external_id:
            about = (one.delivery for one in (*self.waiting, *self._taken))
            priority = max(
                [priority, *(one.priority for one in about if _may_be_of(delivery, one))]
            )
        waiting = Waiting(delivery, priority, self._clock.now())
        if gone:
            waiting.rank = min((priority, one.id) for one in (*gone, delivery))
        return waiting

    def head(self) -> Delivery | None:
        """See `Lane.head`."""
        now = self._clock.now()
        for waiting in self.waiting:
            if self._free_at(waiting) <= now:
                return waiting.delivery
        return None

    def opens_at(self) -> int:
        """See `Lane.opens_at`."""
        return min(map(self._free_at, self.waiting))

    def _free_at(self, waiting: Waiting) -> int:
        return max(waiting.free_at, self._spacing.free_at(waiting.delivery))

    def take(self) -> Delivery:
        """See `Lane.take`."""
        # It may stand more than once among those that are ready.
        self.entry = UNDER_WAY
        now = self._clock.now()
        head = self.head()
        at = next(at for at, one in enumerate(self.waiting) if one.delivery is head)
        first = self.waiting[at]
        self._taken = list(self._together(at, now))
        del self.waiting[at : at + len(self._taken)]
        self._spacing.changed(first.delivery, now)
        if len(self._taken) == 1:
            return first.delivery
        text = join([one.delivery.message.text for one in self._taken])
        return replace(first.delivery, message=Message(text))

    def _together(self, at: int, now: int) -> Iterator[Waiting]:
        """What goes in one message: lines one after another, as many as fit."""
        first, *others = self.waiting[at:]
        yield first
        patience = self._abilities.merge_after
        if not patience or not first.is_line or now - first.since < patience:
            return
        length = utf16_length(first.delivery.message.text.plain)
        for one in others:
            length += 1 + utf16_length(one.delivery.message.text.plain)
            same = one.delivery.conversation == first.delivery.conversation
            if not (one.is_line and same and length <= self._abilities.text_length):
                return
            yield one

    def faults(self) -> int:
        """See `Lane.faults`."""
        self._taken[0].faults += 1
        return self._taken[0].faults

    def outcomes(self, outcome: Outcome) -> Sequence[Outcome]:
        """See `Lane.outcomes`: lines that were said together stand at one place; an edit was in the message itself."""
        ends = []
        for waiting in self._taken:
            first, *edits = waiting.rows
            ends.append(replace(outcome, delivery=first.id))
            if outcome.result == "later":
                ends += [replace(outcome, delivery=one.id) for one in edits]
            else:
                ends += [Outcome(one.id, "delivered") for one in edits]
        return ends

    def release(self, outcome: Outcome, free_at: int) -> Sequence[Delivery]:
        """See `Lane.release`."""
        self.entry = 0
        taken, self._taken = self._taken, []
        if outcome.result != "later":
            self.free_at = free_at
            return ()
        gone: list[Delivery] = []
        first = taken[0]
        # What only changes something may be passed by what is said, if it is itself at fault.
        alone = bool(first.faults) and first.delivery.kind != "send"
        for waiting in taken:
            if any(_replaces(one.delivery, waiting.delivery) for one in self.waiting):
                gone += waiting.rows
                continue
            one = waiting.delivery
            waiting.delivery = replace(one, attempts=one.attempts + 1)
            waiting.free_at = outcome.due if alone else 0
            insort(self.waiting, waiting, key=_rank)
        if not alone:
            self.free_at = outcome.due
        return gone


def _name(one: Delivery) -> str:
    return one.key or f"#{one.of}"


def _is_of(change: Delivery, sent: Delivery) -> bool:
    """Whether an edit is of this message, or of one said under the same name."""
    if sent.kind != "send" or sent.id > change.id:
        return False
    return change.key == sent.key if change.key and sent.key else change.of == sent.id


def _may_be_of(change: Delivery, sent: Delivery) -> bool:
    """Whether what has no place yet could be about this message, or about one that comes with it."""
    if sent.kind != "send" or sent.id > change.id:
        return False
    return change.key == sent.key if change.key and sent.key else True


def _replaces(new: Delivery, old: Delivery) -> bool:
    """Whether nobody needs the old one any more once the new one is said."""
    if new.id <= old.id:
        return False
    match new.kind, old.kind:
        case "edit", "edit":
            return new.of == old.of if new.of and old.of else _name(new) == _name(old)
        case "react", "react":
            return (new.external_id, new.of) == (old.external_id, old.of)
        case "delete", "edit":
            return new.of == old.of
        case "send", "send":
            least = new.priority >= LEAST and old.priority >= LEAST
            return least and bool(new.key) and new.key == old.key
        case _:
            return False
