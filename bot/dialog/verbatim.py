"""A text that somebody typed, as the source of a text that says the same."""

import re

from bot.dialog.syntax import TemplateError
from bot.dialog.templates import compile_text
from bot.model.text import Text

_SIGNS = re.compile(r"[\\*_`\[\]]|(?<=\])\(")
_BRACES = re.compile(r"\{[{%#]")
_BULLET = re.compile(r"(?m)^([ \t]*)- ")


def verbatim(text: str) -> str:
    """A source that reads as `text` itself, whatever signs of templates and markup are in it; bullets are bullets."""
    try:
        if compile_text(text).render({}) == Text(_BULLET.sub(r"\1• ", text)):
            return text
    except TemplateError:
        pass
    escaped = _SIGNS.sub(r"\\\g<0>", text)
    return _BRACES.sub(lambda found: "{{ '" + found.group() + "' }}", escaped)
