"""Who sits at the desk and what each may do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from bot.model.business import Business
from bot.model.event import Author
from bot.model.message import Message
from bot.model.person import Person, Role
from bot.model.ticket import Ticket
from bot.model.view import Found

_RANK: Mapping[Role, int] = MappingProxyType({"viewer": 0, "operator": 1, "senior": 2, "owner": 3})


def _nothing(_: str) -> Message | None:
    return None


class Room(msgspec.Struct, frozen=True):
    """What the desk knows beside the conversation; all of it may be left out.

    `people` who may act, by their id, and all that are `known`, as they are kept (None: nobody keeps them); `reply(name)` a canned answer made for this customer, `replies` their names; `answer(words)`
    the FAQ's answer to them; `lines(n)` the conversation's newest lines, oldest first, notes included; `search(words)`
    what it comes upon; `tickets()` all that are not closed; `meant(id)` the message of ours that stands at the
    desk under the messenger's id, 0 if none does, and `said_at(id)` when it was said, 0 if that is not known.
    """

    people: Mapping[str, Person] = MappingProxyType({})
    known: Mapping[str, Person] | None = None
    replies: tuple[str, ...] = ()
    reply: Callable[[str], Message | None] = _nothing
    answer: Callable[[str], Message | None] = _nothing
    lines: Callable[[int], Sequence[tuple[Author, Message]]] = lambda _: ()
    search: Callable[[str], Sequence[Found]] = lambda _: ()
    tickets: Callable[[], Sequence[Ticket]] = lambda: ()
    meant: Callable[[str], int] = lambda _: 0
    said_at: Callable[[str], int] = lambda _: 0

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


def present(known: Iterable[Person], business: Business) -> dict[str, Person]:
    """Who may act, by id: those who were appointed, the owners by configuration, and with `trust_group` whoever is
    known at all."""
    people: dict[str, Person] = {}
    for person in known:
        role = role_of(person, person.id, business)
        if role is not None:
            people[person.id] = msgspec.structs.replace(person, role=role)
    for id in sorted(business.owners - people.keys()):
        people[id] = Person(id, id, role="owner", appointed=False)
    return people


def role_of(person: Person | None, id: str, business: Business) -> Role | None:
    """The role of somebody who acts; `person` is what is known of them. None: they may do nothing."""
    if id in business.owners:
        return "owner"
    if person is not None and person.appointed:
        # Owners are named by the configuration alone: what is kept of a former one gives no more than a seat.
        return "operator" if person.role == "owner" else person.role
    return "operator" if business.trust_group else None
