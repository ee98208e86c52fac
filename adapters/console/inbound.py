"""A line of standard input, as an event. Pure.

`frontdesk run` reads lines like these from a channel of kind `console`: plain text is a message of the one customer
at the keyboard; with `format: json` a line is `{"id": "17", "from": "anna", "text": "…"}` or has `press` (a
button's payload) instead of `text`. `id` recognises repeats, as a messenger's would.
"""

from typing import Annotated

import msgspec

from bot.model.event import ButtonPressed, Event, Incoming, MessageReceived, Sender
from bot.model.message import say

CUSTOMER = "terminal"


Named = Annotated[str, msgspec.Meta(min_length=1)]


class JsonLine(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """One line of the JSON form."""

    id: Named
    text: str = ""
    press: str = ""
    sender: Named = CUSTOMER
    name: str = ""
    at: Annotated[int, msgspec.Meta(ge=0, le=1 << 53)] = 0


_decoder = msgspec.json.Decoder(JsonLine)


def from_text(line: str, external_id: str) -> Incoming:
    """A message of the customer at the keyboard."""
    return Incoming(
        external_id=external_id,
        event=MessageReceived(say(line)),
        address=CUSTOMER,
        message_id=external_id,
    )


def from_json(line: str) -> Incoming:
    """A message or a press of any customer. Raises `msgspec.DecodeError` for a line that is neither."""
    read = _decoder.decode(line)
    event: Event = ButtonPressed(read.press) if read.press else MessageReceived(say(read.text))
    return Incoming(
        external_id=read.id,
        event=event,
        address=read.sender,
        sender=Sender(name=read.name) if read.name else None,
        at=read.at,
        message_id=read.id,
    )
