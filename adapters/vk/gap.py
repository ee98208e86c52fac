"""What was written while nobody listened: read from the conversations themselves.

Not the `unanswered` ones alone: a message of ours that goes out at the start, or that an operator sent from elsewhere,
marks a conversation as answered while a later question in it was never read. A conversation in which an administrator
answered by hand after the question is left alone.
"""

from collections.abc import Mapping
from typing import Any

from adapters.vk.api import Api
from adapters.vk.inbound import CHATS, is_from_customer
from adapters.vk.media import Raw

PAGE = 200
"""The most of one call."""
PAGES = 50
MARGIN = 600
"""Seconds before the last successful read that are read again: clocks differ, repeats are recognised."""


async def missed(api: Api, group_id: int, since: int, *, unanswered: bool = False) -> list[Raw]:
    """Customers' messages since then (seconds of VK's clock, less the margin), the oldest first. `unanswered`: only of
    conversations that VK itself calls so."""
    since -= MARGIN
    found: list[Raw] = []
    for page in range(PAGES):
        answer = await api.call(
            "messages.getConversations",
            filter="unanswered" if unanswered else "all", count=PAGE, offset=page * PAGE, group_id=group_id,
        )  # fmt: skip
        items = answer["items"]
        recent = [item for item in items if _is_recent(item, since)]
        for item in recent:
            peer = int(item["conversation"]["peer"]["id"])
            if 0 < peer < CHATS:
                found += await _of_one(api, group_id, peer, since)
        if len(items) < PAGE or not recent:
            break
    return sorted(found, key=lambda message: (message["date"], message.get("id", 0)))


async def _of_one(api: Api, group_id: int, peer: int, since: int) -> list[Raw]:
    found: list[Raw] = []
    for page in range(PAGES):
        answer = await api.call(
            "messages.getHistory", peer_id=peer, count=PAGE, offset=page * PAGE, group_id=group_id
        )
        for message in answer["items"]:
            if int(message["date"]) < since or _is_by_hand(message):
                return found
            if is_from_customer(message):
                found.append(message)
        if len(answer["items"]) < PAGE:
            break
    return found


def _is_recent(item: Mapping[str, Any], since: int) -> bool:
    return int((item.get("last_message") or {}).get("date") or 0) >= since


def _is_by_hand(message: Raw) -> bool:
    """Whether an administrator wrote it in the community itself."""
    return bool(message.get("out")) and bool(message.get("admin_author_id"))
