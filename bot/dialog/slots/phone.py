"""Phone numbers, kept in E.164."""

import re

from bot.dialog.filters import phone as shown_phone
from bot.dialog.slots.around import alone
from bot.dialog.slots.base import Asking, Bad, Parameter, Simple, SlotError, TypeDescription, Value
from bot.model.message import Message

_RUN = re.compile(r"[+＋]?\s*\(?\d[\d\s()\-.\u2010-\u2015/]{5,40}\d")


def own_phone(message: Message) -> str | None:
    """The number shared in this message (E.164), if the messenger itself says that it is the sender's."""
    if message.contact is None or not message.contact.own:
        return None
    phone = message.contact.phone
    # Messengers write numbers in full, some of them without the plus.
    return parse_number(phone if phone.startswith("+") else f"+{phone}", "RU")


class PhoneType(Simple, frozen=True):
    """A number as people write it in `region`, or with + and the country's code; a shared contact counts too."""

    region: str = "RU"
    kind: str = "phone"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """The number as `+79123456789`."""
        if message.contact is not None:
            return self._contact(message.contact.phone) or Bad("not_a_phone")
        text = message.text.plain
        if not text:
            return Bad("no_text")
        found = alone(_RUN, text)
        return (self._number(found) if found else None) or Bad("not_a_phone")

    def show(self, value: Value, language: str = "ru") -> str:
        """The number in groups."""
        return shown_phone(value)

    def equal(self, value: Value, written: str) -> bool:
        """The same number, however it is written."""
        return bool(value == written) or value == self._number(str(written))

    def _contact(self, phone: str) -> str | None:
        number = self._number(phone)
        if number is None and not phone.startswith("+"):
            number = self._number("+" + phone)
        return number

    def _number(self, text: str) -> str | None:
        text = text.strip()
        return _quick(text, self.region) or parse_number(text, self.region)


def _quick(text: str, region: str) -> str | None:
    """The mobile numbers of Russia, most of those that there are, without the library: it costs 50 ms to import."""
    plus = text.startswith(("+", "＋"))
    digits = text[1:] if plus else text
    if not digits.isdigit():
        digits = "".join(filter(str.isdigit, text))
    if not plus and region != "RU":
        return None
    if len(digits) == 11 and (digits[0] == "7" or (digits[0] == "8" and not plus)):
        digits = digits[1:]
    elif plus:
        return None
    # Of the codes from 900 to 999 only 930 is not given out as a whole.
    known = len(digits) == 10 and digits[0] == "9" and digits[:3] != "930" and digits.isascii()
    return "+7" + digits if known else None


def parse_number(text: str, region: str) -> str | None:
    """A valid number in E.164 by phonenumbers, or None."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_region(region: str) -> bool:
    import phonenumbers

    return region in phonenumbers.SUPPORTED_REGIONS


def _phone(region: str) -> PhoneType:
    region = region.strip().upper()
    if region != "RU" and not _is_region(region):
        raise SlotError(
            "bad_value", "region", name="region", value=region[:100], expected="RU, KZ, BY …"
        )
    return PhoneType(region)


PHONE = TypeDescription(
    "phone",
    "a phone number, kept as +79123456789",
    "телефон, хранится как +79123456789",
    {
        "region": Parameter(
            "text", "the country of numbers without +", "страна номеров без +", default="RU"
        )
    },
    _phone,
)
