"""Parameters of slots as YAML holds them (every scalar is text there), read by their kinds."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.dialog.clocks import read_clock
from bot.dialog.dates import Day
from bot.dialog.filters import as_number
from bot.dialog.slots.base import Parameter, ParameterKind, SlotError, TypeDescription

_UNITS = {"": 1, "b": 1, "k": 1_000, "kb": 1_000, "m": 10**6, "mb": 10**6, "g": 10**9, "gb": 10**9}
_SIZE = re.compile(r"(\d{1,12}(?:[.,]\d{1,3})?)\s*([a-z]{0,2})", re.ASCII)
_LETTERS = str.maketrans("кмгб", "kmgb")
_TRUTHS = {"true": True, "yes": True, "on": True, "да": True} | dict.fromkeys(
    ("false", "no", "off", "нет"), False
)


def read(description: TypeDescription, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter of a type, defaults filled in. Raises `SlotError`."""
    for name in given:
        if name not in description.parameters:
            known = sorted(description.parameters)
            raise SlotError("unknown_parameter", name, name=name, known=known)
    values = {}
    for name, parameter in description.parameters.items():
        if given.get(name) is not None:
            values[name] = _read(name, parameter, given[name])
        elif parameter.required:
            raise SlotError("missing", name, name=name)
        else:
            values[name] = parameter.default
    return values


def in_order(least: Any, most: Any, names: tuple[str, str]) -> None:
    """Raise `SlotError` if a lower limit lies above the upper one."""
    if least is not None and most is not None and least > most:
        raise SlotError("bad_order", names[0], least=names[0], most=names[1])


def _read(name: str, parameter: Parameter, given: Any) -> Any:
    try:
        return _READERS[parameter.kind](given)
    except (KeyError, TypeError, ValueError):
        raise SlotError(
            "bad_value", name, name=name, value=str(given)[:100], expected=parameter.kind
        ) from None


def _integer(given: Any) -> int:
    number = _number(given)
    if number != int(number):
        raise ValueError(given)
    return int(number)


def _number(given: Any) -> int | float:
    number = as_number(given)
    if number is None:
        raise ValueError(given)
    return number


def _truth(given: Any) -> bool:
    return given if isinstance(given, bool) else _TRUTHS[str(given).strip().lower()]


def _list(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        return tuple(part.strip() for part in given.split(",") if part.strip())
    if not isinstance(given, list | tuple):
        raise TypeError(given)
    return tuple(str(part) for part in given)


def _options(given: Any) -> dict[str, tuple[str, ...]]:
    """Each key with its label and other spellings: a list of keys, or a mapping to labels, to lists of other
    spellings, or to `text` and `also`."""
    if not given or not isinstance(given, list | tuple | Mapping):
        raise ValueError(given)
    if not isinstance(given, Mapping):
        return {str(key): (str(key),) for key in given}
    return {str(key): _spellings(str(key), option) for key, option in given.items()}


def _spellings(key: str, option: Any) -> tuple[str, ...]:
    if isinstance(option, Mapping):
        return str(option.get("text") or key), *_list(option.get("also") or ())
    return (key, *_list(option)) if isinstance(option, list | tuple) else (str(option or key),)


def _clock(given: Any) -> str:
    clock = read_clock(str(given))
    if clock is None:
        raise ValueError(given)
    return clock


_SMALLEST_FILE = 1_000


def _size(given: Any) -> int:
    found = _SIZE.fullmatch(str(given).strip().lower().translate(_LETTERS))
    if not found or found[2] not in _UNITS:
        raise ValueError(given)
    size = int(float(found[1].replace(",", ".")) * _UNITS[found[2]])
    if size < _SMALLEST_FILE:
        raise ValueError(given)  # bytes are what is left when the unit is forgotten
    return size


_READERS: Mapping[ParameterKind, Callable[[Any], Any]] = {
    "text": str,
    "integer": _integer,
    "number": _number,
    "truth": _truth,
    "list": _list,
    "options": _options,
    "date": lambda given: Day.read(str(given)),
    "time": _clock,
    "size": _size,
    "pattern": str,
}
