"""From any text to plain words: normalising, splitting, stemming.

Hostile input is met here: only the first `LIMIT` characters are read, and every step is linear.
"""

import functools
import re
import unicodedata

import Stemmer

from bot.faq import english

LIMIT = 4096
"""Characters of a text that are read: Telegram's and VK's longest message."""

# Stacked accents ("zalgo"): sorting them makes NFKC quadratic, and no language stacks three.
_STACKED_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,}"
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile("[а-я]")
_LATIN = re.compile("[a-z]")

_QUESTION_WORDS = """
    как какой какая какое какие каков какова каковы каким какую что чего чему чем кто кого кому кем
    где куда откуда когда зачем почему отчего сколько чей чья чье чьи ли можно нужно есть
    what which who whom whose where when why how is are am was were do does did can could will would
    should shall may have has
    """.split()  # noqa: SIM905 - words read better than quotes
_RUSSIAN = Stemmer.Stemmer("russian")
_ENGLISH = Stemmer.Stemmer("english")
_IRREGULAR = {
    form: word
    for line in english.IRREGULAR.strip().split("\n")
    for word, _, forms in (entry.partition("=") for entry in line.split("|"))
    for form in forms.split()
}


def fold(text: str) -> str:
    """Bring spellings of the same text together, keeping punctuation.

    Unicode compatibility forms, case, ё/е, apostrophes inside words, letters held down ("heeelp")
    and invisible characters make no difference afterwards.
    """
    text = text[:LIMIT]
    if text.isascii():
        text = text.casefold()
        apostrophe = "'" in text
    else:
        text = unicodedata.normalize("NFKC", _STACKED_MARKS.sub("", text))[:LIMIT]
        text = _INVISIBLE.sub("", text).casefold().replace("ё", "е")
        apostrophe = "'" in text or "’" in text or "ʼ" in text
    if apostrophe:
        text = _APOSTROPHE.sub("", text)
    # Hardly any text has some, and to replace nothing costs more than to look.
    return _REPEATED.sub(r"\1", text) if _REPEATED.search(text) else text


def normalise(text: str) -> str:
    """Return the words of `text`, folded, with one space between them; "" if it has none.

    Two texts that a person would call the same compare equal: "✅ Всё верно!" and "все верно".
    """
    return " ".join(_WORD.findall(fold(text)))


def words(text: str) -> list[str]:
    """Return the folded words of `text` in order; punctuation and emoji are gone."""
    return _WORD.findall(fold(text))


def is_cyrillic(word: str) -> bool:
    """Tell whether a folded word has a Russian letter."""
    return _CYRILLIC.search(word) is not None


def is_latin(word: str) -> bool:
    """Tell whether a folded word has an English letter."""
    return _LATIN.search(word) is not None


@functools.lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return the Snowball stem of a folded word, by its script: Russian or English.

    Irregular English forms have the stem of their word: "paid" that of "pay".
    """
    stemmer = _RUSSIAN if is_cyrillic(word) else _ENGLISH
    return str(stemmer.stemWord(_IRREGULAR.get(word, word)))


def looks_like_question(text: str) -> bool:
    """Tell whether `text` ends with a question mark or starts with a question word (ru, en)."""
    folded = fold(text)
    found = _WORD.findall(folded)
    if not found:
        return "?" in folded
    ending = folded[folded.rindex(found[-1]) + len(found[-1]) :]
    return "?" in ending or found[0] in _QUESTION_WORDS
