"""What becomes of a ticket when somebody acts: who has it, how it ends, what puts it off and what wakes it."""

from collections.abc import Iterator

from bot.desk import limits, room
from bot.desk.commands import duration
from bot.desk.opening import new_ticket, reopen, reopens
from bot.desk.outcome import Opening
from bot.desk.people import Room, may
from bot.desk.rating import ask_for_mark
from bot.desk.scene import Scene
from bot.model.effect import Follow
from bot.model.event import Happened
from bot.model.person import Person
from bot.model.ticket import Ticket

_ALL_THE_SAME = "!"


def foreign(scene: Scene, by: Person) -> bool:
    """Whether the ticket is somebody else's, so that `by` may not touch it; then they are told whose and since when."""
    ticket = scene.ticket
    assert ticket is not None
    if not ticket.owner or ticket.owner == by.id or may(by.role, "senior"):
        return False
    tell_owner(scene, by)
    return True


def tell_owner(scene: Scene, by: Person) -> None:
    """Who has it and since when; a senior may take over."""
    ticket = scene.ticket
    assert ticket is not None
    label = scene.phrase("desk_button_over")
    over = ((room.button(label, ticket.number, "over"),),) if may(by.role, "senior") else ()
    scene.tell("desk_taken_by", *over, to=by.id, time=scene.time(ticket.taken_at))
    scene.refresh_card()


def closed_already(scene: Scene, by: Person) -> bool:
    """Whether it is closed; then they are told when, and the card shows it."""
    ticket = scene.ticket
    if ticket is None or ticket.state != "closed":
        return False
    again = room.button(scene.phrase("desk_button_reopen"), ticket.number, "reopen")
    scene.tell("desk_closed_already", (again,), to=by.id, time=scene.time(ticket.closed_at))
    scene.refresh_card()
    return True


def ensure_open(scene: Scene, numbers: Iterator[int]) -> None:
    """An operator begins: the last ticket again if it was closed lately, else a new one. It holds nothing yet."""
    ticket = scene.ticket
    if ticket is not None and ticket.state != "closed":
        return
    if ticket is not None and reopens(ticket, scene.business, scene.now):
        reopen(scene, Opening(), holds=False)
    else:
        request = Opening(reason=scene.phrase("desk_operator_first"))
        fresh = new_ticket(scene, request, next(numbers))
        scene.open(fresh)
        scene.change(holds=False, waiting_since=0, last_customer_at=0)
    scene.show_card()


def take(scene: Scene, by: Person) -> bool:
    """One winner: whoever comes second learns who was first. True if the ticket is theirs now."""
    ticket = scene.ticket
    assert ticket is not None
    if ticket.owner == by.id:
        scene.tell("desk_taken_already", to=by.id)
        scene.refresh_card()
        return True
    if ticket.owner:
        tell_owner(scene, by)
        return False
    own(scene, by)
    scene.tell("desk_taken", to=by.id, operator=by.name)
    scene.decide("desk:taken")
    return True


def take_over(scene: Scene, by: Person) -> bool:
    """A senior takes what another has."""
    ticket = scene.ticket
    assert ticket is not None
    if not ticket.owner or ticket.owner == by.id:
        return take(scene, by)
    scene.tell("desk_taken_over", to=ticket.owner, operator=by.name)
    own(scene, by)
    return True


def own(scene: Scene, person: Person) -> None:
    """The ticket is this person's."""
    scene.change(
        state="taken",
        owner=person.id,
        owner_name=person.name,
        taken_at=scene.now,
        snoozed_until=0,
    )
    limits.expect_owner(scene)
    limits.expect_anybody(scene)
    scene.refresh_card()


def close(scene: Scene, by: Person, reason: str) -> None:
    """It ends. Lines that were held back and a customer's line without an answer are not passed over in silence."""
    ticket = scene.ticket
    assert ticket is not None
    if closed_already(scene, by) or foreign(scene, by):
        return
    unanswered = ticket.holds and bool(ticket.first_reply_at) and bool(ticket.waiting_since)
    end(scene, reason)
    if unanswered:
        again = room.button(scene.phrase("desk_button_reopen"), ticket.number, "reopen")
        scene.tell("desk_closed_unanswered", (again,), to=by.id)
    else:
        scene.tell("desk_closed", to=by.id)
    _tell_left(scene, by)
    ask_for_mark(scene)
    number, queue = ticket.number, ticket.queue
    data = {"number": number, "queue": queue, "reason": reason}
    scene.effects.append(Follow(Happened("ticket_closed", data)))
    scene.decide("desk:closed", reason)


