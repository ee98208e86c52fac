"""Commands about no conversation: who sits here, who may act, who is busy, and what there is to find."""

import msgspec

from bot.desk.act import Act
from bot.desk.card import marked_personal, personal_values, state
from bot.desk.people import Room, may
from bot.desk.scene import Scene
from bot.model.effect import Appoint, Follow
from bot.model.event import OperatorActed
from bot.model.message import say
from bot.model.person import Person, Role
from bot.model.text import cut, masked
from bot.model.view import Found

FOUND = 10
LEFT = "left"
"""The verb, of nobody, that tells the desk's own conversation who is in the room no more."""
OWNER_GONE = "owner_gone"
"""The verb, of nobody, that tells a ticket's conversation that its owner is no operator any more."""
_LINE = 120
_ROLES: dict[str, Role] = {
    "viewer": "viewer", "operator": "operator", "senior": "senior",
    "наблюдатель": "viewer", "оператор": "operator", "старший": "senior", "старшая": "senior",
}  # fmt: skip
_NONE = frozenset({"none", "no", "remove", "нет", "никто", "убрать"})
_RANKS: tuple[Role, ...] = ("owner", "senior", "operator", "viewer")


def find(act: Act) -> None:
    """`/find Мария`, `/find 9123456789`, `/find 12`, `/find экран разбит`."""
    scene, words = act.scene, act.argument.strip()
    if not words:
        scene.tell("desk_find_hint", to=act.by.id)
        return
    found = act.room.search(words)[:FOUND]
    if not found:
        scene.tell("desk_found_nothing", to=act.by.id, text=cut(words, _LINE))
        return
    lines = [scene.phrase("desk_found", count=len(found)), *(_found(act, one) for one in found)]
    scene.tell_message(say("\n".join(lines)), act.by.id)


def _found(act: Act, one: Found) -> str:
    scene, there = act.scene, one.conversation
    customer, ticket = there.customer, there.ticket
    shown = f"{customer.name or customer.username or there.address} ({there.channel})"
    if ticket is not None:
        shown = f"№{ticket.number} {shown} - {state(ticket, scene.business, scene.now)}"
    if one.line is not None:
        shown = f"{shown}: {cut(' '.join(one.line.plain.split()), _LINE)}"
    if may(act.by.role, "operator"):
        return shown
    return masked(marked_personal(shown, personal_values(customer, ticket)))


def who(act: Act) -> None:
    """Everybody who may act, with how many tickets each has, and how many wait for somebody."""
    scene = act.scene
    tickets = act.room.tickets()
    people = sorted(
        act.room.people.values(), key=lambda one: (_RANKS.index(one.role), one.name.casefold())
    )
    lines = [scene.phrase("desk_who" if people else "desk_who_nobody")]
    for person in people:
        role = scene.phrase(f"desk_role_{person.role}")
        count = sum(ticket.owner == person.id for ticket in tickets)
        key = "desk_who_busy" if person.busy else "desk_who_line"
        lines.append(scene.phrase(key, name=person.name, role=role, count=count))
    waiting = sum(not ticket.owner for ticket in tickets)
    lines.append(scene.phrase("desk_who_waiting", count=waiting))
    scene.tell_message(say("\n".join(lines)), act.by.id)


def free_people(room: Room) -> list[str]:
    """The names of those who take tickets."""
    people = room.people.values()
    return sorted(one.name for one in people if may(one.role, "operator") and not one.busy)


def presence(act: Act) -> None:
    """`/me busy`, `/me free`."""
    scene, by = act.scene, act.by
    words = act.argument.strip().casefold()
    if words not in ("busy", "free"):
        scene.tell("desk_me_hint", to=by.id)
        return
    kept = (act.room.known or {}).get(by.id, by)
    seat = msgspec.structs.replace(kept, name=by.name, busy=words == "busy")
    scene.effects.append(Appoint(seat))
    scene.tell(f"desk_{words}", to=by.id)


def appoint(act: Act) -> None:
    """`<id> <role> <name>`: a seat, another role, or (`none`) no seat any more. Without a role, an operator's."""
    scene, by = act.scene, act.by
    id, _, rest = act.argument.strip().partition(" ")
    word, _, name = rest.strip().partition(" ")
    removed = word.casefold() in _NONE
    role = _ROLES.get(word.casefold())
    if not id:
        scene.tell("desk_operator_hint", to=by.id)
    elif id in scene.business.owners or word.casefold() in ("owner", "владелец"):
        scene.tell("desk_owner_by_configuration", to=by.id)
    elif _leaves_nobody(act, id, removed=removed, role=role or "operator"):
        scene.tell("desk_last_senior", to=by.id)
    else:
        named = _named(act, id, name if removed or role else rest)
        _seat(act, named, role or "operator", removed=removed)


def _seat(act: Act, person: Person, role: Role, *, removed: bool) -> None:
    scene, by = act.scene, act.by
    seated = msgspec.structs.replace(person, role=role, appointed=not removed)
    scene.effects.append(Appoint(seated))
    if removed or not may(role, "operator"):
        _leave_tickets(scene, act.room, person.id)
    if removed:
        scene.tell("desk_dismissed", to=by.id, name=person.name)
        return
    scene.tell("desk_appointed", to=by.id, name=person.name, role=scene.phrase(f"desk_role_{role}"))


def left(scene: Scene, room: Room, id: str) -> None:
    """Somebody is in the operators' room no more: their tickets wait again, and their seat is free."""
    _leave_tickets(scene, room, id)
    kept = (room.known or {}).get(id)
    is_owner = id in scene.business.owners
    if kept is not None and kept.appointed and not is_owner and not _is_last_senior(room, id):
        scene.effects.append(Appoint(msgspec.structs.replace(kept, appointed=False)))


def _leave_tickets(scene: Scene, room: Room, id: str) -> None:
    """A ticket must not wait for somebody who has gone: each conversation hears of it."""
    for ticket in room.tickets():
        if ticket.owner == id:
            gone = OperatorActed("", OWNER_GONE, id, ticket.number)
            scene.effects.append(Follow(gone, ticket.conversation))


def _named(act: Act, id: str, words: str) -> Person:
    """Who is meant, as they are known, under the name that was told with it; a `@username` may stand in it."""
    known = act.room.people.get(id) or (act.room.known or {}).get(id) or Person(id, id)
    names = [word for word in words.split() if not word.startswith("@")]
    username = next((word[1:] for word in words.split() if word.startswith("@")), known.username)
    return msgspec.structs.replace(known, name=" ".join(names) or known.name, username=username)


def _leaves_nobody(act: Act, id: str, *, removed: bool, role: Role) -> bool:
    """Whether nobody could appoint anybody any more."""
    if not removed and may(role, "senior"):
        return False
    return _is_last_senior(act.room, id)


def _is_last_senior(room: Room, id: str) -> bool:
    return {one.id for one in room.people.values() if may(one.role, "senior")} == {id}
