"""What stands where in the group: which conversation a message belongs to, who wrote last, and how people are called."""

from collections import OrderedDict
from typing import TypeVar

from adapters.telegram_desk.group import Group
from bot.channel import Door

RING = 20_000
"""So many of our last messages are known by their number alone: a reply or a reaction names nothing else."""
IN_MEMORY = 1_000

Key = TypeVar("Key")
Value = TypeVar("Value")


class Whereabouts:
    """Messages are kept in a ring: `at:<group>:<number modulo RING>` is `<number>:<address>`."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._door: Door | None = None
        self._names: OrderedDict[str, str] = OrderedDict()
        self._lines: OrderedDict[tuple[str, str], int] = OrderedDict()

    def open(self, door: Door) -> None:
        """Where they are kept."""
        self._door = door

    async def stands(self, messages: list[int], address: str) -> None:
        """These messages of ours are about that conversation."""
        assert self._door is not None
        if messages:
            await self._door.keep({self._key(one): f"{one}:{address}" for one in messages})

    async def address(self, message: int) -> str:
        """What a message of ours is about; empty if it is not ours, or was not in this group, or is too old."""
        assert self._door is not None
        number, _, address = (await self._door.recall(self._key(message)) or "").partition(":")
        return address if number == str(message) else ""

    def _key(self, message: int) -> str:
        return f"at:{self._group.id}:{message % RING}"

    # people

    async def met(self, operator: str, name: str) -> None:
        """Somebody did something; how they are called is kept, so that they can be mentioned after a restart."""
        assert self._door is not None
        if await self.name(operator) != name:
            await self._door.keep({f"who:{operator}": name})
            _remember(self._names, operator, name)

    def wrote(self, operator: str, address: str, message: int) -> None:
        """Somebody's last line under a conversation: what is said to them answers it."""
        _remember(self._lines, (operator, address), message)

    async def name(self, operator: str) -> str:
        """How somebody is called; empty if they have never done anything here."""
        assert self._door is not None
        known = self._names.get(operator)
        if known is None:
            known = await self._door.recall(f"who:{operator}") or ""
            _remember(self._names, operator, known)
        return known

    def last_line(self, operator: str, address: str) -> int:
        """Their last line there, once: what is said later mentions them by name. 0 if there is none."""
        return self._lines.pop((operator, address), 0)


def _remember(memory: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > IN_MEMORY:
        memory.popitem(last=False)
