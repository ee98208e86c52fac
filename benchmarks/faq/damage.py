"""Queries as hurried people type them. Everything is drawn from a seeded generator."""

from collections.abc import Callable
from random import Random

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_NEXT_KEYS = {
    key: row[max(place - 1, 0) : place] + row[place + 1 : place + 2]
    for row in _ROWS
    for place, key in enumerate(row)
}
_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_SPELLINGS = "a b v g d e yo zh z i y k l m n o p r s t u f h ts ch sh sch - y - e yu ya"
_SOUNDS = {
    letter: spelling.strip("-")
    for letter, spelling in zip(_LETTERS, _SPELLINGS.split(), strict=True)
}


def typos(text: str, random: Random) -> str:
    """Return the text with two slips: a wrong key, a letter lost, doubled or swapped."""
    for _ in range(2):
        places = [i for i, letter in enumerate(text) if letter.lower() in _NEXT_KEYS]
        if len(places) > 2:
            text = _slip(text, random.choice(places), random)
    return text


def _slip(text: str, at: int, random: Random) -> str:
    before, letter, after = text[:at], text[at], text[at + 1 :]
    neighbour = random.choice(_NEXT_KEYS[letter.lower()])
    swapped = after[:1] + letter + after[1:]
    return before + random.choice([neighbour + after, after, letter + neighbour + after, swapped])


def wrong_layout(text: str, _: Random) -> str:
    """Return the text typed with the other keyboard layout on."""
    lower = text.lower()
    is_russian = any("а" <= letter <= "я" for letter in lower)
    if is_russian:
        return lower.translate(_TO_LATIN)
    return "".join(c.translate(_TO_CYRILLIC) if c.isalpha() else c for c in lower)


def latin_letters(text: str, _: Random) -> str:
    """Return Russian text in Latin letters."""
    return "".join(_SOUNDS.get(letter, letter) for letter in text.lower())


def bare(text: str, _: Random) -> str:
    """Return the text in small letters without punctuation."""
    return "".join(c for c in text.lower() if c.isalnum() or c.isspace())


DAMAGES: dict[str, Callable[[str, Random], str]] = {
    "no punctuation": bare,
    "two typos": typos,
    "wrong layout": wrong_layout,
    "Latin letters": latin_letters,
}
