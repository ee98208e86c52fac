"""Reading a letter in a test, without the process around it."""

from typing import Any

from adapters.email.letter import Letter, Reading
from adapters.email.mime import read_letter

OWN = "help@example.ru"
SERVER = "mx.example.ru"


def read(raw: bytes, **more: Any) -> Letter:
    """The letter as the channel would see it."""
    return read_letter(Reading(raw, own=(OWN,), trusted=(SERVER,), **more))
