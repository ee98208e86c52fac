"""One delivery as its calls, one after another; a failure in the middle goes on from there."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from aiogram.methods import DeleteMessage, GetMe, SendMessage
from aiogram.types import Message as TelegramMessage
from msgspec.structs import replace

from adapters.telegram.api import (
    CALL_TIMEOUT,
    UPLOAD_TIMEOUT,
    Api,
    Garbled,
    NoAnswer,
    Refused,
    TelegramFault,
    is_unauthorized,
    named,
)
from adapters.telegram.outbound import Call, Saying, calls, keyboard_after
from adapters.telegram.words import Language, phrase
from bot.channel import Delivery, Door, Receipt, Undeliverable
from bot.errors import NotSaved
from bot.model.message import Attachment

log = structlog.get_logger("telegram")

REMEMBERED = 10_000
"""Deliveries in the middle, and customers' keyboards, that are kept in memory at most."""
PROBE = 10
"""Seconds in which Telegram has to say that it is there."""
_THE_SAME = ("message is not modified",)
_GONE_ALREADY = ("message to delete not found", "message identifier is not specified")
_NOT_THE_CONTENT = ("message to edit not found", "message can't be edited", "message_id_invalid")


class _Progress:
    """Where a delivery is: its calls, how many are done, what stands there now. `unsure`: the answer to the next one
    was lost once already."""

    __slots__ = ("calls", "count", "done", "ids", "kept", "replaced", "unsure")

    def __init__(self, said: list[Call]) -> None:
        self.calls = said
        self.done = 0
        self.count = 0
        self.ids: list[str] = []
        self.replaced: list[int] = []
        self.unsure = False
        self.kept = False

    @property
    def many(self) -> bool:
        """Whether it takes several messages, or may come to it."""
        return len(self.calls) > 1 or any(len(one.instead) > 1 for one in self.calls)

    def replace(self, at: int) -> None:
        """A call gives way to what says the same in a plainer way."""
        self.calls[at : at + 1] = self.calls[at].instead
        self.replaced.append(at)

    def written(self) -> str:
        """All of this but the calls, for a later run."""
        replaced = ",".join(map(str, self.replaced))
        return f"{self.done}:{','.join(self.ids)}:{replaced}"

    def go_on(self, written: str) -> None:
        """Be where an earlier run was."""
        done, ids, replaced = written.split(":")
        for at in replaced.split(",") if replaced else ():
            self.replace(int(at))
        self.done, self.ids, self.kept = int(done), ids.split(",") if ids else [], True


