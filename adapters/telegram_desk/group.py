"""Which group the operators sit in, what it can do, and whether it can be reached."""

import structlog

from adapters.telegram_desk.api import Api, BadToken, GroupLost, Migrated, OtherReader, Unsure
from bot.channel import Door, RetryLater

log = structlog.get_logger("telegram_desk")

RIGHTS = ("can_manage_topics", "can_pin_messages", "can_delete_messages")
NO_GROUP_SECONDS = 5.0
BAD_TOKEN_SECONDS = 60.0
LOOK_AGAIN = 600_000
"""How long it is believed, in ms, that a group has no topics, or that we may not open one."""
_INSIDE = ("creator", "administrator", "member", "restricted")


class Group:
    """The operators' group. `fixed`: its id stands in the configuration, so `/connect` does not move it. `since`: when it
    was connected, by the adapter's clock, in ms."""

    def __init__(self, api: Api, configured: str) -> None:
        self._api = api
        self._configured = int(configured) if configured else 0
        self._door: Door | None = None
        self.id = 0
        self.since = 0
        self.lost = False
        self._forum = False
        self._plain_until = 0

    @property
    def fixed(self) -> bool:
        """Whether the configuration names it."""
        return bool(self._configured)

    async def open(self, door: Door) -> None:
        """Recall which group it is: what the configuration says or `/connect` kept, wherever that one has moved."""
        self._door = door
        kept = await door.recall("group")
        self.id = self._configured or (int(kept) if kept else 0)
        for _ in range(8):
            moved = await door.recall(f"moved:{self.id}") if self.id else None
            if not moved:
                break
            self.id = int(moved)

    def need(self) -> int:
        """The group's id. Raises `RetryLater` while there is none: what is said to operators waits."""
        if not self.id:
            raise RetryLater("no group is connected yet", NO_GROUP_SECONDS, everywhere=True)
        return self.id

    async def begin(self, now: int) -> None:
        """Recall since when it is the group; one that the configuration names is connected by the first start."""
        assert self._door is not None
        kept = await self._door.recall(f"since:{self.id}")
        self.since = int(kept) if kept else now
        if self.id and not kept:
            await self._door.keep({f"since:{self.id}": str(now)})

    async def connect(self, chat: int, now: int) -> None:
        """This is the group from now on."""
        assert self._door is not None
        await self._door.keep({"group": str(chat), f"since:{chat}": str(now)})
        self.since = now
        self._now(chat)
        log.info("group connected")

    async def move(self, chat: int) -> None:
        """Telegram gave the group another id."""
        assert self._door is not None
        old = self.id
        if chat == old:
            return
        since = {f"since:{chat}": str(self.since)}
        await self._door.keep({"group": str(chat), f"moved:{old}": str(chat), **since})
        self._now(chat)
        log.warning("group became a supergroup, following it")

    def _now(self, chat: int) -> None:
        self.id = chat
        self.lost = False
        self._forum = False
        self._plain_until = 0

    # what it can do

    def is_plain(self, now: int) -> bool:
        """Whether it is known by now that conversations have no topics of their own here."""
        return now < self._plain_until

    async def has_topics(self, now: int) -> bool:
        """Whether conversations have topics of their own here; without them every message carries a header."""
        if self.is_plain(now):
            return False
        if not self._forum:
            chat = await self._api.call("get_chat", chat_id=self.need())
            self._forum = bool(chat.is_forum)
            if not self._forum:
                self._plain_until = now + LOOK_AGAIN
        return self._forum

    def no_topics(self, now: int) -> bool:
        """A topic could not be made: go without for a while. Whether this is news."""
        news = now >= self._plain_until
        self._plain_until = now + LOOK_AGAIN
        self._forum = False
        return news

    def look_again(self) -> None:
        """Somebody changed the group or our place in it."""
        self._forum = False
        self._plain_until = 0

    async def missing(self, chat: int, me: int) -> list[str]:
        """What the desk needs and this group does not have: keys of `words`, `missing_…`."""
        found = await self._api.call("get_chat", chat_id=chat)
        lacking = [] if found.is_forum else ["topics"]
        member = await self._api.call("get_chat_member", chat_id=chat, user_id=me)
        if member.status == "creator":
            return lacking
        if member.status != "administrator":
            return [*lacking, "admin"]
        return [*lacking, *(right for right in RIGHTS if not getattr(member, right, False))]

    # whether it can be reached

    def named(self, problem: Exception) -> Exception:
        """A fault of the whole channel as the outbox understands it; the owner reads of it once in the log."""
        if isinstance(problem, (GroupLost, BadToken)):
            if not self.lost:
                log.error(
                    "the operators' group cannot be reached, messages wait",
                    reason=str(problem),
                    cure="add the bot to the group again, or connect another one; frontdesk doctor --online says more",
                )
            self.lost = True
            after = BAD_TOKEN_SECONDS if isinstance(problem, BadToken) else None
            return RetryLater(str(problem), after, everywhere=True)
        if isinstance(problem, Unsure):
            return RetryLater(str(problem), everywhere=True)
        if isinstance(problem, (Migrated, OtherReader)):
            return RetryLater(str(problem), 1.0, everywhere=True)
        return problem

    def reached(self) -> None:
        """It answered."""
        if self.lost:
            log.info("the operators' group can be reached again")
        self.lost = False

    def membership(self, status: str) -> None:
        """Our own place in the group changed."""
        if status in _INSIDE:
            self.reached()
            self.look_again()
        else:
            self.named(GroupLost(f"the bot is no member of the group any more: {status}"))

    def link(self, message: int) -> str:
        """Where a topic or a message of this group is opened: https://core.telegram.org/api/links#message-links"""
        return f"https://t.me/c/{str(self.id).removeprefix('-100')}/{message}"
