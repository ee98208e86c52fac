"""An operator's line: it goes to the customer only from a ticket that this operator has taken; else it is held back
and the desk asks what it was meant to be."""

from collections.abc import Iterator

import msgspec

from bot.desk import room
from bot.desk.act import Act
from bot.desk.acts import ensure_open, take, take_over
from bot.desk.commands import Note, Reply, typed
from bot.desk.delivery import KEPT_HELD, told_again
from bot.desk.people import Room, may
from bot.desk.scene import Scene
from bot.model.effect import Delete, Edit, React, Send
from bot.model.message import Button, Message
from bot.model.person import Person
from bot.model.text import Text
from bot.model.ticket import HeldLine

KEPT_SENT = 50
_ID_LENGTH = 32
_HOUR = 3_600_000


def offer(
    scene: Scene, by: Person, message: Message, external_id: str, numbers: Iterator[int]
) -> None:
    """Send the line if it may go; otherwise hold it back and ask."""
    if _nothing_to_send(scene, by, message):
        return
    line = HeldLine(external_id, by.id, _clean(message), by.name)
    ticket = scene.ticket
    if ticket is not None and ticket.owner == by.id and ticket.state != "closed":
        _send(scene, line)
        return
    if ticket is None:
        ensure_open(scene, numbers)
    _hold(scene, by, line)
    scene.decide("desk:held_back")


def settle_line(scene: Scene, by: Person, verb: str, line_id: str, numbers: Iterator[int]) -> None:
    """A button under a line that was held back: what is true has changed meanwhile, perhaps, so look again."""
    ticket = scene.ticket
    line = next((one for one in ticket.held_lines if one.id == line_id), None) if ticket else None
    if ticket is None or line is None:
        scene.tell("desk_line_gone", to=by.id)
        return
    if scene.customer.banned:
        scene.tell("desk_banned_line", to=by.id)
        return
    if ticket.state == "closed":
        if verb != "reopen_send":
            _ask(scene, by, line)
            return
        _drop(scene, line.id)
        ensure_open(scene, numbers)
    if _may_go(scene, by, verb):
        _drop(scene, line.id)
        _send(scene, msgspec.structs.replace(line, operator=by.id, operator_name=by.name))
    else:
        _ask(scene, by, line)


def keep_note(scene: Scene, by: Person, message: Message, external_id: str = "") -> None:
    """For operators only: the line is addressed to the desk, so that no road leads it to the customer."""
    if not _carries(message):
        scene.tell("desk_empty_note", to=by.id)
        return
    scene.note(message, by.id, room.note_key(external_id) if external_id else "")
    scene.audit(by.id, "note")
    scene.decide("desk:note")


def held_to_note(scene: Scene, by: Person, line_id: str) -> bool:
    """A line that was held back is a note. False if there is no such line."""
    ticket = scene.ticket
    line = next((one for one in ticket.held_lines if one.id == line_id), None) if ticket else None
    if line is None:
        return False
    _drop(scene, line.id)
    keep_note(scene, by, line.message, "" if line.id.startswith("~") else line.id)
    scene.tell("desk_noted", to=by.id)
    return True


def change_line(scene: Scene, by: Person, external_id: str, message: Message, here: Room) -> None:
    """An operator changed a line. A change that would turn a note into a reply or back never leaves."""
    ticket = scene.ticket
    kind = typed(message.text)
    if ticket is not None and any(line.id == external_id for line in ticket.held_lines):
        _change_held(scene, by, external_id, message)
    elif ticket is not None and external_id in ticket.sent:
        late = _is_past(scene, here.said_at(external_id), scene.abilities.edit_within)
        _change_sent(scene, by, external_id, message, in_place=scene.abilities.edit and not late)
    elif isinstance(kind, Note):
        note = msgspec.structs.replace(_clean(message), text=kind.text)
        scene.effects.append(Edit(note, key=room.note_key(external_id), to=scene.desk))
    else:
        scene.tell("desk_edit_lost", to=by.id)


def delete_line(scene: Scene, by: Person, external_id: str, here: Room) -> None:
    """Take a line back from the customer, where the channel can; without an id, the last one."""
    ticket = scene.ticket
    sent = ticket.sent if ticket is not None else ()
    line = external_id or (sent[-1] if sent else "")
    if not line or line not in sent:
        scene.tell("desk_nothing_to_delete", to=by.id)
    elif not scene.abilities.delete:
        scene.tell("desk_cannot_delete", to=by.id)
    elif _is_past(scene, here.said_at(line), scene.abilities.delete_within):
        hours = scene.abilities.delete_within // _HOUR
        scene.tell("desk_too_late_to_delete", to=by.id, hours=hours)
    else:
        scene.effects.append(Delete(key=room.line_key(line)))
        scene.change(sent=tuple(one for one in sent if one != line))
        scene.audit(by.id, "del")
        scene.tell("desk_deleted", to=by.id)


def react(act: Act) -> None:
    """`<id> <emoji>`: an operator's reaction is put on the customer's message, or on the line that answered it. Only
    whoever has the ticket speaks to the customer, with reactions too."""
    scene = act.scene
    ticket = scene.ticket
    if ticket is None or ticket.owner != act.by.id or ticket.state == "closed":
        return
    if not scene.abilities.reactions:
        if scene.once("no_reactions"):
            scene.tell("desk_no_reactions", to=act.by.id)
        return
    external_id, _, emoji = act.argument.partition(" ")
    message = act.room.meant(external_id)
    if message:
        scene.effects.append(React(emoji.strip(), of=message))
        scene.audit(act.by.id, "react", emoji.strip())


def _is_past(scene: Scene, said_at: int, within: int) -> bool:
    return bool(within and said_at) and scene.now - said_at > within


