"""Who this bot is."""

import asyncio

from adapters.telegram_desk.api import Api


class Me:
    """Known after `learn`; 0 and empty before."""

    def __init__(self) -> None:
        self.known = asyncio.Event()
        self.id = 0
        self.username = ""
        self.reads_all = False
        """Whether privacy mode is off: else only an administrator hears everything in a group."""

    async def learn(self, api: Api) -> None:
        """Ask Telegram. Raises as `Api.call`."""
        user = await api.call("get_me")
        self.id = user.id
        self.username = user.username or ""
        self.reads_all = bool(user.can_read_all_group_messages)
        self.known.set()
