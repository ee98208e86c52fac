"""Numbers: digits with comma or point, spaces between thousands, and what people say beside them."""

import re

from bot.dialog.slots.base import Asking, Bad, Parameter, Simple, TypeDescription, Value
from bot.dialog.slots.parameters import in_order
from bot.model.message import Message

_SPACE = "[\\s'’\u2019]"
_CURRENCY = re.compile(r"\s*(?:₽|руб(?:лей|ля|ль)?\.?|р\.?|\$|€|₸|₴)\Z", re.IGNORECASE)
_GROUPS = rf"\d{{1,3}}(?:{_SPACE}\d{{3}})+|\d{{1,15}}"
_PLAIN = re.compile(rf"([+-]?)({_GROUPS})(?:([.,])(\d{{1,15}}))?\Z")
_BOTH = re.compile(r"([+-]?)(\d{1,3}(?:([.,])\d{3})+)(?:(?!\3)[.,](\d{1,15}))?\Z")

_BEFORE = re.compile(
    r"(?:№\s*|[$€₽₸₴]\s*|(?:мне|нам|ему|ей|нас|(?:номер )?(?:заказа?|заявк[аи]|договора?|квитанци[яи]|чека?)|номер|около|примерно|приблизительно|где-то|порядка|максимум|минимум"
    r"|до|не (?:больше|более|дороже)|about|around|up to|at most|number)\s+)+",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"([+−–-]?\d[\d\s'’\u2019.,]*?)"
    r"(?:\s*(тысяч[аиу]?|тыс|т\.? ?р|к|k|thousand|миллион(?:а|ов)?|млн|million)\b\.?)?"
    r"(?:\s*(₽|\$|€|₸|₴|(?:руб|р|тг|шт|штук|чел|лет|год|года|кг)\b\.?)|\s+([^\W\d_]{1,20})\.?)?\Z",
    re.IGNORECASE,
)
_NO_UNIT = re.compile(
    r"(?:и|или|либо|да|но|не|нет|ли|or|and|not|no|утра|вечера|ночи|числа|am|pm|вопрос\w*|question\w*"
    r"|(?:январ|феврал|март|апрел|июн|июл|август|сентябр|октябр|ноябр|декабр)\w*|мая)\Z",
    re.IGNORECASE,
)
"""What makes of a number beside it a day, an hour or the half of something else."""


def said_number(text: str, language: str = "ru") -> int | float | None:
    """The number that somebody answers: as `read_number` takes it, and «мне 25 лет», «около 5000», «5 тыс. руб.»,
    «3 человека»: one number, at most one word behind it that says of what."""
    text = text.strip()[:60].rstrip(" !.,)")
    plain = read_number(text, language)
    if plain is not None:
        return plain
    begins = _BEFORE.match(text)
    said = _SAID.match(text, begins.end() if begins else 0)
    if said is None or (said[4] and _NO_UNIT.match(said[4])):
        return None
    number = read_number(said[1], language)
    return None if number is None else _times(number, (said[2] or "").lower())


def _times(number: float, word: str) -> int | float:
    whole = number * (1 if not word else 1_000_000 if word[0] == "м" or word == "million" else 1000)
    return int(whole) if whole == int(whole) else whole


def read_number(text: str, language: str = "ru") -> int | float | None:
    """The number that a text is. A lone comma before three digits is a decimal one in Russian (`1,500` is 1.5) and
    parts thousands in English."""
    text = _CURRENCY.sub("", text.strip()[:60]).replace("−", "-").replace("–", "-")
    plain = _PLAIN.match(text)
    if plain and not (language == "en" and plain[3] == "," and len(plain[4]) == 3):
        whole, fraction = re.sub(_SPACE, "", plain[2]), plain[4] or ""
    else:
        plain = _BOTH.match(text)
        if not plain:
            return None
        whole, fraction = re.sub("[.,]", "", plain[2]), plain[4] or ""
    if len(whole) > 15:
        return None
    sign = -1 if plain[1] == "-" else 1
    if not fraction.strip("0"):
        return sign * int(whole)
    return sign * float(f"{int(whole)}.{fraction}")


class NumberType(Simple, frozen=True):
    """A number; `integer` refuses fractions."""

    integer: bool = False
    min: float | None = None
    max: float | None = None
    kind: str = "number"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """An int, or a float where there is a fraction."""
        text = message.text.plain
        if not text:
            return Bad("no_text")
        number = said_number(text, asking.language) if len(text) < 100 else None
        if number is None:
            return Bad("not_a_number")
        if self.integer and isinstance(number, float):
            return Bad("not_whole", limits=True)
        if self.min is not None and number < self.min:
            return Bad("too_small", limits=True)
        if self.max is not None and number > self.max:
            return Bad("too_big", limits=True)
        return number

    def equal(self, value: Value, written: object) -> bool:
        """The same number, however it is written."""
        return bool(value == written) or value == read_number(str(written))


def _number(integer: bool, min: float | None, max: float | None) -> NumberType:
    in_order(min, max, ("min", "max"))
    return NumberType(integer, min, max)


NUMBER = TypeDescription(
    "number",
    "a number in digits",
    "число цифрами",
    {
        "integer": Parameter("truth", "only whole numbers", "только целые", default=False),
        "min": Parameter("number", "the smallest", "наименьшее"),
        "max": Parameter("number", "the biggest", "наибольшее"),
    },
    _number,
)
