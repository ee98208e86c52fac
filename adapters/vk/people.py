"""Who the customers are: names, looked up once and remembered."""

import time
from collections import OrderedDict
from collections.abc import Collection, Iterable

import structlog

from adapters.vk.api import Api
from adapters.vk.faults import Refused, Unreached
from bot.model.event import Sender

log = structlog.get_logger("vk")

KEPT = 10_000
FRESH = 24 * 3600.0
"""Seconds after which a name is looked up again."""
AT_ONCE = 1000
"""People in one call of `users.get`."""
PATIENCE, REST = 3.0, 60.0
"""Seconds that messages wait for names; then they go in without, and for a while nobody waits."""


class People:
    """Names by the numbers of pages."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: OrderedDict[int, tuple[Sender, float]] = OrderedDict()
        self._again_at = 0.0

    async def look_up(self, people: Iterable[int]) -> None:
        """Learn the names of those who are not known; no harm if that cannot be done just now."""
        now = time.monotonic()
        unknown = {one for one in people if one > 0 and not self._is_fresh(one, now)}
        if not unknown or now < self._again_at:
            return
        try:
            for chunk in _chunks(sorted(unknown)):
                await self._learn(chunk, now)
        except (Refused, Unreached) as problem:
            self._again_at = now + REST
            log.warning("names not looked up", problem=str(problem))

    def sender(self, person: int, told: Sender | None) -> Sender | None:
        """What is known of a person, with what an update told beside."""
        known = self._known.get(person)
        if known is None:
            return told
        language = told.language if told is not None else ""
        return Sender(known[0].name, known[0].username, language)

    async def _learn(self, people: Collection[int], now: float) -> None:
        answer = await self._api.call(
            "users.get", user_ids=list(people), fields="screen_name", seconds=PATIENCE
        )
        for one in answer if isinstance(answer, list) else ():
            person = int(one.get("id") or 0)
            self._known[person] = (_sender(one), now)
            self._known.move_to_end(person)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def _is_fresh(self, person: int, now: float) -> bool:
        known = self._known.get(person)
        return known is not None and now - known[1] < FRESH


def _sender(page: dict[str, str]) -> Sender:
    name = f"{page.get('first_name', '')} {page.get('last_name', '')}".strip()
    username = str(page.get("screen_name") or "")
    # Everybody has id123; only a name that somebody chose says something.
    return Sender(name, "" if username == f"id{page.get('id')}" else username)


def _chunks(people: list[int]) -> Iterable[list[int]]:
    return (people[at : at + AT_ONCE] for at in range(0, len(people), AT_ONCE))
