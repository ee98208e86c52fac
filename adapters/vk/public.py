"""Deliveries, carried out: answers to comments, which everybody reads."""

from typing import Any

from adapters.vk.api import Api
from adapters.vk.comments import Place, last_comment
from adapters.vk.faults import Refused
from adapters.vk.idempotency import guid
from adapters.vk.outbound import LENGTH, text_of
from adapters.vk.settings import Settings
from adapters.vk.words import words_in
from bot.channel import Delivery, Door, Receipt, Undeliverable
from bot.model.text import Text, split


class Public:
    """Says, edits and takes back comments. A community's key can comment on posts and delete in discussions; the rest
    takes an administrator's (the schema of 5.199 tells which key each method takes)."""

    def __init__(self, settings: Settings, api: Api) -> None:
        self._api = api
        self._words = words_in(settings.language)

    async def carry_out(self, delivery: Delivery, place: Place, door: Door, start: int) -> Receipt:
        """Any kind of delivery. Raises as `Adapter.deliver`, and `Refused`, `Unreached`."""
        match delivery.kind:
            case "typing" | "react":
                return Receipt(calls=0)
            case "edit":
                return await self._edit(delivery, place)
            case "delete":
                return await self._delete(delivery, place)
            case _:
                return await self._send(delivery, place, door, start)

    async def _send(self, delivery: Delivery, place: Place, door: Door, start: int) -> Receipt:
        if delivery.message.attachments or delivery.message.location:
            raise Undeliverable(self._words["public_files"])
        answered = _number(delivery.reply_external_id) or await last_comment(place.address, door)
        ids = []
        for part, text in enumerate(self._texts(delivery)):
            values: dict[str, Any] = {"message": text, "guid": guid(start, delivery.id, part)}
            if place.kind == "wall":
                answer = await self._api.call(
                    "wall.createComment", owner_id=-place.group, post_id=place.number,
                    from_group=place.group, reply_to_comment=answered, **values,
                )  # fmt: skip
            else:
                answer = await self._as_admin(
                    "board.createComment", group_id=place.group, topic_id=place.number,
                    from_group=1, **values,
                )  # fmt: skip
            ids.append(_comment(answer))
        return Receipt(tuple(ids), calls=max(len(ids), 1))

    async def _edit(self, delivery: Delivery, place: Place) -> Receipt:
        comment, text = self._standing(delivery), self._texts(delivery)[0]
        if place.kind == "wall":
            await self._as_admin(
                "wall.editComment", owner_id=-place.group, comment_id=comment, message=text
            )
        else:
            await self._as_admin(
                "board.editComment", group_id=place.group, topic_id=place.number,
                comment_id=comment, message=text,
            )  # fmt: skip
        return Receipt((str(comment),))

    async def _delete(self, delivery: Delivery, place: Place) -> Receipt:
        comment = self._standing(delivery)
        if place.kind == "wall":
            await self._as_admin("wall.deleteComment", owner_id=-place.group, comment_id=comment)
        else:
            await self._api.call(
                "board.deleteComment", group_id=place.group, topic_id=place.number,
                comment_id=comment,
            )  # fmt: skip
        return Receipt()

    async def _as_admin(self, method: str, **values: Any) -> Any:
        if not self._api.has_admin:
            raise Undeliverable(self._words["public_key"])
        return await self._api.call(method, as_admin=True, **values)

    def _texts(self, delivery: Delivery) -> list[str]:
        text = Text(text_of(delivery.message, "", self._words))
        return [part.plain for part in split(text, LENGTH) if part.plain]

    def _standing(self, delivery: Delivery) -> int:
        number = _number(delivery.external_id)
        if number is None:
            raise Undeliverable(self._words["edit_never"])
        return number


def _comment(answer: Any) -> str:
    """`wall.createComment` answers with an object, `board.createComment` with the number itself."""
    number = answer.get("comment_id") if isinstance(answer, dict) else answer
    if not number:
        raise Refused(1)
    return str(number)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
