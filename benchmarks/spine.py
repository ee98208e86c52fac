"""The whole spine on the same work: inbox, turn, commit, outbox, to an adapter that only counts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.work import Engine, Synchronous, decode, update
from bot.app import App
from bot.channel import Delivery, Door, Receipt
from bot.clock import SystemClock
from bot.config.load import load_config
from bot.dialog.loader import load as load_script
from bot.model.abilities import Abilities
from bot.model.event import Incoming, MessageReceived, Sender
from bot.model.message import Attachment, Message
from bot.model.text import Text
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore

PROJECT = Path(__file__).parent / "lead"


class StubAdapter:
    """Delivers at once and tells who waits for the answer."""

    abilities = Abilities("telegram", pace=1e6, pace_per_address=1e6, share_phone=True)

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.waiting: dict[str, asyncio.Future[None]] = {}

    async def open(self, door: Door) -> None:
        """Nothing to connect to."""

    async def receive(self, door: Door) -> None:
        """Messages are pushed by the benchmark."""
        door.alive()
        await asyncio.Event().wait()

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Count, and wake who waits."""
        self.engine.said(delivery.message.text.plain)
        waiting = self.waiting.pop(delivery.address, None)
        if waiting is not None:
            waiting.set_result(None)
        return Receipt((str(delivery.id),))

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """There are none."""
        nothing: tuple[bytes, ...] = ()
        for chunk in nothing:
            yield chunk

    async def close(self) -> None:
        """Nothing to let go of."""


def incoming(raw: bytes) -> Incoming:
    """An update, as an adapter would translate it."""
    post = decode(raw)
    message, sender = post.message, post.message.sender
    return Incoming(
        str(post.update_id),
        MessageReceived(Message(Text(message.text))),
        address=str(message.chat.id),
        sender=Sender(sender.first_name, sender.username, sender.language_code),
        message_id=str(message.message_id),
    )


async def build(folder: Path, synchronous: Synchronous) -> Engine:
    """The program in `folder`, started."""
    config = load_config(PROJECT).config
    assert config is not None
    loaded = load_script(PROJECT, config.business)
    assert loaded.script is not None, loaded.findings
    store = SqliteStore(str(folder / "spine.db"), synchronous=synchronous)
    await store.open()
    engine = Engine()
    adapter = StubAdapter(engine)
    app = App(
        loaded.script,
        config.business,
        store,
        {"telegram": adapter},
        SystemClock(),
        Files(folder / "files"),
    )
    await app.start()
    loop = asyncio.get_running_loop()

    async def dispatch(id: int, user: int, text: str) -> None:
        one = incoming(update(id, user, text))
        answered = adapter.waiting[one.address] = loop.create_future()
        saved = app.accept("telegram", (one,))
        # An answer goes out after its question was saved: to wait for that first would only cost a turn of the loop.
        await answered
        await saved

    engine.dispatch = dispatch
    return engine
