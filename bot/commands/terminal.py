"""What commands share: data goes to stdout, all else to stderr; sentences in Russian or English."""

import locale
import os
import re
import sys
from typing import Any, Literal

Language = Literal["ru", "en"]

FINE, FAILED, MISUSED, TEMPORARY = 0, 1, 2, 75
"""Exit codes; 75 is EX_TEMPFAIL: a supervisor may start the program again."""


class Speech:
    """Picks the wording: the configuration's language once it is known, before that the locale's."""

    def __init__(self) -> None:
        self.language: Language = locale_language()

    def __call__(self, ru: str, en: str) -> str:
        return ru if self.language == "ru" else en


def locale_language() -> Language:
    """Russian where the environment says so, else English."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    first = next((value for value in named if value), "") or (locale.getlocale()[0] or "")
    return "ru" if first.casefold().startswith("ru") else "en"


speak = Speech()


def out(text: str) -> None:
    """Data."""
    sys.stdout.write(text + "\n")


def out_json(value: Any) -> None:
    """Data for a program: one line."""
    import msgspec

    out(msgspec.json.encode(value).decode())


_MOVING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def quoted(text: str) -> str:
    """What somebody else wrote, for a terminal: without characters that would colour it, move about in it or command it."""
    return _MOVING.sub("", text)


def note(text: str) -> None:
    """Everything that is not data."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def coloured() -> bool:
    """Whether a person with a colour terminal looks at stdout."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