class Sending:
    """The way out. `gap` is how many seconds lie between the parts of one long answer."""

    def __init__(self, name: str, door: Door, api: Api, language: Language, gap: float) -> None:
        self._log = log.bind(channel=name)
        self._door = door
        self._api = api
        self._language = language
        self._gap = gap
        self._under_way: OrderedDict[int, _Progress] = OrderedDict()
        self._keyboards: OrderedDict[str, bool] = OrderedDict()

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Say it. Raises `RetryLater`, `Undeliverable`."""
        if delivery.kind == "typing":
            return await self._show_typing(delivery)
        if delivery.kind != "send" and not delivery.external_id.isdigit():
            raise Undeliverable("what it is about never stood there")
        try:
            receipt = await self._say(delivery)
        except Undeliverable:
            await self._forget(delivery.id)
            raise
        await self._forget(delivery.id)
        return receipt

    async def _show_typing(self, delivery: Delivery) -> Receipt:
        """Not worth a second try: the message itself comes next."""
        try:
            for call in calls(delivery, Saying(self._door.file)):
                await self._api.call(call.method)
        except TelegramFault as problem:
            self._log.debug("typing not shown", problem=str(problem))
        return Receipt()

    async def _say(self, delivery: Delivery) -> Receipt:
        up = await self._keyboard_up(delivery.address)
        progress = self._under_way.get(delivery.id)
        if progress is None:
            saying = Saying(self._door.file, self._language, up)
            progress = _Progress(calls(await self._with_files(delivery), saying))
            if progress.many and (kept := await self._door.recall(_parts(delivery.id))):
                progress.go_on(kept)
            self._remember(delivery.id, progress)
        while progress.done < len(progress.calls):
            if progress.done and not progress.unsure:
                await asyncio.sleep(self._gap)
            await self._step(delivery, progress)
            if progress.done and progress.done < len(progress.calls):
                await self._keep(delivery.id, progress)
        await self._keep_keyboard(delivery.address, progress.calls, up=up)
        standing = (delivery.external_id,) if delivery.kind == "edit" else ()
        ids = dict.fromkeys((*standing, *progress.ids))
        return Receipt(tuple(ids), calls=max(progress.count, 1))

    async def _keep(self, id: int, progress: _Progress) -> None:
        """What stands there is not said again, not even after a restart."""
        progress.kept = True
        try:
            await self._door.keep({_parts(id): progress.written()})
        except NotSaved:
            self._log.error("not kept how far it was said", delivery=id)

    async def _forget(self, id: int) -> None:
        progress = self._under_way.pop(id, None)
        if progress is not None and progress.kept:
            # What is left there harms nobody: no other delivery has this number.
            with contextlib.suppress(NotSaved):
                await self._door.keep({_parts(id): None})

    def _remember(self, id: int, progress: _Progress) -> None:
        self._under_way[id] = progress
        while len(self._under_way) > REMEMBERED:
            self._under_way.popitem(last=False)

    async def _with_files(self, delivery: Delivery) -> Delivery:
        """A file that is no longer on the disk is told like one that never came."""
        message = delivery.message
        if not message.attachments:
            return delivery
        files = await asyncio.to_thread(lambda: [self._found(one) for one in message.attachments])
        return replace(delivery, message=replace(message, attachments=tuple(files)))

    def _found(self, file: Attachment) -> Attachment:
        if file.problem or not file.digest or self._door.file(file.digest).is_file():
            return file
        return replace(file, problem=phrase(self._language, "file_lost"))

    # one call

    async def _step(self, delivery: Delivery, progress: _Progress) -> None:
        """Make the next call; what it said, or what is said in its place, is written into the progress."""
        call = progress.calls[progress.done]
        if progress.unsure:
            await self._try(GetMe())
        progress.count += 1
        try:
            result = await self._api.call(call.method, within=_within(call))
        except Refused as problem:
            if _is_done(delivery, problem):
                result = None
            elif call.instead and _is_about_content(problem):
                progress.replace(progress.done)
                self._log.warning("refused, said in a plainer way", delivery=delivery.id)
                return
            else:
                raise self._named(problem) from None
        except TelegramFault as problem:
            result = None
            await self._lost_answer(delivery, call, progress, problem)
        progress.unsure = False
        progress.done += 1
        if call.fleeting:
            await self._take_away(delivery.address, result)
        else:
            progress.ids += _ids(result)

    async def _lost_answer(
        self, delivery: Delivery, call: Call, progress: _Progress, problem: TelegramFault
    ) -> None:
        """A call that brought no result. One that was answered by 200 was carried out; one whose answer is missing may
        have been: a message is said a second time once Telegram answers again, and never a third time."""
        if isinstance(problem, Garbled) and problem.status == HTTPStatus.OK:
            self._log.warning("sent, but the answer could not be read", delivery=delivery.id)
            return
        if _says(call) and isinstance(problem, NoAnswer):
            if progress.unsure:
                self._log.error("no answer twice, not said a third time", delivery=delivery.id)
                raise Undeliverable("Telegram did not answer twice; it may have arrived") from None
            progress.unsure = True
            self._log.warning(
                "no answer; said once more, so a copy is possible",
                delivery=delivery.id,
                problem=str(problem),
            )
            # Whether this call alone was unlucky or nobody is there any more.
            await self._try(GetMe())
        raise self._named(problem) from None

    def _named(self, problem: TelegramFault) -> Exception:
        if is_unauthorized(problem):
            self._log.error("the token is not accepted; what is to be said waits")
        meaning = named(problem)
        if isinstance(meaning, Undeliverable) and meaning.unreachable:
            # Operators read it.
            return Undeliverable(phrase(self._language, "unreachable"), unreachable=True)
        return meaning

    async def _try(self, method: Any) -> None:
        """Whether Telegram answers at all. Raises `RetryLater`."""
        try:
            await self._api.call(method, within=PROBE)
        except TelegramFault as problem:
            raise self._named(problem) from None

    async def _take_away(self, address: str, result: Any) -> None:
        if not isinstance(result, TelegramMessage):
            return
        try:
            await self._api.call(DeleteMessage(chat_id=address, message_id=result.message_id))
        except TelegramFault as problem:
            self._log.debug("not taken away", problem=str(problem))

    # the keyboard in place of the customer's own

    async def _keyboard_up(self, address: str) -> bool:
        up = self._keyboards.get(address)
        if up is None:
            up = await self._door.recall(_keyboard_at(address)) is not None
            self._keyboards[address] = up
            while len(self._keyboards) > REMEMBERED:
                self._keyboards.popitem(last=False)
        return up

    async def _keep_keyboard(self, address: str, said: Sequence[Call], *, up: bool) -> None:
        after = keyboard_after(said, keyboard_up=up)
        if after != up:
            self._keyboards[address] = after
            await self._door.keep({_keyboard_at(address): "1" if after else None})


def _parts(id: int) -> str:
    return f"parts {id}"


def _keyboard_at(address: str) -> str:
    return f"keyboard {address}"


def _says(call: Call) -> bool:
    """Whether the call, made twice, says something twice; a change made twice is one change."""
    return call.method.__api_method__.startswith("send")


def _within(call: Call) -> int:
    return CALL_TIMEOUT if isinstance(call.method, SendMessage) else UPLOAD_TIMEOUT


def _is_done(delivery: Delivery, problem: Refused) -> bool:
    """Refused because it is so already, or because it does not matter."""
    match delivery.kind:
        case "edit":
            return problem.says(*_THE_SAME)
        case "delete":
            return problem.says(*_GONE_ALREADY)
        case "react":
            return problem.code == HTTPStatus.BAD_REQUEST
        case _:
            return False


def _is_about_content(problem: Refused) -> bool:
    """Whether another way of saying it may be taken: the chat is there and may be written to."""
    meaning = named(problem)
    content = isinstance(meaning, Undeliverable) and not meaning.unreachable
    return content and not problem.says(*_NOT_THE_CONTENT)


def _ids(result: Any) -> list[str]:
    if isinstance(result, TelegramMessage):
        return [str(result.message_id)]
    if isinstance(result, list):
        return [str(one.message_id) for one in result if isinstance(one, TelegramMessage)]
    return []
