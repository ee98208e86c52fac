"""What every slot type is: a check of what the customer sent, and the form that is kept."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import msgspec

from bot.model.message import Message

Value = Any
"""What JSON can hold: text, number, truth, a mapping."""


class Asking(msgspec.Struct, frozen=True, gc=False):
    """What a type may need beside the message: the moment in ms, the business's time zone and language."""

    now: int
    timezone: str = "UTC"
    language: str = "ru"


class Bad(msgspec.Struct, frozen=True, gc=False):
    """It is not such a value. `reason` is one of `REASONS`; `limits`: it is one, but outside of its limits."""

    reason: str
    limits: bool = False


REASONS: Mapping[str, str] = {
    "no_text": "there is no text in the message",
    "only_voice": "a voice message where words are asked for",
    "only_file": "a file without words where words are asked for",
    "too_short": "shorter than `min`",
    "too_long": "longer than `max`",
    "control_characters": "characters that cannot be seen and change others",
    "not_a_phone": "no phone number",
    "not_an_email": "no mail address",
    "not_a_date": "no date",
    "not_a_time": "no time of day",
    "with_a_day": "a day beside the time",
    "not_a_number": "no number",
    "not_whole": "not a whole number",
    "too_small": "below `min` or before `from`",
    "too_big": "above `max` or after `to`",
    "not_a_choice": "none of the options",
    "not_yes_or_no": "neither yes nor no",
    "no_match": "does not match the pattern",
    "no_file": "there is no file in the message",
    "wrong_kind": "a file of another kind",
    "file_too_big": "bigger than `max_size`",
}
"""Why a message was no value, for traces. The owner's own types may give others."""


class SlotError(Exception):
    """A slot is declared wrongly. `parameter` is the one at fault ("" for the type itself).

    `key` and its `arguments`: `unknown_type` (name, known), `unknown_parameter` (name, known), `missing` (name),
    `bad_value` (name, value, expected), `bad_order` (least, most).
    """

    def __init__(self, key: str, parameter: str = "", **arguments: Any) -> None:
        super().__init__(f"{key} {parameter} {arguments}")
        self.key = key
        self.parameter = parameter
        self.arguments = arguments


class SlotType(Protocol):
    """One kind of answer, with its parameters. `strict`: hardly any other text is taken for such a value."""

    @property
    def kind(self) -> str:
        """Its name in YAML."""

    @property
    def strict(self) -> bool:
        """Whether a text that parses is meant as the value, even where the FAQ could answer it."""

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """The value in the form that is kept, or why it is none. Never raises."""

    def show(self, value: Value, language: str = "ru") -> str:
        """The value for people: cards, exports, exams."""

    def equal(self, value: Value, written: Any) -> bool:
        """Whether a kept value is the one that somebody wrote down, in any form that a customer may use."""


ParameterKind = Literal[
    "text", "integer", "number", "truth", "list", "options", "date", "time", "size", "pattern"
]


class Parameter(msgspec.Struct, frozen=True):
    """One key beside `type:`. `about` says what it does, in English and Russian."""

    kind: ParameterKind
    about: str
    about_ru: str
    required: bool = False
    default: Any = None


class TypeDescription(msgspec.Struct, frozen=True):
    """A type for the checker, the docs and the schemas. `make` gets the parameters, read by their kinds."""

    name: str
    about: str
    about_ru: str
    parameters: Mapping[str, Parameter]
    make: Callable[..., SlotType]
    strict: bool = True


class Simple(msgspec.Struct, frozen=True):
    """What types without a form of their own for people share."""

    def show(self, value: Value, language: str = "ru") -> str:
        """The value as it is kept."""
        return "" if value is None else str(value)

    def equal(self, value: Value, written: Any) -> bool:
        """The same, or the same as text."""
        return bool(value == written) or self.show(value) == str(written)
