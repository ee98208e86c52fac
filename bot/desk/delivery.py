"""What became of what was said: shown by our reaction on the operator's line, and told where it failed."""

from bot.desk import room
from bot.desk.outcome import DeskOutcome
from bot.desk.scene import Scene
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.event import DeliveryFailed, MessageDelivered, ReactionChanged
from bot.model.message import Message
from bot.model.ticket import HeldLine

KEPT_HELD = 50
_TOLD = "failed:"
"""What begins a mark that a failed delivery was told to the operators; a reply of theirs takes it away."""


def hear_delivery(
    conversation: Conversation,
    event: MessageDelivered | DeliveryFailed,
    *,
    business: Business,
    now: int,
    said: Message | None = None,
) -> DeskOutcome:
    """A delivery ended. `said` is the message that failed, to be sent again by a press."""
    scene = Scene(conversation, business, now)
    line = room.parse_line_key(event.key)
    if isinstance(event, MessageDelivered):
        if line:
            scene.react(room.DELIVERED, line)
    elif scene.ticket is None:
        scene.decide("desk:no_ticket")
    elif event.channel == room.CHANNEL:
        _not_shown(scene, event)
    elif event.kind != "send":
        _failed(scene, event, f"desk_{event.kind}_failed")
    elif line:
        _line_failed(scene, event, line, said)
    elif conversation.held:
        _failed(scene, event, "desk_not_delivered")
    return scene.outcome()


def hear_reaction(
    conversation: Conversation, event: ReactionChanged, copy: str, *, business: Business, now: int
) -> DeskOutcome:
    """The customer's reaction, on `copy`: what the desk's messenger calls that message. Taken away from an operator's
    line it leaves ours, which tells that the line arrived."""
    scene = Scene(conversation, business, now)
    sent = scene.ticket.sent if scene.ticket is not None else ()
    scene.react(event.emoji or (room.DELIVERED if copy in sent else ""), copy)
    scene.decide("desk:reaction")
    return scene.outcome()


def told_again(noticed: tuple[str, ...]) -> tuple[str, ...]:
    """The notices without those of failed deliveries: an operator spoke, so that a new failure is news."""
    return tuple(notice for notice in noticed if not notice.startswith(_TOLD))


def _line_failed(scene: Scene, event: DeliveryFailed, line_id: str, said: Message | None) -> None:
    """An operator's line did not arrive: it is kept for one more try."""
    ticket = scene.ticket
    assert ticket is not None
    scene.react(room.FAILED, line_id)
    if said is None:
        scene.tell("desk_not_delivered", to=ticket.owner, reason=event.reason)
        return
    held = [one for one in ticket.held_lines if one.id != line_id]
    line = HeldLine(line_id, ticket.owner, said, ticket.owner_name)
    scene.change(held_lines=(*held, line)[-KEPT_HELD:])
    again = room.button(scene.phrase("desk_button_retry"), ticket.number, "retry", line_id)
    scene.tell("desk_not_delivered", (again,), to=ticket.owner, reason=event.reason)
    scene.decide("desk:not_delivered")


def _not_shown(scene: Scene, event: DeliveryFailed) -> None:
    """Something did not reach the operators. A line that tells so and fails too must not start a circle."""
    _failed(scene, event, "desk_not_shown")


def _failed(scene: Scene, event: DeliveryFailed, key: str) -> None:
    if scene.once(f"{_TOLD}{event.channel}{event.reason}"):
        scene.tell(key, reason=event.reason)
