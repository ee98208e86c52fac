"""One topic a conversation, kept for years: which is whose, what it is called, and making one that is missing."""

import asyncio
from typing import Any

import structlog

from adapters.telegram_desk.api import Api, Refused, Unsure
from adapters.telegram_desk.budget import Budget, Meter
from adapters.telegram_desk.gentle import Gentle
from adapters.telegram_desk.group import Group
from adapters.telegram_desk.icons import Icons
from bot.channel import Door, RetryLater
from bot.errors import NotSaved
from bot.model.text import cut

log = structlog.get_logger("telegram_desk")

NAME_LENGTH = 128
IN_MEMORY = 10_000
RENAME_EVERY = 30_000
"""At most one change of a topic's name in so many ms."""
LEISURE = 10
"""Names are changed along with a card only where no more calls than that were made in the last minute."""
SPARE = 2
"""So many calls a minute the outbox leaves over: names that wait take these."""


class Topics:
    """The pairs are kept by the door under `topic:<group>:<conversation>` and `thread:<group>:<id>`, the name that a
    topic has under `name:<conversation>`."""

    def __init__(self, api: Api, group: Group, budget: Budget, gentle: Gentle) -> None:
        self._api = api
        self._group = group
        self._budget = budget
        self._gentle = gentle
        self._icons = Icons(api)
        self._door: Door | None = None
        self._threads: dict[int, int] = {}
        self._owners: dict[int, int] = {}
        self._closed: set[int] = set()
        self._making = asyncio.Lock()
        self._wanted: dict[int, str] = {}
        self._renamed: dict[int, int] = {}
        self._spare: list[int] = []
        self._work = asyncio.Event()

    def open(self, door: Door) -> None:
        """Where pairs are kept."""
        self._door = door

    def forget_all(self) -> None:
        """Another group: nothing in memory is true of it."""
        self._threads.clear()
        self._owners.clear()

    # which is whose

    async def thread(self, conversation: int) -> int:
        """The topic of a conversation, 0 if it has none."""
        known = self._threads.get(conversation)
        if known is None:
            assert self._door is not None
            kept = await self._door.recall(self._key("topic", conversation))
            known = int(kept) if kept else 0
            if known and await self._door.recall(self._key("closed", known)):
                self._closed.add(known)
            self._learn(conversation, known)
        return known

    def missing(self, conversation: int) -> bool:
        """Whether a topic may have to be made first, as far as that is known without looking it up."""
        plain = self._group.is_plain(self._budget.clock.now())
        return bool(conversation) and not plain and not self._threads.get(conversation)

    async def conversation(self, thread: int) -> int:
        """Whose topic it is, 0 if it is none of ours."""
        known = self._owners.get(thread)
        if known is None:
            assert self._door is not None
            kept = await self._door.recall(self._key("thread", thread))
            known = int(kept) if kept else 0
            if known:
                self._learn(known, thread)
        return known

    def _key(self, what: str, id: int) -> str:
        """Topics of another group mean nothing in this one."""
        return f"{what}:{self._group.id}:{id}"

    def _learn(self, conversation: int, thread: int) -> None:
        for memory in (self._threads, self._owners):
            if len(memory) >= IN_MEMORY:
                memory.clear()
        self._threads[conversation] = thread
        if thread:
            self._owners[thread] = conversation

    async def forget(self, conversation: int, thread: int) -> None:
        """That topic is gone; if the conversation has another one by now, that one stays."""
        assert self._door is not None
        if await self.thread(conversation) != thread:
            return
        await self._door.keep(
            {self._key("topic", conversation): None, self._key("thread", thread): None}
        )
        self._threads.pop(conversation, None)
        self._owners.pop(thread, None)

    # closed by people

    async def shut(self, thread: int, *, closed: bool) -> None:
        """Somebody closed a topic, or opened it again: in a closed one only administrators can write."""
        assert self._door is not None
        await self._door.keep({self._key("closed", thread): "1" if closed else None})
        if closed:
            self._closed.add(thread)
        else:
            self._closed.discard(thread)

    def is_shut(self, thread: int) -> bool:
        """Whether operators cannot answer there."""
        return thread in self._closed

    # making one

    async def ensure(self, conversation: int, subject: str, meter: Meter) -> int:
        """The conversation's topic, made if it is missing. Raises as `Api.call`."""
        async with self._making:
            found = await self.thread(conversation)
            if found:
                return found
            assert self._door is not None
            name = title(subject or await self.name(conversation) or f"№{conversation}")
            self._budget.check(1)
            topic = await self._named("create_forum_topic", name)
            self._budget.spend(1, meter)
            made = int(topic.message_thread_id)
            await self._door.keep(
                {
                    self._key("topic", conversation): str(made),
                    self._key("thread", made): str(conversation),
                    f"name:{conversation}": name,
                }
            )
            self._learn(conversation, made)
            self._renamed[conversation] = self._budget.clock.now()
            return made

    async def name(self, conversation: int) -> str:
        """What the topic is called, or was last; empty if it never had a name."""
        assert self._door is not None
        return await self._door.recall(f"name:{conversation}") or ""

    async def note(self, conversation: int, subject: str) -> None:
        """What a topic would be called, where there are none."""
        assert self._door is not None
        if (name := title(subject)) != await self.name(conversation):
            await self._door.keep({f"name:{conversation}": name})

    # its name

    async def called(self, conversation: int, subject: str, meter: Meter) -> None:
        """The topic is to be called so: at once if that may be now, else when there is room. Whatever goes wrong, the
        card that brought the name stands there."""
        name = title(subject)
        self._wanted.pop(conversation, None)
        try:
            if name == await self.name(conversation):
                return
        except NotSaved:
            log.info("topic not renamed now", conversation=conversation)
        due = self._due(conversation) <= self._budget.clock.now()
        leisure = self._budget.used() < self._gentle.most(LEISURE)
        if not (due and leisure and await self._rename(conversation, name, meter)):
            self._wanted[conversation] = name
            self._work.set()

    def _due(self, conversation: int) -> int:
        return self._renamed.get(conversation, -RENAME_EVERY) + RENAME_EVERY

    async def _rename(self, conversation: int, name: str, meter: Meter | None = None) -> bool:
        """Whether that is settled; a name is never worth a fault."""
        assert self._door is not None
        try:
            thread = await self.thread(conversation)
            if not thread:
                return True
            self._budget.spend(1, meter)
            self._renamed[conversation] = self._budget.clock.now()
            await self._named("edit_forum_topic", name, message_thread_id=thread)
        except Refused as problem:
            if problem.kind != "not_modified":
                log.info("topic not renamed", conversation=conversation, reason=str(problem))
        except (RetryLater, Unsure, NotSaved):
            return False
        except Exception as problem:  # noqa: BLE001  (the next delivery meets it and names it)
            log.info("topic not renamed", conversation=conversation, reason=type(problem).__name__)
            return True
        await self._door.keep({f"name:{conversation}": name})
        return True

    async def _named(self, method: str, name: str, **arguments: Any) -> Any:
        """A call that gives a topic its name, and its icon with it. Raises as `Api.call`."""
        chat = self._group.need()
        words, icon = await self._icons.shown(name)
        arguments |= {"chat_id": chat, "name": words, "icon_custom_emoji_id": icon}
        try:
            return await self._api.call(method, **arguments)
        except Refused as problem:
            if not icon or problem.kind != "other":
                raise
            self._icons.give_up(problem)
        return await self._api.call(
            method, **{**arguments, "name": name, "icon_custom_emoji_id": ""}
        )

    async def keep_names(self) -> None:
        """Change names that wait, oldest first, with what the outbox leaves over; until cancelled."""
        clock = self._budget.clock
        while True:
            await self._work.wait()
            self._forget_old_renames(clock.now())
            if not self._wanted:
                self._work.clear()
                continue
            at = self._next_slot(clock.now())
            await clock.sleep_until(at)
            now = clock.now()
            ripe = next((one for one in self._wanted if self._due(one) <= now), None)
            if ripe is None or self._next_slot(now) > now:
                continue
            name = self._wanted.pop(ripe)
            self._spare.append(now)
            if not await self._rename(ripe, name):
                self._wanted.setdefault(ripe, name)

    def _next_slot(self, now: int) -> int:
        """When the next name may be changed: `SPARE` a minute, and each at its own time."""
        self._spare = [at for at in self._spare if at > now - 60_000]
        free = self._spare[-SPARE] + 60_000 if len(self._spare) >= SPARE else now
        return max(free, min((self._due(one) for one in self._wanted), default=now))

    def _forget_old_renames(self, now: int) -> None:
        if len(self._renamed) > IN_MEMORY:
            self._renamed = {
                one: at for one, at in self._renamed.items() if at > now - RENAME_EVERY
            }


def title(subject: str) -> str:
    """A topic's name: one line, at most 128 characters."""
    return cut(" ".join(subject.split()), NAME_LENGTH)
