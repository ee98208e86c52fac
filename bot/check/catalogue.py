"""The catalogue of mistakes: `catalogue.yaml` beside this file, read when the first sentence is wanted.

Each code has `ru` and `en`, each with a `sentence`, a `cure` and `more`, and beside them a `bad` and a `good` example.
A sentence or cure may be a list: the first one counts whose `{names}` all have a value that is not empty.
"""

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml

_PATH = Path(__file__).with_name("catalogue.yaml")
_NAME = re.compile(r"\{(\w+)\}")


@functools.cache
def _read() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read: dict[str, Any] = yaml.load(_PATH.read_bytes(), Loader=loader)  # noqa: S506 - a safe one
    return read


def codes() -> dict[str, dict[str, Any]]:
    """Every code with its entry, in the catalogue's order."""
    entries: dict[str, dict[str, Any]] = _read()["codes"]
    return entries


def word(key: str, language: str) -> str:
    """A word of the checker's own vocabulary, such as the name of a kind of value."""
    said: str = _read()["words"][key][language]
    return said


def has_word(key: str) -> bool:
    """Whether the vocabulary has a word."""
    return key in _read()["words"]


def say(
    code: str, part: Literal["sentence", "cure", "more"], language: str, values: Mapping[str, str]
) -> str:
    """A part of an entry with its `{names}` filled in."""
    written = codes()[code][language][part]
    for template in written if isinstance(written, list) else [written]:
        if all(values.get(name) for name in _NAME.findall(template)):
            return _NAME.sub(lambda found: values[found[1]], template).strip()
    return _NAME.sub(lambda found: values.get(found[1], ""), template).strip()
