"""A conversation goes to people: a new ticket, or the last one again."""

from collections.abc import Iterator

from bot.desk import limits
from bot.desk.card import marked_personal, personal_values
from bot.desk.notices import say_opening
from bot.desk.outcome import DeskOutcome, Opening
from bot.desk.scene import Scene
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.text import Text, masked
from bot.model.ticket import Ticket

KEPT_LINES = 20


def open_ticket(
    conversation: Conversation,
    request: Opening,
    *,
    business: Business,
    now: int,
    numbers: Iterator[int],
    place: int | None = None,
    reachable: bool = True,
) -> DeskOutcome:
    """Hand the conversation over. `place` is how many wait before it, None if that is not known; `reachable` whether
    the operators can be told just now. A handover soon after the last ticket was closed opens that one again."""
    scene = Scene(conversation, business, now)
    present = conversation.ticket
    if conversation.held:
        scene.decide("desk:held")
        return scene.outcome()
    if present is not None and reopens(present, business, now):
        reopen(scene, request)
        scene.decide("desk:reopened")
    else:
        scene.open(new_ticket(scene, request, next(numbers)))
        scene.decide("desk:opened")
    say_opening(scene, request.say, request.offline, place=place, reachable=reachable)
    scene.show_card()
    limits.start_waiting(scene)
    return scene.outcome()


def filed(
    conversation: Conversation, ticket: Ticket, *, business: Business, now: int
) -> DeskOutcome:
    """The card of a ticket that a flow filed, whose `OpenTicket` is among the dialog's own effects. It holds nothing,
    and stands as the conversation's ticket unless another one holds it."""
    scene = Scene(conversation, business, now, ticket=ticket)
    scene.show_card()
    scene.decide("desk:filed")
    return scene.outcome()


def reopen(scene: Scene, request: Opening, *, holds: bool = True) -> None:
    """The last ticket goes on where it was, with what is new."""
    before = scene.ticket
    assert before is not None
    fresh = new_ticket(scene, request, before.number)
    scene.change(
        state="waiting",
        holds=holds,
        queue=fresh.queue if request.queue else before.queue,
        priority=max(before.priority, fresh.priority),
        reason=fresh.reason or before.reason,
        title=fresh.title or before.title,
        note=fresh.note or before.note,
        fields={**before.fields, **fresh.fields},
        lines=fresh.lines or before.lines,
        personal=tuple(dict.fromkeys((*before.personal, *fresh.personal))),
        owner="",
        owner_name="",
        taken_at=0,
        first_reply_at=0,
        snoozed_until=0,
        closed_at=0,
        close_reason="",
        returned=False,
        reopened=before.reopened + 1,
        waiting_since=scene.now if holds else 0,
        last_customer_at=scene.now,
        noticed=tuple(notice for notice in before.noticed if not notice.startswith("limit:")),
    )
    if holds:
        scene.alarm("desk_reopened", operator=before.owner_name or scene.phrase("desk_nobody"))


def reopens(ticket: Ticket, business: Business, now: int) -> bool:
    """Whether the ticket was closed so lately that it is opened again rather than followed by a new one."""
    return ticket.state == "closed" and now - ticket.closed_at < business.reopen


def new_ticket(scene: Scene, request: Opening, number: int) -> Ticket:
    """A ticket as the request wants it."""
    personal = _personal(scene, request)
    return Ticket(
        number=number,
        conversation=scene.conversation.id,
        queue=scene.business.queue_for(request.queue, scene.conversation.channel).id,
        priority=request.priority,
        reason=request.reason,
        title=masked(marked_personal(_plain(request.title), personal)),
        note=_plain(request.note),
        fields={name: _plain(value) for name, value in request.fields.items()},
        lines=tuple(_plain(line) for line in request.last_lines[-KEPT_LINES:]),
        personal=personal,
        opened_at=scene.now,
        waiting_since=scene.now,
        last_customer_at=scene.now,
    )


def _plain(text: str | Text) -> str:
    return text.plain if isinstance(text, Text) else text


def _personal(scene: Scene, request: Opening) -> tuple[str, ...]:
    """The personal values that are marked anywhere in the request, and those that it names."""
    texts = (request.note, request.title, *request.fields.values(), *request.last_lines)
    marked = (
        text.plain[span.start : span.end]
        for text in texts
        if isinstance(text, Text)
        for span in text.spans
        if span.kind == "personal"
    )
    kept = personal_values(scene.customer, None)
    return tuple(dict.fromkeys((*request.personal, *kept, *marked)))
