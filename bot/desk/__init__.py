"""The operators' room, pure: a conversation, an event, and what the desk makes of it. It knows no messenger."""

from bot.desk.card import line
from bot.desk.customer import hear_customer
from bot.desk.delivery import hear_delivery, hear_reaction
from bot.desk.general import LISTED, hear_room
from bot.desk.lists import place_of
from bot.desk.media import show_media
from bot.desk.opening import filed, open_ticket
from bot.desk.operators import hear_operator
from bot.desk.outcome import DeskOutcome, Opening
from bot.desk.people import NO_ROOM, Room, present, role_of
from bot.desk.rating import hear_rating
from bot.desk.roll import FOUND
from bot.desk.room import CHANNEL, GENERAL, address, parse_mark, parse_press
from bot.desk.scene import relayed
from bot.desk.texts import TEXTS, phrase
from bot.desk.timers import TIMER, hear_timer
from bot.model.person import Person, Role

__all__ = [
    "CHANNEL",
    "FOUND",
    "GENERAL",
    "LISTED",
    "NO_ROOM",
    "TEXTS",
    "TIMER",
    "DeskOutcome",
    "Opening",
    "Person",
    "Role",
    "Room",
    "address",
    "filed",
    "hear_customer",
    "hear_delivery",
    "hear_operator",
    "hear_rating",
    "hear_reaction",
    "hear_room",
    "hear_timer",
    "line",
    "open_ticket",
    "parse_mark",
    "parse_press",
    "phrase",
    "place_of",
    "present",
    "relayed",
    "role_of",
    "show_media",
]
