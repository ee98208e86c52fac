"""Types of slots: what a customer's answer must be, and the form that is kept."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.dialog.slots.base import (
    REASONS,
    Asking,
    Bad,
    Parameter,
    SlotError,
    SlotType,
    TypeDescription,
    Value,
)
from bot.dialog.slots.choice import CHOICE, YESNO, means_nearly, yes_or_no
from bot.dialog.slots.email import EMAIL
from bot.dialog.slots.file import FILE, content_type
from bot.dialog.slots.number import NUMBER
from bot.dialog.slots.parameters import read
from bot.dialog.slots.phone import PHONE, own_phone
from bot.dialog.slots.when import DATE, TIME
from bot.dialog.slots.words import REGEX, TEXT

__all__ = [
    "REASONS",
    "TYPES",
    "Asking",
    "Bad",
    "Parameter",
    "SlotError",
    "SlotType",
    "TypeDescription",
    "Value",
    "build",
    "content_type",
    "means_nearly",
    "own_phone",
    "register",
    "yes_or_no",
]

_BUILT_IN = (TEXT, PHONE, EMAIL, DATE, TIME, NUMBER, CHOICE, YESNO, REGEX, FILE)
_types: dict[str, TypeDescription] = {description.name: description for description in _BUILT_IN}
TYPES: Mapping[str, TypeDescription] = MappingProxyType(_types)
"""Every type by its name, the owner's own too."""


def build(type: str, parameters: Mapping[str, Any]) -> SlotType:
    """A type with its parameters as they stand in YAML. Raises `SlotError`."""
    description = TYPES.get(type)
    if description is None:
        raise SlotError("unknown_type", "type", name=type, known=sorted(TYPES))
    return description.make(**read(description, parameters))


def register(name: str, factory: Callable[..., SlotType] | TypeDescription) -> None:
    """Add a type of the owner's own, or replace one that was added before.

    `factory` is a `TypeDescription`, or a callable that makes a type and takes no parameters.
    Raises `ValueError` for the name of a built-in type.
    """
    if any(name == description.name for description in _BUILT_IN):
        raise ValueError(f"{name}: the name of a built-in slot type")
    if not isinstance(factory, TypeDescription):
        about = (factory.__doc__ or name).strip().splitlines()[0]
        factory = TypeDescription(name, about, about, {}, factory)
    _types[name] = factory
