"""Deliveries, carried out: private messages."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from adapters.vk.api import Api
from adapters.vk.faults import Refused, Unreached
from adapters.vk.idempotency import random_id
from adapters.vk.outbound import Saying, edited, forward, peer_of, sayings
from adapters.vk.settings import Settings
from adapters.vk.uploads import upload
from adapters.vk.verdicts import BUTTONS, verdict
from adapters.vk.words import words_in
from bot.channel import Delivery, Door, Receipt, RetryLater, Undeliverable
from bot.model.message import Attachment

log = structlog.get_logger("vk")

MISTAKEN = 100
"""A parameter that VK cannot use."""

_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)


class Private:
    """Says, edits and takes back messages to one customer."""

    def __init__(self, name: str, settings: Settings, api: Api) -> None:
        self._name = name
        self._api = api
        self._words = words_in(settings.language)

    async def carry_out(self, delivery: Delivery, door: Door, start: int) -> Receipt:
        """Any kind of delivery; `start` is where this database's random ids begin. Raises as `Adapter.deliver`."""
        try:
            peer = peer_of(delivery.address)
        except ValueError:
            raise Undeliverable(self._words["deleted"], unreachable=True) from None
        match delivery.kind:
            case "typing":
                await self._api.call("messages.setActivity", type="typing", peer_id=peer)
                return Receipt()
            case "edit":
                return await self._edit(delivery, peer, door)
            case "delete":
                return await self._delete(delivery, peer)
            case "react":
                return Receipt(calls=0)
            case _:
                return await self._send(delivery, peer, door, start)

    # a new message

    async def _send(self, delivery: Delivery, peer: int, door: Door, start: int) -> Receipt:
        standing = await door.recall(_keyboard(peer)) is not None
        said = sayings(delivery.message, self._words, standing=standing)
        try:
            receipt = await self._say(delivery, peer, said.sayings, door, start)
        except Refused as refusal:
            if refusal.code not in BUTTONS or not delivery.message.buttons:
                raise
            log.error("buttons refused, sent as a list", channel=self._name, code=refusal.code)
            said = sayings(delivery.message, self._words, standing=standing, buttons=False)
            receipt = await self._say(delivery, peer, said.sayings, door, start)
        if said.ordinary != standing:
            await door.keep({_keyboard(peer): "1" if said.ordinary else None})
        return receipt

    async def _say(
        self, delivery: Delivery, peer: int, calls: Sequence[Saying], door: Door, start: int
    ) -> Receipt:
        """Part after part: one that was said before this was tried again is known by its random id."""
        ids: list[str] = []
        for part, saying in enumerate(calls):
            values = {
                "peer_ids": [peer],
                "random_id": random_id(start, delivery.id, part),
                "disable_mentions": 1,
                "keyboard": saying.keyboard or None,
                **await self._values(saying, peer, door),
            }
            answered = delivery.reply_external_id if part == 0 else ""
            ids.append(await self._one(values, peer, answered))
        return Receipt(tuple(one for one in ids if one), calls=max(len(calls), 1))

    async def _one(self, values: Mapping[str, Any], peer: int, answered: str) -> str:
        """One message, as an answer where it is one: what it answers may have been deleted meanwhile."""
        if not _NUMBER.fullmatch(answered):
            return _sent(await self._api.call("messages.send", **values))
        try:
            return _sent(
                await self._api.call("messages.send", forward=forward(peer, answered), **values)
            )
        except Refused as refusal:
            if refusal.code != MISTAKEN:
                raise
        return _sent(await self._api.call("messages.send", **values))

    async def _values(self, saying: Saying, peer: int, door: Door) -> dict[str, Any]:
        place = saying.location
        return {
            "message": saying.text or None,
            "attachment": await self._uploaded(saying.files, peer, door),
            "lat": place.latitude if place else None,
            "long": place.longitude if place else None,
        }

    async def _uploaded(self, files: Sequence[Attachment], peer: int, door: Door) -> str | None:
        names = []
        for file in files:
            path = door.file(file.digest)
            try:
                names.append(await upload(self._api, peer, file, path, self._words))
            except FileNotFoundError:
                raise Undeliverable(self._words["upload_refused"].format(name=file.name)) from None
        return ",".join(names) or None

    # one that stands

    async def _edit(self, delivery: Delivery, peer: int, door: Door) -> Receipt:
        number = self._number(delivery, "edit_never")
        saying = edited(delivery.message, self._words)
        await self._api.call(
            "messages.edit",
            peer_id=peer,
            cmid=number,
            keep_forward_messages=1,
            disable_mentions=1,
            keyboard=saying.keyboard or None,
            **await self._values(saying, peer, door),
        )
        return Receipt((str(number),))

    async def _delete(self, delivery: Delivery, peer: int) -> Receipt:
        number = self._number(delivery, "delete_late")
        answer = await self._api.call(
            "messages.delete", peer_id=peer, cmids=[number], delete_for_all=1
        )
        for one in answer if isinstance(answer, list) else ():
            code = int((one.get("error") or {}).get("code") or 0)
            if code:
                raise Refused(code)
        return Receipt()

    def _number(self, delivery: Delivery, reason: str) -> int:
        if not _NUMBER.fullmatch(delivery.external_id):
            raise Undeliverable(self._words[reason])
        return int(delivery.external_id)

    # what went wrong

    def failed(self, problem: Refused | Unreached, delivery: Delivery) -> Exception:
        """The port's word for it."""
        if isinstance(problem, Unreached):
            return RetryLater(
                f"{self._words['no_answer']} ({problem})", everywhere=problem.everywhere
            )
        named = verdict(problem.code, delivery.attempts, self._words)
        log.warning(
            "delivery refused", channel=self._name, delivery=delivery.id, code=problem.code,
            again=isinstance(named, RetryLater),
        )  # fmt: skip
        return named


def _sent(answer: Any) -> str:
    """The number of the message in its conversation; an error for this one peer stands inside the answer."""
    one = answer[0]
    code = int((one.get("error") or {}).get("code") or 0)
    if code:
        raise Refused(code)
    return str(one.get("conversation_message_id") or "")


def _keyboard(peer: int) -> str:
    return f"keyboard:{peer}"
