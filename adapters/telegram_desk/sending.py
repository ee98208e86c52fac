"""One delivery at a time to the group: into its topic, which is made where it is missing."""

from typing import Any

import msgspec
import structlog
from telegram import Message, ReactionTypeEmoji
from telegram.constants import ReactionEmoji

from adapters.telegram_desk.api import (
    BadToken,
    GroupLost,
    Migrated,
    OtherReader,
    Refused,
    Unsure,
)
from adapters.telegram_desk.budget import Budget, Meter
from adapters.telegram_desk.calling import Caller
from adapters.telegram_desk.group import Group
from adapters.telegram_desk.outbound import (
    CAPTION_LENGTH,
    Step,
    addressed,
    keyboard,
    shortened,
    steps,
    text_arguments,
)
from adapters.telegram_desk.presses import ALERT_LENGTH, Presses
from adapters.telegram_desk.progress import Progress
from adapters.telegram_desk.topics import Topics
from adapters.telegram_desk.uploads import NotAsAlbum, Uploads
from adapters.telegram_desk.voice import Voice, answering
from adapters.telegram_desk.whereabouts import Whereabouts
from bot.channel import Delivery, Door, Receipt, RetryLater, Undeliverable
from bot.errors import NotSaved, UnknownConversation
from bot.model.event import Incoming, OperatorActed
from bot.model.text import Span, Text, join, split, utf16_length

log = structlog.get_logger("telegram_desk")

AGAIN_SECONDS = 2.0
"""Somebody deletes and closes topics while we write."""

_REACTIONS = frozenset(str(one) for one in ReactionEmoji)
_FAULTS = (GroupLost, BadToken, Unsure, Migrated, OtherReader)


class Place(msgspec.Struct, frozen=True):
    """Where in the group: a topic (0: General, or a group without topics), under a header if need be."""

    thread: int = 0
    header: Text = Text()


