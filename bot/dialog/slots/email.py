"""Mail addresses."""

import re

from bot.dialog.slots.around import alone
from bot.dialog.slots.base import Asking, Bad, Simple, TypeDescription, Value
from bot.dialog.slots.words import controls
from bot.model.message import Message

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,253}")


class EmailType(Simple, frozen=True):
    """An address by its syntax, international domains too; nobody is asked whether it exists."""

    kind: str = "email"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """The address in its normal form: the domain in lower case."""
        text = message.text.plain
        if not text:
            return Bad("no_text")
        found = None if controls(text) else alone(_ADDRESS, text)
        return _normal(found.rstrip(".!")) or Bad("not_an_email") if found else Bad("not_an_email")


def _normal(address: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(address, check_deliverability=False).normalized
    except (EmailNotValidError, ValueError):
        return None


EMAIL = TypeDescription("email", "a mail address", "адрес электронной почты", {}, EmailType)
