"""The updates that wait for one bot, with the offsets of getUpdates."""

from dataclasses import dataclass, field

from tests.fakes.telegram.places import Json

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "message_reaction",
    "message_reaction_count",
)
ONLY_WHEN_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
STANDARD = frozenset(KINDS) - ONLY_WHEN_ASKED
MOST = 100
FUTURE = 10
"""An offset so far above the newest id is from before the ids began again, and is ignored."""


@dataclass
class Queue:
    """Updates in order. An update stays until a getUpdates with a higher offset confirms it."""

    waiting: list[tuple[int, Json]] = field(default_factory=list)
    next_id: int = 100_000
    allowed: frozenset[str] = STANDARD
    confirmed: int = 0
    """How many were confirmed."""
    skipped: list[str] = field(default_factory=list)
    """Kinds of updates that were not kept since nobody asked for them."""
    ignore_offset: int = 0
    """So many getUpdates are answered as if they came without their offset."""
    shuffle: bool = False

    def add(self, kind: str, body: Json) -> int | None:
        """Keep an update; its id, or None where its kind is not wanted."""
        if kind in KINDS and kind not in self.allowed:
            self.skipped.append(kind)
            return None
        return self.add_raw({kind: body})

    def add_raw(self, update: Json) -> int:
        """Keep an update as it is, whatever it is."""
        number = self.next_id
        self.next_id += 1
        self.waiting.append((number, {"update_id": number, **update}))
        return number

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds are wanted from now on: an empty list is the standard, None changes nothing."""
        if kinds is not None:
            self.allowed = frozenset(kinds) & frozenset(KINDS) or STANDARD

    def confirm(self, offset: int) -> None:
        """Forget everything below an offset; a negative one keeps so many from the end."""
        if offset > 0 and self.ignore_offset > 0:
            self.ignore_offset -= 1
            return
        if offset > self.next_id + FUTURE:
            return
        before = len(self.waiting)
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset > 0:
            self.waiting = [one for one in self.waiting if one[0] >= offset]
        self.confirmed += before - len(self.waiting)

    def first(self, limit: int) -> list[Json]:
        """The next ones, at most `limit`."""
        chosen = [update for _, update in self.waiting[:limit]]
        if self.shuffle and len(chosen) > 1:
            return [*chosen[1::2], *chosen[::2]]
        return chosen
