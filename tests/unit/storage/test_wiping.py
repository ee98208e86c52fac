"""Who is forgotten is not even in the free pages."""

from collections.abc import AsyncIterator
from pathlib import Path

from bot.model.effect import Remember, Send
from bot.model.event import Incoming, MessageReceived
from bot.model.message import Attachment, Message, say
from bot.model.text import Text
from bot.model.turn import Turn
from bot.storage.sqlite import SqliteStore
from bot.storage.store import Outcome, Taken

SECRET = "слово-которого-больше-нет"


async def test_no_byte_of_a_forgotten_customer_is_left_in_the_folder(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "x.db")
    await store.open()

    async def content() -> AsyncIterator[bytes]:
        yield SECRET.encode()

    digest, _ = await store.files.save(content(), 1000)
    taken = Taken(0)
    photo = Attachment("photo", source="f", name=SECRET)
    for number in range(20):
        message = Message(Text(SECRET * 20), attachments=(photo,))
        await store.accept(
            "telegram", "telegram", [Incoming(f"{number}", MessageReceived(message), "1")], None, 1
        )
        taken = await store.take_turns(
            lambda waiting, numbers: Turn(
                waiting.conversation, (Send(say(SECRET)), Remember("имя", SECRET))
            ),
            lambda waiting, numbers: Turn(waiting.conversation),
            limit=9,
            now=1,
        )
        if number < 19:
            await store.settle(
                [Outcome(one.id, "delivered", ("1",)) for one in taken.deliveries], 1
            )
    [waiting] = await store.attachments_to_fetch(now=1, limit=9)
    done = Attachment("photo", source="f", name=SECRET, digest=digest)
    await store.settle_attachment(waiting.id, done, again_at=None, now=1)
    assert SECRET.encode() in content_of(tmp_path)
    counted = await store.forget(1, dry_run=False)
    assert counted["files"] == 1
    # What was in somebody's hands meanwhile is over now, and its mark has nobody to be about.
    last = [Outcome(one.id, "delivered", (SECRET,)) for one in taken.deliveries]
    await store.settle(last, 1)
    assert await store.external_ids(last[0].delivery) == []
    assert SECRET.encode() not in content_of(tmp_path)
    await store.close()


def content_of(folder: Path) -> bytes:
    """All files, one after another."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
