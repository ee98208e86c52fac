"""Bodies as JSON: the encoder and the typed decoders, built once."""

import sqlite3
from typing import Any

import msgspec

from bot.model.customer import Customer
from bot.model.dialog import Dialog
from bot.model.event import Event
from bot.model.message import Attachment, Message
from bot.model.person import Person
from bot.model.ticket import Ticket
from bot.model.turn import Decision

encode = msgspec.json.Encoder().encode

decode_customer = msgspec.json.Decoder(Customer).decode
decode_dialog = msgspec.json.Decoder(Dialog).decode
decode_event = msgspec.json.Decoder(Event).decode
decode_message = msgspec.json.Decoder(Message).decode
decode_attachment = msgspec.json.Decoder(Attachment).decode
decode_person = msgspec.json.Decoder(Person).decode
decode_ticket = msgspec.json.Decoder(Ticket).decode
decode_trace = msgspec.json.Decoder(tuple[Decision, ...]).decode
decode_request = msgspec.json.Decoder(dict[str, Any]).decode

EMPTY_DIALOG = encode(Dialog())
EMPTY_MESSAGE = encode(Message())

Body = bytes | bytearray
# Of a value that is no int, float, str or bytearray, `sqlite3` asks the type how it wants to be adapted, and for want of
# an answer raises and drops an AttributeError, each time. So bodies get an adapter; rows in bulk hold no bool or None, and
# their bodies are bytearrays, of which nothing needs to be asked.
sqlite3.register_adapter(bytes, bytearray)