def _nothing_to_send(scene: Scene, by: Person, message: Message) -> bool:
    if scene.customer.banned:
        scene.tell("desk_banned_line", to=by.id)
    elif not _carries(message):
        scene.tell("desk_empty_line", to=by.id)
    else:
        return False
    return True


def _carries(message: Message) -> bool:
    return bool(
        message.text.plain.strip() or message.attachments or message.location or message.contact
    )


def _clean(message: Message) -> Message:
    return msgspec.structs.replace(message, buttons=())


def _may_go(scene: Scene, by: Person, verb: str) -> bool:
    """Make the ticket theirs, as the button said, if it still can be."""
    ticket = scene.ticket
    assert ticket is not None
    if ticket.owner == by.id:
        return True
    if not ticket.owner:
        scene.audit(by.id, "take")
        return take(scene, by)
    if verb == "over_send":
        scene.audit(by.id, "over")
        return take_over(scene, by)
    return verb == "answer"


def _send(scene: Scene, line: HeldLine) -> None:
    """To the customer. A person has started to speak: from here on the ticket holds the conversation."""
    ticket = scene.ticket
    assert ticket is not None
    own_id = line.id and not line.id.startswith("~")
    key = room.line_key(line.id) if own_id else ""
    said = msgspec.structs.replace(line.message, signed=line.operator_name)
    scene.effects.append(Send(said, author="operator", operator=line.operator, key=key))
    if own_id:
        scene.react(room.QUEUED, line.id)
    words = line.message.text.plain
    begins = not ticket.holds or not ticket.first_reply_at or ticket.state == "snoozed"
    scene.change(
        state="taken",
        holds=ticket.holds or not scene.conversation.held,
        snoozed_until=0,
        first_reply_at=ticket.first_reply_at or scene.now,
        last_operator_at=scene.now,
        waiting_since=0,
        sent=_with(ticket.sent, line.id)[-KEPT_SENT:] if own_id else ticket.sent,
        noticed=told_again(ticket.noticed),
        question="",
        exchange=(ticket.question, words) if ticket.question and words else ticket.exchange,
    )
    scene.audit(line.operator, "reply")
    scene.decide("desk:replied")
    if begins:
        scene.refresh_card()


def _with(sent: tuple[str, ...], line_id: str) -> tuple[str, ...]:
    return (*(one for one in sent if one != line_id), line_id)


def _hold(scene: Scene, by: Person, line: HeldLine) -> None:
    ticket = scene.ticket
    assert ticket is not None
    fits = line.id and line.id.isascii() and len(line.id) <= _ID_LENGTH
    id_ = line.id if fits else f"~{scene.now}-{len(ticket.held_lines)}"
    line = msgspec.structs.replace(line, id=id_)
    others = [one for one in ticket.held_lines if one.id != id_]
    scene.change(held_lines=(*others, line)[-KEPT_HELD:])
    _ask(scene, by, line)


def _ask(scene: Scene, by: Person, line: HeldLine) -> None:
    """Say why the line did not go, and offer what can be done with it as things stand."""
    ticket = scene.ticket
    assert ticket is not None

    def one(verb: str, act: str = "") -> Button:
        label = scene.phrase(f"desk_button_{verb}")
        return room.button(label, ticket.number, act or verb, line.id)

    note = (one("note"),)
    if ticket.state == "closed":
        time = scene.time(ticket.closed_at)
        scene.tell("desk_closed_line", (one("reopen_send"),), note, to=by.id, time=time)
    elif ticket.owner and ticket.owner != by.id:
        time = scene.time(ticket.taken_at)
        over = (one("over_send"),) if may(by.role, "senior") else ()
        scene.tell("desk_foreign_line", (one("answer"), *over), note, to=by.id, time=time)
    else:
        scene.tell("desk_untaken_line", (one("send_take", "send"), *note), to=by.id)


def _drop(scene: Scene, line_id: str) -> None:
    ticket = scene.ticket
    assert ticket is not None
    scene.change(held_lines=tuple(line for line in ticket.held_lines if line.id != line_id))


def _change_held(scene: Scene, by: Person, line_id: str, message: Message) -> None:
    ticket = scene.ticket
    assert ticket is not None
    match typed(message.text):
        case Reply():
            lines = (
                msgspec.structs.replace(line, message=_clean(message))
                if line.id == line_id
                else line
                for line in ticket.held_lines
            )
            scene.change(held_lines=tuple(lines))
        case Note(text):
            _drop(scene, line_id)
            keep_note(scene, by, msgspec.structs.replace(message, text=text), line_id)
        case _:
            _drop(scene, line_id)
            scene.tell("desk_edit_is_command", to=by.id)


def _change_sent(
    scene: Scene, by: Person, line_id: str, message: Message, *, in_place: bool
) -> None:
    """The customer has the line: change it there where the channel can, else say what is right."""
    ticket = scene.ticket
    assert ticket is not None
    kind = typed(message.text)
    if isinstance(kind, Note):
        scene.tell("desk_note_mark_added", to=by.id)
    elif not isinstance(kind, Reply):
        scene.tell("desk_edit_is_command", to=by.id)
    elif ticket.state == "closed":
        scene.tell("desk_edit_closed", to=by.id)
    elif not _nothing_to_send(scene, by, message):
        key = room.line_key(line_id)
        line = _clean(message)
        if in_place:
            scene.effects.append(Edit(line, key=key))
        else:
            words = scene.phrase("desk_correction", text=line.text.plain)
            line = msgspec.structs.replace(line, text=Text(words), signed=by.name)
            scene.effects.append(Send(line, author="operator", operator=by.id, key=key))
            scene.react(room.QUEUED, line_id)
        scene.change(last_operator_at=scene.now)
        scene.audit(by.id, "edit")
