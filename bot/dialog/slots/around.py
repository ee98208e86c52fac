"""Finding the one value in a short phrase: «мой номер 8 912 345-67-89»."""

import re

_MOST_WORDS = 40


def alone(pattern: re.Pattern[str], text: str) -> str | None:
    """The only match of the pattern, if hardly anything stands around it: no digits, no question, few characters."""
    if len(text) > 300:
        return None
    if pattern.fullmatch(text):
        return text
    found = list(pattern.finditer(text))
    if len(found) != 1:
        return None
    around = (text[: found[0].start()] + text[found[0].end() :]).strip()
    if len(around) > _MOST_WORDS or "?" in around or any(map(str.isdigit, around)):
        return None
    return found[0].group()
