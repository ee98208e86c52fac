"""What waits for a later try is known by its time, so that a restart does not forget it."""

from bot.model.effect import CallAction
from bot.model.event import Incoming, MessageReceived
from bot.model.message import Attachment, Message
from bot.storage.store import Store
from tests.contract.store.saying import ANNA, NOW, accept, doing, turns, wrote


async def test_a_call_that_waits_for_its_next_try_tells_when(store: Store) -> None:
    await accept(store, wrote("1"))
    await turns(store, doing(CallAction("1-1", "http", {}), CallAction("1-2", "http", {})))
    assert await store.next_call(now=NOW) is None
    for call, later in (("1-1", 20), ("1-2", 10)):
        await store.settle_call(
            call, ok=False, result=None, problem="502", again_at=NOW + later, now=NOW
        )
    assert await store.next_call(now=NOW) == NOW + 10
    assert await store.next_call(now=NOW + 10) == NOW + 20


async def test_a_file_that_waits_for_its_next_try_tells_when(store: Store) -> None:
    photo = Attachment("photo", source="f")
    await accept(store, Incoming("1", MessageReceived(Message(attachments=(photo,))), ANNA))
    (waiting,) = await store.attachments_to_fetch(now=NOW, limit=8)
    assert await store.next_fetch(now=NOW) is None
    await store.settle_attachment(waiting.id, photo, again_at=NOW + 10, now=NOW)
    assert await store.next_fetch(now=NOW) == NOW + 10
    await store.settle_attachment(waiting.id, photo, again_at=None, now=NOW)
    assert await store.next_fetch(now=NOW) is None
