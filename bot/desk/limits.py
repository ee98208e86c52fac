"""How long a customer may wait, in working time, and what happens when it was too long.

A timer's `visit` names the wait that it was set for, so that one that comes late, for a wait that is over, does
nothing: for a first reply the episode (`reopened`), else the instant since when the customer waits.
"""

from bot.desk.people import Room
from bot.desk.roll import free_people
from bot.desk.scene import Scene
from bot.model.ticket import Ticket

KEPT_QUESTION = 500
"""So much of a question is kept for the FAQ, in characters."""

SOON = 0.8
"""The share of a limit after which the owner is reminded."""


def start_waiting(scene: Scene) -> None:
    """A ticket was opened: somebody must answer first."""
    ticket = scene.ticket
    assert ticket is not None
    _set(scene, "first_reply", scene.queue.first_reply, ticket.reopened)


def customer_waits(scene: Scene, words: str = "") -> None:
    """The customer wrote `words`. The wait counts from the first line that has no answer."""
    ticket = scene.ticket
    assert ticket is not None
    waits = ticket.waiting_since
    noticed = ticket.noticed
    if not waits:
        noticed = tuple(notice for notice in noticed if not notice.startswith("limit:next"))
    ticket = scene.change(
        last_customer_at=scene.now,
        waiting_since=waits or scene.now,
        noticed=noticed,
        question=words[:KEPT_QUESTION] or ticket.question,
    )
    if waits:
        return
    if ticket.first_reply_at:
        _set(scene, "next_reply", scene.queue.next_reply, ticket.waiting_since)
    if ticket.state == "taken":
        expect_owner(scene)


def expect_owner(scene: Scene) -> None:
    """A ticket has an owner and a customer who waits: silence past the limit gives it back to the queue."""
    if scene.queue.requeue_after and scene.ticket is not None and scene.ticket.waiting_since:
        due = scene.hours.add_working(scene.now, scene.queue.requeue_after)
        scene.timer("requeue", due)


def expect_anybody(scene: Scene) -> None:
    """A person has seen it: from now on silence of both sides gives it back to the bot."""
    if scene.business.idle_return:
        scene.timer("idle_return", scene.now + scene.business.idle_return)


def _set(scene: Scene, name: str, limit: int, visit: int) -> None:
    if limit:
        add = scene.hours.add_working
        scene.timer(f"{name}_soon", add(scene.now, int(limit * SOON)), visit)
        scene.timer(name, add(scene.now, limit), visit)


def reply_wanted(scene: Scene, name: str, visit: int) -> None:
    """A limit's timer fired: 80 % reminds the owner, 100 % tells the queue, each once a wait."""
    ticket = scene.ticket
    assert ticket is not None
    kind = name.removesuffix("_soon")
    if not _still_waits(ticket, kind, visit) or not scene.once(f"limit:{name}"):
        return
    owner = ticket.owner_name or scene.phrase("desk_nobody")
    if name.endswith("_soon"):
        limit = scene.queue.next_reply if kind == "next_reply" else scene.queue.first_reply
        end = scene.hours.add_working(ticket.waiting_since, limit) or scene.now
        scene.alarm(f"desk_{name}", to=ticket.owner, owner=owner, time=scene.time(end))
    else:
        scene.alarm(f"desk_{name}_late", everybody=True, to=ticket.owner, owner=owner)
    scene.decide(f"desk:{name}")


def _still_waits(ticket: Ticket, kind: str, visit: int) -> bool:
    if ticket.state in ("closed", "snoozed") or not ticket.waiting_since:
        return False
    if kind == "first_reply":
        return not ticket.first_reply_at and ticket.reopened == visit
    return bool(ticket.first_reply_at) and ticket.waiting_since == visit


def requeue_silent(scene: Scene, room: Room) -> None:
    """The owner had their time; if they said nothing in it, the ticket is the queue's again."""
    ticket = scene.ticket
    assert ticket is not None
    if ticket.state != "taken" or not ticket.waiting_since or not scene.queue.requeue_after:
        return
    since = max(ticket.taken_at, ticket.waiting_since)
    if scene.hours.working_between(since, scene.now) < scene.queue.requeue_after:
        scene.timer("requeue", scene.hours.add_working(since, scene.queue.requeue_after))
        return
    requeue(scene, room)


def owner_gone(scene: Scene, room: Room, operator: str) -> None:
    """Somebody is no operator any more: what was theirs is the queue's."""
    ticket = scene.ticket
    if ticket is not None and ticket.owner == operator and ticket.state != "closed":
        requeue(scene, room, "desk_owner_gone")


def requeue(scene: Scene, room: Room, why: str = "desk_requeued") -> None:
    """Nobody's again; who is free to take it is told with it."""
    ticket = scene.ticket
    assert ticket is not None
    scene.alarm(why, everybody=True, to=ticket.owner, free=_free(scene, room))
    scene.change(state="waiting", owner="", owner_name="", taken_at=0, snoozed_until=0)
    scene.refresh_card()
    scene.decide("desk:requeued")


def _free(scene: Scene, room: Room) -> str:
    if not room.people:
        return ""
    names = free_people(room)
    return scene.phrase("desk_free_people" if names else "desk_all_busy", names=", ".join(names))
