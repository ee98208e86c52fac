"""The three things that the bot may say while a ticket holds the conversation, each once a ticket."""

from bot.desk.promise import promised
from bot.desk.scene import Scene
from bot.model.message import Message, say
from bot.model.text import Text

OFF_HOURS, PLACE, UNREACHABLE = "offline", "place", "unreachable"
JUST_ANSWERED = 30 * 60_000
"""So long after an operator's line nobody is told that nobody is here, ms."""


def say_opening(
    scene: Scene, words: Text | None, offline: Text | None, *, place: int | None, reachable: bool
) -> None:
    """What a customer reads who is handed over: the flow's own words or ours, those for off hours if nobody is here."""
    if not scene.hours.is_open(scene.now):
        scene.once(OFF_HOURS)
        text = offline or Text(promised(scene.business, scene.hours, scene.now))
        scene.say(Message(text=text))
        return
    scene.say(Message(text=words or Text(scene.phrase("desk_called"))))
    if not reachable:
        say_unreachable(scene)
    else:
        _say_place(scene, place)


def say_while_held(scene: Scene, *, place: int | None, reachable: bool) -> None:
    """A customer wrote and waits: whichever notice is due, if it was not given yet."""
    ticket = scene.ticket
    assert ticket is not None
    if not reachable:
        say_unreachable(scene)
    elif not scene.hours.is_open(scene.now):
        answered = ticket.last_operator_at
        silent = not answered or scene.now - answered > JUST_ANSWERED
        if silent and scene.once(OFF_HOURS):
            scene.say(say(promised(scene.business, scene.hours, scene.now)))
    elif ticket.state == "waiting":
        _say_place(scene, place)


def say_unreachable(scene: Scene) -> None:
    """The operators cannot be reached just now."""
    if scene.once(UNREACHABLE):
        scene.say(say(scene.phrase("desk_unreachable")))


def _say_place(scene: Scene, place: int | None) -> None:
    if place is None or not scene.business.place_in_queue or not scene.once(PLACE):
        return
    key = "desk_place" if place else "desk_place_first"
    scene.say(say(scene.phrase(key, before=place)))