def end(scene: Scene, reason: str, *, returned: bool = False) -> None:
    """The ticket is closed; nobody waits any more."""
    scene.change(
        state="closed",
        closed_at=scene.now,
        close_reason=reason,
        returned=returned,
        waiting_since=0,
        snoozed_until=0,
    )
    scene.refresh_card()


def give_back(scene: Scene) -> None:
    """The bot speaks again: the flow goes on at the step that waited."""
    end(scene, "", returned=True)
    scene.resume = True
    scene.decide("desk:returned")


def return_to_bot(scene: Scene, by: Person) -> None:
    """An operator gives the conversation back."""
    ticket = scene.ticket
    assert ticket is not None
    if closed_already(scene, by) or foreign(scene, by):
        return
    if not ticket.holds:
        scene.tell("desk_holds_nothing", to=by.id)
        return
    give_back(scene)
    scene.tell("desk_returned", to=by.id)
    _tell_left(scene, by)


def snooze(scene: Scene, by: Person, words: str) -> None:
    """Put off. The customer's next line wakes it, and so does its time."""
    ticket = scene.ticket
    assert ticket is not None
    if closed_already(scene, by) or foreign(scene, by):
        return
    length = duration(words)
    if length is None:
        scene.tell("desk_bad_time", to=by.id)
        return
    until = scene.now + length
    scene.change(state="snoozed", snoozed_until=until)
    scene.timer("snooze", until)
    scene.tell("desk_snoozed", to=by.id, time=scene.time(until))
    scene.refresh_card()


def wake(scene: Scene) -> None:
    """No longer put off: its owner's again, or the queue's."""
    ticket = scene.ticket
    assert ticket is not None
    scene.change(state="taken" if ticket.owner else "waiting", snoozed_until=0)
    scene.refresh_card()


def assign(scene: Scene, by: Person, name: str, here: Room) -> None:
    """Pass it to a colleague; one who is busy gets it when that was said and it is wanted all the same."""
    ticket = scene.ticket
    if ticket is None or closed_already(scene, by) or foreign(scene, by):
        return
    person = here.find(name.removeprefix(_ALL_THE_SAME))
    if person is None or not may(person.role, "operator"):
        scene.tell("desk_no_such_person", to=by.id, name=name)
        return
    if person.busy and not name.startswith(_ALL_THE_SAME):
        label = scene.phrase("desk_button_assign")
        wanted = room.button(label, ticket.number, "assign", f"{_ALL_THE_SAME}{person.id}")
        scene.tell("desk_person_busy", (wanted,), to=by.id, name=person.name)
        return
    own(scene, person)
    scene.tell("desk_assigned", to=person.id)


def move(scene: Scene, by: Person, name: str) -> None:
    """To another queue, where nobody has taken it yet."""
    if closed_already(scene, by) or foreign(scene, by):
        return
    wanted = name.strip().casefold()
    queues = scene.business.queues
    found = [one for one in queues if wanted in (one.id.casefold(), one.title.casefold())]
    if not found:
        names = ", ".join(queue.id for queue in queues)
        scene.tell("desk_no_such_queue", to=by.id, name=name, queues=names)
        return
    scene.change(
        queue=found[0].id, state="waiting", owner="", owner_name="", taken_at=0, snoozed_until=0
    )
    ticket = scene.ticket
    if ticket is not None and not ticket.first_reply_at and ticket.waiting_since:
        limits.start_waiting(scene)
    scene.alarm("desk_moved", everybody=True)
    scene.refresh_card()


def _tell_left(scene: Scene, by: Person) -> None:
    ticket: Ticket | None = scene.ticket
    if ticket is not None and ticket.held_lines:
        scene.tell("desk_lines_left", to=by.id, count=len(ticket.held_lines))
