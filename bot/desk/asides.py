"""What an operator asks for beside the talk: lists to choose from, tags, a ban, who is free, help."""

from collections.abc import Sequence

import msgspec

from bot.desk import acts, room
from bot.desk.card import marked_personal, personal_values
from bot.desk.commands import VERBS, wanted_role
from bot.desk.people import Room, may
from bot.desk.scene import Rows, Scene
from bot.model.effect import Ban, Missed, Tag, Unlink
from bot.model.message import Message, say
from bot.model.person import Person
from bot.model.text import masked

_IN_A_ROW = 2
_PLACE = "#"


def choices(scene: Scene, key: str) -> tuple[str, ...]:
    """A phrase that is a list with commas."""
    return tuple(part.strip() for part in scene.phrase(key).split(",") if part.strip())


def chosen(argument: str, offered: Sequence[str]) -> str:
    """The words meant by a button's argument: `#2` is the second of what was offered, anything else itself."""
    place = argument.removeprefix(_PLACE)
    if not argument.startswith(_PLACE) or not place.isdecimal():
        return argument
    return offered[int(place) - 1] if 0 < int(place) <= len(offered) else ""


def plain(words: str) -> Message:
    """A message of plain text."""
    return say(words)


def list_reasons(scene: Scene, by: Person) -> None:
    """With which reason to close?"""
    if not acts.closed_already(scene, by) and not acts.foreign(scene, by):
        _list(scene, by, "desk_choose_reason", "close", choices(scene, "desk_close_reasons"))


def list_snoozes(scene: Scene, by: Person) -> None:
    """For how long?"""
    if acts.closed_already(scene, by) or acts.foreign(scene, by):
        return
    _list(scene, by, "desk_choose_snooze", "snooze", choices(scene, "desk_snooze_times"))


def list_replies(scene: Scene, by: Person, here: Room) -> None:
    """Which canned answer?"""
    if here.replies:
        _list(scene, by, "desk_choose_reply", "reply", here.replies)
    else:
        scene.tell("desk_no_replies", to=by.id)


def _list(scene: Scene, by: Person, key: str, verb: str, offered: Sequence[str]) -> None:
    # Names may be Cyrillic and long; a payload is 64 bytes of ASCII: the place in the list stands for the name.
    number = scene.ticket.number if scene.ticket else 0
    buttons = [
        room.button(label, number, verb, f"{_PLACE}{place}")
        for place, label in enumerate(offered, start=1)
    ]
    starts = range(0, len(buttons), _IN_A_ROW)
    rows: list[Rows] = [tuple(buttons[at : at + _IN_A_ROW]) for at in starts]
    scene.tell(key, *rows, to=by.id)


def show_tags(scene: Scene, by: Person) -> None:
    """The customer's tags, and how to change them."""
    scene.tell("desk_tags_hint", to=by.id, tags=", ".join(scene.customer.tags) or "-")


def tag(scene: Scene, by: Person, words: str) -> None:
    """`+vip -new`: add and take away. A bare name adds."""
    tags = list(scene.customer.tags)
    for word in words.split():
        name = word.lstrip("+-")
        remove = word.startswith("-")
        if not name or remove != (name in tags):
            continue
        scene.effects.append(Tag(name, remove))
        if remove:
            tags.remove(name)
        else:
            tags.append(name)
    if tuple(tags) == scene.customer.tags:
        show_tags(scene, by)
        return
    scene.know(msgspec.structs.replace(scene.customer, tags=tuple(tags)))
    scene.tell("desk_tagged", to=by.id, tags=", ".join(tags) or "-")
    scene.refresh_card()


def ban(scene: Scene, by: Person) -> None:
    """The customer is not heard and hears nothing; a ticket that held them is closed, nobody asks how it was."""
    scene.effects.append(Ban(banned=True))
    scene.know(msgspec.structs.replace(scene.customer, banned=True))
    if scene.conversation.held:
        acts.end(scene, scene.phrase("desk_button_ban"))
    scene.tell("desk_banned", to=by.id)
    scene.refresh_card()


def unlink(scene: Scene, by: Person) -> None:
    """The customer of this channel is not the one of the others after all. What is known stays with the other one, so
    the card tells of it from the next turn on."""
    if not scene.customer.linked:
        scene.tell("desk_not_linked", to=by.id)
        return
    scene.effects.append(Unlink())
    scene.tell("desk_unlinked", to=by.id)


def unban(scene: Scene, by: Person) -> None:
    """The customer is heard again."""
    scene.effects.append(Ban(banned=False))
    scene.know(msgspec.structs.replace(scene.customer, banned=False))
    scene.tell("desk_unbanned", to=by.id)
    scene.refresh_card()


def keep_for_faq(scene: Scene, by: Person) -> None:
    """The last question that got an answer, and the answer, as a draft for the FAQ; personal values are masked."""
    ticket = scene.ticket
    if ticket is None or not ticket.exchange:
        scene.tell("desk_no_faq_draft", to=by.id)
        return
    hidden = personal_values(scene.customer, ticket)
    question, answer = (masked(marked_personal(words, hidden)) for words in ticket.exchange)
    scene.effects.append(Missed(question, answer=answer))
    scene.tell("desk_faq_kept", to=by.id)


def list_commands(scene: Scene, by: Person) -> None:
    """Every command that this person may give."""
    names = [name for name, verb in VERBS.items() if may(by.role, wanted_role(verb))]
    lines = [f"/{name} - {scene.phrase(f'desk_help_{VERBS[name]}')}" for name in names]
    scene.tell_message(say("\n".join((scene.phrase("desk_help"), *lines))), by.id)
