"""Somebody's act on a scene."""

from collections.abc import Iterator

import msgspec

from bot.desk.people import Room
from bot.desk.scene import Scene
from bot.model.person import Person


class Act(msgspec.Struct, frozen=True):
    """What `by` wants of the scene, with the words behind the verb. `pressed`: it was a button, which may be older
    than the ticket's state. `external_id` is the messenger's of the line that it was typed as."""

    scene: Scene
    by: Person
    argument: str
    numbers: Iterator[int]
    room: Room
    external_id: str = ""
    pressed: bool = False