class Sender:
    """Says, edits, takes back and marks."""

    def __init__(
        self,
        group: Group,
        topics: Topics,
        places: Whereabouts,
        presses: Presses,
        budget: Budget,
        voice: Voice,
        caller: Caller,
    ) -> None:
        self._group = group
        self._topics = topics
        self._places = places
        self._presses = presses
        self._budget = budget
        self._voice = voice
        self._caller = caller
        self._uploads = Uploads(caller, voice.language)
        self._unsure: set[tuple[int, int]] = set()
        self._door: Door | None = None

    def open(self, door: Door) -> None:
        """Where files and progress are kept."""
        self._door = door
        self._uploads.open(door)

    async def deliver(self, delivery: Delivery) -> Receipt:
        """See `Adapter.deliver`."""
        try:
            receipt = await self._deliver(delivery)
        except _FAULTS as problem:
            raise self._group.named(problem) from None
        except Refused as problem:
            raise self._refused(problem) from None
        except NotSaved as problem:
            raise RetryLater(str(problem)) from None
        self._group.reached()
        return receipt

    def price(self, delivery: Delivery) -> int:
        """See `Priced`."""
        if delivery.key.startswith("note:") or delivery.kind in ("delete", "react", "typing"):
            return 0
        if delivery.kind == "edit":
            return 1
        if _may_be_alert(delivery) and self._presses.may_alert(delivery.operator, delivery.address):
            return 0
        new = self._topics.missing(_conversation(delivery))
        pinned = _card(delivery) or _list(delivery)
        return 1 + new + pinned

    def _refused(self, problem: Refused) -> Exception:
        if problem.kind == "no_rights":
            return self._group.named(GroupLost(str(problem)))
        if problem.kind in ("thread_gone", "topic_closed", "not_forum"):
            return RetryLater(str(problem), AGAIN_SECONDS)
        return Undeliverable(str(problem))

    async def _deliver(self, delivery: Delivery) -> Receipt:
        if delivery.key.startswith("note:"):
            # It stands where the operator typed it, and changes there by their own hand.
            return Receipt((delivery.key.removeprefix("note:"),), calls=0)
        match delivery.kind:
            case "send":
                return await self._send(delivery)
            case "edit":
                return await self._edit(delivery)
            case "delete":
                await self._delete(delivery)
            case "react":
                await self._react(delivery)
            case "typing":
                pass
        return Receipt((), calls=0)

    # say

    async def _send(self, delivery: Delivery, meter: Meter | None = None) -> Receipt:
        if await self._alerted(delivery):
            return Receipt((), calls=0)
        meter = meter or Meter()
        place = await self._place(delivery, meter)
        card = _card(delivery)
        message = delivery.message
        reply = int(delivery.reply_external_id) if delivery.reply_external_id.isdecimal() else 0
        if delivery.operator and not reply:
            reply = self._places.last_line(delivery.operator, delivery.address)
        if delivery.operator and not reply:
            name = await self._places.name(delivery.operator)
            text = addressed(message.text, delivery.operator, name)
            message = msgspec.structs.replace(message, text=text)
        plan = steps(message, place.header, self._voice.language, whole=card)
        assert self._door is not None
        progress = Progress(self._door, delivery.id, plan)
        await progress.recall()
        while (step := progress.step) is not None:
            at = progress.done
            try:
                found, place = await self._step(
                    delivery, at, step, place, reply if at == 0 else 0, meter
                )
            except NotAsAlbum:
                self._unsure.discard((delivery.id, at))
                await progress.take_apart()
            else:
                await progress.stands(found)
        await self._finish(delivery, place, progress.ids, meter)
        await progress.forget()
        return Receipt(tuple(str(one) for one in progress.ids), meter.calls)

    async def _finish(
        self, delivery: Delivery, place: Place, said: list[int], meter: Meter
    ) -> None:
        await self._places.stands(said, delivery.address)
        for key in [one for one in self._unsure if one[0] == delivery.id]:
            self._unsure.discard(key)
        pinned = _list(delivery) or (_card(delivery) and place.thread)
        if said and pinned:
            await self._pin(said[0], meter)
        if delivery.message.subject and place.thread:
            await self._topics.called(int(delivery.address), delivery.message.subject, meter)

    async def _alerted(self, delivery: Delivery) -> bool:
        """Whether it was told to whoever pressed a button just now, which costs no message."""
        words = delivery.message.text.plain
        return _may_be_alert(delivery) and await self._presses.alert(
            delivery.operator, delivery.address, words
        )

    async def _step(
        self, delivery: Delivery, at: int, step: Step, place: Place, reply: int, meter: Meter
    ) -> tuple[list[int], Place]:
        """One call, with whatever it takes: a topic made anew or opened again. The ids, and where they stand."""
        arguments: dict[str, Any] = {
            "message_thread_id": place.thread or None,
            "reply_parameters": answering(reply),
            "reply_markup": keyboard(step.rows),
        }
        doubtful = (delivery.id, at)
        try:
            found = await self._carry_out(doubtful, step, arguments, meter)
        except Refused as problem:
            if problem.kind == "topic_closed":
                await self._caller.reopen(place.thread, meter)
            elif problem.kind == "thread_gone" and place.thread:
                place = await self._anew(delivery, place, meter)
            else:
                raise
            moved = _moved(step, place, arguments)
            found = await self._carry_out(doubtful, moved, arguments, meter)
        if place.thread and not all(one.is_topic_message for one in found):
            # The topic is gone, or topics were turned off, and the message went into General without a word.
            for one in found:
                await self._caller.quietly("delete_message", message_id=one.message_id)
            self._group.look_again()
            if await self._caller.has_topics(self._budget.clock.now()):
                place = await self._anew(delivery, place, meter)
            else:
                place = await self._place(delivery, meter)
            moved = _moved(step, place, arguments)
            found = await self._carry_out(doubtful, moved, arguments, meter)
        return [one.message_id for one in found], place

    async def _carry_out(
        self, doubtful: tuple[int, int], step: Step, arguments: dict[str, Any], meter: Meter
    ) -> tuple[Message, ...]:
        """Telegram recognises no repeats: what may stand there already is said once more, and never a third time."""
        again = doubtful in self._unsure
        if again:
            # Only where Telegram answers at all is a second try worth its risk.
            await self._caller.probe()
        try:
            return await self._uploads.carry_out(step, arguments, meter)
        except Unsure as problem:
            if again:
                log.error("answer lost twice, not said a third time", delivery=doubtful[0])
                return ()
            self._unsure.add(doubtful)
            log.warning("answer lost, one more copy may follow", delivery=doubtful[0])
            raise RetryLater(str(problem)) from None

    # where

    async def _place(self, delivery: Delivery, meter: Meter) -> Place:
        conversation = _conversation(delivery)
        if not conversation:
            self._group.need()
            return Place()
        now = self._budget.clock.now()
        try:
            if await self._caller.has_topics(now):
                subject = delivery.message.subject
                return await self._topic(conversation, subject, meter)
            reason = "topics_off"
        except Refused as problem:
            log.error("no topic could be opened, writing without", reason=str(problem))
            reason = "topics_off" if problem.kind == "not_forum" else "rights_unknown"
            if self._group.no_topics(now):
                await self._voice.say("no_rights", missing=self._voice.words(reason))
        return Place(0, await self._header(delivery, conversation))

    async def _topic(self, conversation: int, subject: str, meter: Meter) -> Place:
        thread = await self._caller.topic(conversation, subject, meter)
        if self._topics.is_shut(thread):
            self._budget.spend(1, meter)
            await self._caller.quietly("reopen_forum_topic", message_thread_id=thread)
            await self._topics.shut(thread, closed=False)
        return Place(thread)

    async def _header(self, delivery: Delivery, conversation: int) -> Text:
        """Whose message it is, where no topic says so. A card begins with that by itself."""
        if delivery.message.subject:
            await self._topics.note(conversation, delivery.message.subject)
        if _card(delivery):
            return Text()
        words = await self._topics.name(conversation) or f"№{conversation}"
        return Text(words, (Span("bold", 0, len(words)),))

    async def _anew(self, delivery: Delivery, place: Place, meter: Meter) -> Place:
        """The topic was deleted: another one, once, and the desk is told so that it shows the card again."""
        assert self._door is not None
        conversation = _conversation(delivery)
        log.warning("topic is gone, making it anew", conversation=conversation)
        lost = Incoming(
            f"lost:{self._group.id}:{place.thread}",
            OperatorActed("", "topic_lost"),
            conversation=conversation,
            address=delivery.address,
        )
        try:
            await self._door.accept([lost])
        except UnknownConversation:
            log.info("topic of a conversation that was erased", conversation=conversation)
        await self._topics.forget(conversation, place.thread)
        return await self._place(delivery, meter)

    # change

    async def _edit(self, delivery: Delivery) -> Receipt:
        """In place; what is gone, or stands in another group, is said anew."""
        meter = Meter()
        number = delivery.external_id
        if not number.isdecimal():
            return await self._send(delivery, meter)
        if await self._places.address(int(number)) != delivery.address:
            return await self._send(delivery, meter)
        try:
            await self._reword(delivery, int(number), meter)
        except Refused as problem:
            if problem.kind in ("message_gone", "thread_gone"):
                return await self._send(delivery, meter)
            if problem.kind != "not_modified":
                raise
        if delivery.message.subject and (conversation := _conversation(delivery)):
            await self._topics.called(conversation, delivery.message.subject, meter)
        return Receipt((number,), meter.calls)

    async def _reword(self, delivery: Delivery, number: int, meter: Meter) -> None:
        conversation = _conversation(delivery)
        header = Text()
        if conversation and not await self._topics.thread(conversation):
            header = await self._header(delivery, conversation)
        text = join([header, delivery.message.text])
        arguments = {"message_id": number, "reply_markup": keyboard(delivery.message.buttons)}
        try:
            await self._caller.group_call(
                "edit_message_text", meter, 1, **arguments, **text_arguments(shortened(text))
            )
        except Refused as problem:
            if problem.kind != "no_text":
                raise
            caption = text_arguments(split(text, CAPTION_LENGTH)[0], caption=True)
            await self._caller.group_call("edit_message_caption", meter, 1, **arguments, **caption)

    async def _delete(self, delivery: Delivery) -> None:
        if not delivery.external_id.isdecimal():
            return
        try:
            await self._caller.group_call("delete_message", message_id=int(delivery.external_id))
        except Refused as problem:
            if problem.kind != "message_gone":
                log.warning("not deleted", delivery=delivery.id, reason=str(problem))

    async def _react(self, delivery: Delivery) -> None:
        """A mark is never worth a fault."""
        emoji = delivery.message.text.plain
        if not delivery.external_id.isdecimal() or (emoji and emoji not in _REACTIONS):
            return
        marks = [ReactionTypeEmoji(emoji)] if emoji else []
        await self._caller.quietly(
            "set_message_reaction", message_id=int(delivery.external_id), reaction=marks
        )

    async def _pin(self, number: int, meter: Meter) -> None:
        """A card without its pin is a card all the same."""
        self._budget.spend(1, meter)
        await self._caller.quietly("pin_chat_message", message_id=number, disable_notification=True)


def _conversation(delivery: Delivery) -> int:
    """Whose it is, 0 for what all operators read."""
    return int(delivery.address) if delivery.address.isdecimal() else 0


def _moved(step: Step, place: Place, arguments: dict[str, Any]) -> Step:
    """The same for another place, where it may need a header."""
    arguments["message_thread_id"] = place.thread or None
    if step.kind in ("location", "contact"):
        return step
    return msgspec.structs.replace(step, text=join([place.header, step.text]))


def _card(delivery: Delivery) -> bool:
    return delivery.key.startswith("card:")


def _list(delivery: Delivery) -> bool:
    return delivery.key.startswith("list")


def _may_be_alert(delivery: Delivery) -> bool:
    """Whether it is words for one operator that an alert has room for."""
    message = delivery.message
    return (
        bool(delivery.operator and message.text)
        and not message.buttons
        and not message.attachments
        and utf16_length(message.text.plain) <= ALERT_LENGTH
    )
