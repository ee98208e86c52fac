"""Who sits at the desk and what each may do."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from bot.model.message import Message
from bot.model.person import Person, Role

_RANK: Mapping[Role, int] = MappingProxyType({"viewer": 0, "operator": 1, "senior": 2, "owner": 3})


def _nothing(_: str) -> Message | None:
    return None


class Room(msgspec.Struct, frozen=True):
    """What the desk knows beside the conversation; all of it may be left out.

    `people` by their id; `reply(name)` a canned answer made for this customer, `replies` their names; `answer(words)`
    the FAQ's answer to them.
    """

    people: Mapping[str, Person] = MappingProxyType({})
    replies: tuple[str, ...] = ()
    reply: Callable[[str], Message | None] = _nothing
    answer: Callable[[str], Message | None] = _nothing

    def find(self, name: str) -> Person | None:
        """The person of that id, @username or name."""
        wanted = name.strip().removeprefix("@").casefold()
        if not wanted:
            return None
        known = self.people.get(wanted)
        return known or next(
            (
                person
                for person in self.people.values()
                if wanted in (person.username.casefold(), person.name.casefold())
            ),
            None,
        )


NO_ROOM = Room()


def may(role: Role, wanted: Role) -> bool:
    """Whether a role includes what is asked of another."""
    return _RANK[role] >= _RANK[wanted]
