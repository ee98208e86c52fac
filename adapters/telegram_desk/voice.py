"""Lines of this face's own, said at once and never twice: they are no part of what must not be lost."""

import structlog
from telegram import ReplyParameters

from adapters.telegram_desk.api import Api
from adapters.telegram_desk.budget import Budget
from adapters.telegram_desk.group import Group
from adapters.telegram_desk.words import say

log = structlog.get_logger("telegram_desk")


class Voice:
    """Speaks in the business's language. What cannot be said is only noted in the log."""

    def __init__(self, api: Api, group: Group, budget: Budget, language: str) -> None:
        self._api = api
        self._group = group
        self._budget = budget
        self.language = language

    def words(self, key: str, **values: object) -> str:
        """One of our phrases."""
        return say(self.language, key, **values)

    async def say(
        self, key: str, *, chat: int = 0, thread: int = 0, reply_to: int = 0, **values: object
    ) -> None:
        """A phrase, to a chat (0: the operators' group)."""
        if not chat or chat == self._group.id:
            chat = self._group.id
            if not chat or self._budget.used() >= self._budget.most:
                log.warning("left unsaid, the group has heard enough this minute", phrase=key)
                return
            self._budget.spend(1)
        try:
            await self._api.call(
                "send_message",
                chat_id=chat,
                text=self.words(key, **values),
                message_thread_id=thread or None,
                reply_parameters=answering(reply_to),
            )
        except Exception as problem:  # noqa: BLE001  (see above)
            log.warning("left unsaid", phrase=key, problem=type(problem).__name__)


def answering(message: int) -> ReplyParameters | None:
    """As a reply to a message, which may be gone by then."""
    return ReplyParameters(message, allow_sending_without_reply=True) if message else None
