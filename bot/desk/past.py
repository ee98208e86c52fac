"""What was said before, shown to operators again."""

from collections.abc import Iterator, Sequence

from bot.desk.act import Act
from bot.desk.card import line, marked_personal, personal_values
from bot.desk.people import Room, may
from bot.desk.scene import Scene
from bot.model.event import Author
from bot.model.message import Message, say
from bot.model.text import cut, masked

SHOWN, MOST = 20, 100
"""So many lines are shown where nobody says how many, and never more than that."""
_LETTERS = 3_500
_LINE = 1_000


def show_history(act: Act) -> None:
    """`/history`, `/history 50`: the newest lines; of a memory that is not at hand those before the handover."""
    scene = act.scene
    wanted = act.argument.strip()
    count = min(int(wanted), MOST) if wanted.isdecimal() and len(wanted) < 9 else SHOWN
    lines = act.room.lines(count) if count else ()
    if lines:
        heading = scene.phrase("desk_last_lines", count=len(lines))
        told = _told(scene, heading, lines)
    elif scene.ticket is not None and scene.ticket.lines:
        told = iter(["\n".join((scene.phrase("desk_history"), *scene.ticket.lines))])
    else:
        scene.tell("desk_no_history", to=act.by.id)
        return
    for words in told:
        scene.tell_message(_for(act, words), act.by.id)


def topic_lost(scene: Scene, room: Room) -> None:
    """The place where operators read this conversation is gone, and a new one stands: a card, and what was said."""
    if scene.ticket is not None:
        scene.show_card()
    lines = room.lines(SHOWN)
    if lines:
        for words in _told(scene, scene.phrase("desk_topic_lost", count=len(lines)), lines):
            scene.tell_message(say(words))
    scene.decide("desk:topic_lost")


def _told(scene: Scene, heading: str, lines: Sequence[tuple[Author, Message]]) -> Iterator[str]:
    """The lines under a heading, as few messages as messengers take."""
    gathered = heading
    for author, said in lines:
        words = cut(line(scene.business, author, said), _LINE)
        if len(gathered) + len(words) > _LETTERS:
            yield gathered
            gathered = words
        else:
            gathered = f"{gathered}\n{words}"
    yield gathered


def _for(act: Act, words: str) -> Message:
    """For a viewer personal values are masked."""
    if may(act.by.role, "operator"):
        return say(words)
    hidden = personal_values(act.scene.customer, act.scene.ticket)
    return say(masked(marked_personal(words, hidden)))
