"""What a delivery learns when its turn comes: what its original is called over there, and where its files lie."""

from msgspec.structs import replace

from bot.channel import Delivery, RetryLater, Undeliverable
from bot.model.message import Attachment
from bot.storage.rows import UNREADABLE
from bot.storage.store import Store

FILE_PAUSE, FILE_TRIES = 0.5, 120
"""A message waits for a file of its own in steps of so many seconds, and at most so many times."""
FILE_LATE = "it could not be fetched in time"


class NotHereYet(RetryLater):
    """A file of ours is still on its way; nobody was asked to say anything."""

    def __init__(self) -> None:
        super().__init__("a file is not here yet", after=FILE_PAUSE)


async def completed(delivery: Delivery, store: Store) -> Delivery:
    """The delivery as the adapter is to have it. Raises `NotHereYet`, and `Undeliverable` for what cannot be read."""
    if delivery.message is UNREADABLE:
        raise Undeliverable("it cannot be read any more")
    if delivery.of and not delivery.external_id:
        delivery = await _named(delivery, store)
    if delivery.message.attachments:
        delivery = await _with_files(delivery, store)
    return delivery


async def _named(delivery: Delivery, store: Store) -> Delivery:
    here = (delivery.channel, delivery.address)
    places = await store.external_ids(delivery.of)
    found = next((id for channel, address, id in places if (channel, address) == here), "")
    return replace(delivery, external_id=found)


async def _with_files(delivery: Delivery, store: Store) -> Delivery:
    """The message waits for its files, but not for ever."""
    files = []
    for one in delivery.message.attachments:
        known: Attachment | None = one
        if one.source and not one.digest and not one.problem:
            known = await store.attachment(delivery.conversation, one.source)
        if known is None or not (known.digest or known.problem or not known.source):
            if delivery.attempts < FILE_TRIES:
                raise NotHereYet
            known = replace(one, problem=FILE_LATE)
        files.append(known)
    return replace(delivery, message=replace(delivery.message, attachments=tuple(files)))
