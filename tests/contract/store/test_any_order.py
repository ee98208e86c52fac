"""Whatever the order in which events come, are answered, delivered, and the program is started again."""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channel import Delivery
from bot.errors import MatchWanted
from bot.model.effect import Send
from bot.model.turn import Turn
from bot.storage.store import Outcome, Store, Waiting
from tests.contract.store.conftest import STORES, MakeStore
from tests.contract.store.saying import NOW, accept, never, said, text_of, wrote

steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("accept"), st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=6)
        ),
        st.tuples(st.just("take"), st.integers(1, 5)),
        st.tuples(st.just("deliver"), st.integers(1, 4)),
        st.tuples(st.just("postpone"), st.integers(1, 4)),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    max_size=25,
)


@pytest.mark.parametrize("kind", STORES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps)
def test_nothing_is_lost_nothing_comes_twice_and_everyone_is_answered_in_order(
    kind: str, steps: list[tuple[str, object]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_World(STORES[kind](Path(folder))).live(steps))


class _World:
    """A store, and what an honest bookkeeper knows of it."""

    def __init__(self, make_store: MakeStore) -> None:
        self.make_store = make_store
        self.store: Store = make_store()
        self.sent: list[tuple[str, str]] = []
        self.answered: dict[str, list[str]] = defaultdict(list)
        self.delivered: dict[str, list[str]] = defaultdict(list)
        self.hand: list[Delivery] = []
        self.failures = 0

    async def live(self, steps: list[tuple[str, object]]) -> None:
        await self.store.open()
        do: dict[str, Callable[..., object]] = {
            "accept": self.accept,
            "take": self.take,
            "deliver": self.deliver,
            "postpone": self.postpone,
            "restart": self.restart,
        }
        for word, argument in steps:
            await do[word](argument)  # type: ignore[misc]
        await self.finish()

    async def accept(self, batch: list[tuple[int, bool]]) -> None:
        incoming, new = [], 0
        for address, again in batch:
            if again and self.sent:
                place, id = self.sent[-1]
            else:
                place, id = str(address), str(len(self.sent))
                self.sent.append((place, id))
                new += 1
            incoming.append(wrote(id, id, place))
        assert await accept(self.store, *incoming) == new

    def answer(self, waiting: Waiting, numbers: Iterator[int]) -> Turn:
        self.failures += 1
        if self.failures % 7 == 0:
            raise MatchWanted("?")
        if self.failures % 5 == 0 and waiting.attempts < 2:
            raise ValueError
        self.answered[waiting.conversation.address].append(text_of(waiting))
        return Turn(waiting.conversation, (Send(said(text_of(waiting))),))

    async def take(self, limit: int) -> None:
        taken = await self.store.take_turns(self.answer, never, limit=limit, now=NOW)
        self.hand += taken.deliveries

    async def deliver(self, count: int) -> None:
        going, self.hand = self.hand[:count], self.hand[count:]
        await self.store.settle(
            [Outcome(one.id, "delivered", (f"x{one.id}",)) for one in going], NOW
        )
        for one in going:
            self.delivered[one.address].append(one.message.text.plain)

    async def postpone(self, count: int) -> None:
        await self.store.settle(
            [Outcome(one.id, "later", due=NOW + 9) for one in self.hand[:count]], NOW
        )

    async def restart(self, _: int) -> None:
        await self.store.close()
        self.store = self.make_store()
        await self.store.open()
        self.hand = await self.store.due_deliveries("telegram", after=0, limit=1000)

    async def finish(self) -> None:
        for _ in range(10 * len(self.sent) + 1):
            await self.take(3)
        await self.deliver(len(self.hand))
        wanted: dict[str, list[str]] = defaultdict(list)
        for place, id in self.sent:
            wanted[place].append(id)
        assert self.answered == wanted
        assert self.delivered == wanted
        assert await self.store.due_deliveries("telegram", after=0, limit=9) == []
        for place, ids in wanted.items():
            conversation = await self.store.find_conversation("telegram", place)
            assert conversation is not None
            lines = await self.store.lines(conversation.id, limit=1000)
            for author in ("customer", "bot"):
                assert [line.message.text.plain for line in lines if line.author == author] == ids
        await self.store.close()
