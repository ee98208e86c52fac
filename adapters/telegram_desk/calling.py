"""Calls to the operators' group, wherever it has moved to, counted."""

from typing import Any

import structlog

from adapters.telegram_desk.api import Api, Migrated, Refused
from adapters.telegram_desk.budget import Budget, Meter
from adapters.telegram_desk.group import Group
from adapters.telegram_desk.topics import Topics
from bot.channel import RetryLater

log = structlog.get_logger("telegram_desk")


class Caller:
    """Raises as `Api.call`; a group that became a supergroup is followed on the spot."""

    def __init__(self, api: Api, group: Group, topics: Topics, budget: Budget) -> None:
        self._api = api
        self._group = group
        self._topics = topics
        self._budget = budget

    async def group_call(
        self, method: str, meter: Meter | None = None, cost: int = 0, **arguments: Any
    ) -> Any:
        """A call whose chat is the group; `cost` is how many messages it counts as."""
        self._budget.check(cost)
        self._budget.spend(cost, meter)
        try:
            return await self._api.call(method, chat_id=self._group.need(), **arguments)
        except Migrated as problem:
            await self.follow(problem.chat)
            return await self._api.call(method, chat_id=self._group.need(), **arguments)

    async def follow(self, chat: int) -> None:
        """The group has another id now, and no topic of before."""
        await self._group.move(chat)
        self._topics.forget_all()

    async def has_topics(self, now: int) -> bool:
        """See `Group.has_topics`."""
        try:
            return await self._group.has_topics(now)
        except Migrated as problem:
            await self.follow(problem.chat)
            return await self._group.has_topics(now)

    async def topic(self, conversation: int, subject: str, meter: Meter) -> int:
        """See `Topics.ensure`."""
        return await self._topics.ensure(conversation, subject, meter)

    async def reopen(self, thread: int, meter: Meter) -> None:
        """A topic that somebody closed is opened again: the customer has written."""
        if thread:
            await self.group_call("reopen_forum_topic", meter, 1, message_thread_id=thread)
        else:
            await self.group_call("reopen_general_forum_topic", meter, 1)

    async def quietly(self, method: str, **arguments: Any) -> None:
        """What is nice to have: that it went wrong is noted, and that is all."""
        try:
            await self.group_call(method, **arguments)
        except Refused as problem:
            log.info("refused", method=method, reason=str(problem))
        except RetryLater:
            log.info("not now", method=method)
        except Exception as problem:  # noqa: BLE001  (the next delivery meets it and names it)
            log.info("failed", method=method, problem=type(problem).__name__)

    async def probe(self) -> None:
        """Raises unless Telegram answers."""
        await self._api.call("get_me")
