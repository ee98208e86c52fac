"""Icons of topics that tell how a ticket stands, out of those that Telegram gives to bots for nothing."""

import asyncio

import structlog

from adapters.telegram_desk.api import Api, Refused

log = structlog.get_logger("telegram_desk")

WANTED = {"●": "❗🔥❓", "◐": "💬👀", "◌": "📆☕", "○": "✅🏁"}
"""The sign that a topic's name begins with, and the icons that say the same, the best one first."""
_VARIATION = "\ufe0f"


class Icons:
    """Telegram's list is read once, when a topic is named for the first time: a bot may use no other icons
    (https://core.telegram.org/bots/api#getforumtopiciconstickers). Without it the signs stay in the names."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._given: dict[str, str] | None = None
        self._reading = asyncio.Lock()

    async def shown(self, name: str) -> tuple[str, str]:
        """A name that begins with a sign, as Telegram shall show it: without the sign, and the icon's id instead; as
        it is, and an empty id, where there is no such icon."""
        sign, _, rest = name.partition(" ")
        if sign in WANTED and rest:
            async with self._reading:
                given = await self._list()
            icon = next((given[one] for one in WANTED[sign] if one in given), "")
            if icon:
                return rest, icon
        return name, ""

    async def _list(self) -> dict[str, str]:
        """Ids by their emoji."""
        if self._given is None:
            try:
                stickers = await self._api.call("get_forum_topic_icon_stickers")
            except Refused as problem:
                self.give_up(problem)
                return {}
            except Exception as problem:  # noqa: BLE001  (an icon is never worth a fault; next time it is asked again)
                log.info("icons not read", problem=type(problem).__name__)
                return {}
            self._given = {
                one.emoji.removesuffix(_VARIATION): one.custom_emoji_id for one in stickers
            }
        return self._given

    def give_up(self, problem: Refused) -> None:
        """Telegram did not take one: no icons until the next start."""
        log.info("no icons for topics", reason=str(problem))
        self._given = {}
