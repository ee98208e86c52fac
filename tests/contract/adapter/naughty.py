"""Texts that break programs: a sample of the list in tests/data/naughty, every tenth, and some of our own."""

import json
from pathlib import Path

_ALL = json.loads((Path(__file__).parents[2] / "data/naughty/blns.json").read_text("utf-8"))
_OWN = [
    "<b>жирно</b> *звёзды* _низ_ `код` [ссылка](http://evil.example)",
    "{{ config }} {% raw %} ${HOME} %s {0}",
    "'; DROP TABLE inbox; --",
    "/start@nobody ../../etc/passwd\\n",
]


def _visible(text: str) -> bool:
    """Messengers take the blanks off both ends, and no message that is nothing else."""
    return bool(text) and text == text.strip() and "\x00" not in text


EVERY = [text for text in (*_ALL, *_OWN) if _visible(text)]
NAUGHTY = [text for text in (*_ALL[::10], *_OWN) if _visible(text)]
