"""The desk's own conversation: where all operators read and talk about no customer in particular."""

from collections.abc import Callable, Iterator

import msgspec

from bot.desk import asides, lists, roll
from bot.desk.act import Act
from bot.desk.commands import VERBS, Command, Unknown, recorded, typed, wanted_role
from bot.desk.outcome import DeskOutcome
from bot.desk.people import NO_ROOM, Room, may
from bot.desk.room import ALARM, GENERAL, LIST, LIST_KEY
from bot.desk.scene import Scene
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.effect import Appoint, Edit, Send, SetTimer
from bot.model.event import Event, Happened, OperatorActed, OperatorReplied, TimerFired
from bot.model.person import Person, Role

LISTED = "desk:list"
"""Something about tickets has changed: the list is shown as it is now."""
DIGEST = "desk:digest"
"""The timer of the morning's message."""
CONNECTED = "connected"
"""The verb of who connected the room: the face has checked the code."""


def hear_room(
    conversation: Conversation,
    event: Event,
    *,
    business: Business,
    now: int,
    role: Role | None = "operator",
    room: Room = NO_ROOM,
    braked_until: int = 0,
) -> DeskOutcome:
    """Answer what happens where all operators read. What they say to each other there is none of ours. `role` None:
    whoever acts may do nothing. `braked_until` as in `lists.open_tickets`."""
    scene = Scene(conversation, business, now)
    match event:
        case Happened(name=name) if name == LISTED:
            show_list(scene, room, braked_until)
        case TimerFired(name=name) if name == DIGEST:
            show_digest(scene, room)
        case OperatorActed(verb=verb) if verb == CONNECTED:
            _connected(scene, event, room)
        case OperatorActed(operator="", verb=verb) if verb == roll.LEFT:
            roll.left(scene, room, event.argument)
        case OperatorActed():
            _do(scene, event, VERBS.get(event.verb, event.verb), event.argument, role, room)
        case OperatorReplied():
            said = typed(event.message.text)
            if isinstance(said, Command):
                _do(scene, event, said.verb, said.argument, role, room)
            elif isinstance(said, Unknown) and role is not None:
                scene.tell("desk_unknown_command", to=event.operator, name=said.name)
    return scene.outcome()


def show_list(scene: Scene, room: Room, braked_until: int) -> None:
    """Edit the list in its place."""
    message = lists.open_tickets(
        room.tickets(), scene.business, scene.now, braked_until=braked_until
    )
    scene.effects.append(Edit(message, key=LIST_KEY, to=GENERAL, priority=LIST))
    if not scene.business.hours.is_open(scene.now):
        # While people are here this morning's may still wait to be shown: it must not be put off.
        _expect_morning(scene)


def show_digest(scene: Scene, room: Room) -> None:
    """What waits when people come, if anything does; and again the next morning."""
    message = lists.digest(room.tickets(), scene.business, scene.now)
    if message is not None:
        scene.effects.append(Send(message, to=GENERAL, priority=ALARM))
    _expect_morning(scene)


def _expect_morning(scene: Scene) -> None:
    due = lists.next_morning(scene.business.hours, scene.now)
    if due is not None:
        scene.effects.append(SetTimer(DIGEST, due))


def _connected(scene: Scene, event: OperatorActed, room: Room) -> None:
    """Who connected the room is a senior, and learns what to do next."""
    known = room.people.get(event.operator) or Person(event.operator, event.operator)
    person = msgspec.structs.replace(
        known,
        name=event.operator_name or known.name,
        username=event.argument.strip().removeprefix("@") or known.username,
        role="senior",
        appointed=True,
    )
    scene.effects.append(Appoint(person))
    scene.audit(event.operator, CONNECTED)
    scene.tell("desk_connected", to=event.operator, name=person.name)
    show_list(scene, room, 0)
    _expect_morning(scene)


def _do(
    scene: Scene,
    event: OperatorActed | OperatorReplied,
    verb: str,
    argument: str,
    role: Role | None,
    room: Room,
) -> None:
    if role is None:
        refuse(scene, event.operator, room)
        return
    by = acting(event, role, room)
    remember(scene, by, room)
    run = _COMMANDS.get(verb)
    wanted = wanted_role(verb)
    if not may(role, wanted):
        scene.tell("desk_not_yours", to=by.id, role=scene.phrase(f"desk_role_{wanted}"))
    elif run is None:
        scene.tell("desk_in_topic" if verb in VERBS.values() else "desk_unknown_press", to=by.id)
    else:
        run(Act(scene, by, argument, _no_numbers(), room))
        scene.audit(by.id, verb, recorded(verb, argument))


def acting(event: OperatorActed | OperatorReplied, role: Role, room: Room) -> Person:
    """Who acts, by the name that was told with it."""
    known = room.people.get(event.operator) or Person(event.operator, "", appointed=False)
    name = event.operator_name or known.name or event.operator
    return msgspec.structs.replace(known, name=name, role=role)


def refuse(scene: Scene, who: str, room: Room) -> None:
    """Somebody without a seat hears who can give them one."""
    seniors = [one for one in room.people.values() if may(one.role, "senior")]
    if seniors or room.known is None:
        scene.tell("desk_no_seat", to=who)
    else:
        scene.tell("desk_nobody_appoints", to=who, id=who)


def remember(scene: Scene, by: Person, room: Room) -> None:
    """Whoever acts is known by name from then on: owners, and all of a trusted group, were never appointed."""
    if room.known is None:
        return
    kept = room.known.get(by.id)
    if kept is None or kept.name != by.name:
        seat = kept or Person(by.id, by.name, appointed=False)
        scene.effects.append(Appoint(msgspec.structs.replace(seat, name=by.name)))


def _no_numbers() -> Iterator[int]:
    """No ticket is opened here."""
    return iter(())


ELSEWHERE: dict[str, Callable[[Act], None]] = {
    "find": roll.find,
    "who": roll.who,
    "me": roll.presence,
    "operator": roll.appoint,
    "connect": lambda act: act.scene.tell("desk_connect_hint", to=act.by.id),
    "help": lambda act: asides.list_commands(act.scene, act.by),
}
"""Commands about no conversation: answered wherever they are given."""
_COMMANDS = ELSEWHERE
