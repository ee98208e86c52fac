"""While a ticket holds the conversation: what the customer says and does goes to the operators, and nothing else
happens, but for the three notices."""

import msgspec

from bot.desk import limits, room
from bot.desk.acts import wake
from bot.desk.notices import say_while_held
from bot.desk.outcome import DeskOutcome
from bot.desk.scene import Scene
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.event import (
    AttachmentFetched,
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    Event,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
)
from bot.model.message import say
from bot.model.text import Text


def hear_customer(
    conversation: Conversation,
    event: Event,
    *,
    business: Business,
    now: int,
    place: int | None = None,
    reachable: bool = True,
) -> DeskOutcome:
    """Relay. `place` is how many tickets wait before this one, None if not known; `reachable` whether the operators
    can be told just now. The banned are not heard."""
    scene = Scene(conversation, business, now)
    if not conversation.held:
        return scene.outcome(handled=False)
    if conversation.customer.banned:
        return scene.outcome()
    match event:
        case MessageReceived():
            scene.relay(event.message)
            words = event.message.text.plain
            _waits(scene, words, place=place, reachable=reachable)
        case ButtonPressed():
            scene.relay_words("desk_pressed", label=event.label or event.payload)
            _waits(scene, "", place=place, reachable=reachable)
        case _:
            _relay_change(scene, event)
    scene.decide("desk:relayed")
    return scene.outcome()


def _waits(scene: Scene, words: str, *, place: int | None, reachable: bool) -> None:
    assert scene.ticket is not None
    if scene.ticket.state == "snoozed":
        wake(scene)
    limits.customer_waits(scene, words)
    say_while_held(scene, place=place, reachable=reachable)


def _relay_change(scene: Scene, event: Event) -> None:
    match event:
        case MessageEdited():
            words = scene.phrase("desk_customer_edited", text=event.message.text.plain)
            message = msgspec.structs.replace(event.message, text=Text(words))
            scene.relay(message, room.change_key(event.external_id))
        case MessageDeleted():
            message = say(scene.phrase("desk_customer_deleted"))
            scene.relay(message, room.change_key(event.external_id))
        case ReactionChanged(emoji=emoji) if emoji:
            scene.relay_words("desk_customer_reacted", emoji=emoji)
        case CustomerBlocked():
            scene.relay_words("desk_customer_blocked")
        case CustomerUnblocked():
            scene.relay_words("desk_customer_unblocked")
        case AttachmentFetched(problem=problem) if problem:
            scene.relay_words("desk_file_missing", reason=problem)
