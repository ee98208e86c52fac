"""Words typed with the wrong keyboard layout, or Russian in Latin letters, put right.

The FAQ itself is the judge: another reading wins only if it covers clearly more of the letter
triples that the FAQ's own words are made of.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.faq.language import COMMON, LONGEST_WORD
from bot.faq.question import Repair
from bot.faq.words import fold, is_cyrillic, is_latin, stem, words

_KEYS_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_KEYS_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_CYRILLIC = str.maketrans(_KEYS_LATIN, _KEYS_CYRILLIC.replace("ё", "е"))
_TO_LATIN = str.maketrans(_KEYS_CYRILLIC, _KEYS_LATIN)
_LOOKALIKES = str.maketrans("aceopxykmtbh", "асеорхукмтвн")

# Longest first; the spellings that people use, not one standard's.
_SOUNDS = {
    "shch": "щ", "sch": "щ", "yo": "е", "jo": "е", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч",
    "sh": "ш", "yu": "ю", "ju": "ю", "iu": "ю", "ya": "я", "ja": "я", "ia": "я", "ye": "е",
    "a": "а", "b": "б", "v": "в", "g": "г", "d": "д", "e": "е", "z": "з", "i": "и", "j": "й",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т",
    "u": "у", "f": "ф", "h": "х", "c": "ц", "w": "в", "x": "х", "q": "к", "'": "ь", "4": "ч",
    "6": "ш",
}  # fmt: skip
_EDGES = '.,!?;:()"«»-'
_MARGIN = 0.3
_ONE_SLIP = 5
_TWO_SLIPS = 9
_CACHED = 20_000


def _spell_in_cyrillic(word: str) -> str:
    letters: list[str] = []
    at = 0
    while at < len(word):
        size, letter = _sound_at(word, at, letters[-1] if letters else "")
        letters.append(letter)
        at += size
    return "".join(letters)


def _sound_at(word: str, at: int, before: str) -> tuple[int, str]:
    for size in (4, 3, 2, 1):
        letter = _SOUNDS.get(word[at : at + size])
        if letter is not None and at + size <= len(word):
            return size, letter
    if word[at] == "y":
        return 1, "й" if at + 1 == len(word) or before in tuple("аоуыэеи") else "ы"
    return 1, word[at]


def _triples(word: str) -> set[str]:
    padded = f"_{word}_"
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


class Speller:
    """Knows the FAQ's words, and reads a customer's text by them."""

    def __init__(self, known: Iterable[str]) -> None:
        """`known` are the folded words of the FAQ."""
        self._known = frozenset(known)
        self._stems = frozenset(map(stem, self._known))
        self._words = sorted(self._known, key=lambda word: (len(word), word))
        self._slips: dict[str, str] = {}
        self._triples = {triple for word in self._known for triple in _triples(word)}
        self._has_cyrillic = any(map(is_cyrillic, self._known))
        self._has_latin = any(map(is_latin, self._known))

    def repair(self, text: str) -> tuple[str, tuple[Repair, ...]]:
        """Return the folded text with words read as meant, and what was changed."""
        read: list[str] = []
        repairs: list[Repair] = []
        for typed in fold(text).split():
            best = self._read(typed)
            read.append(best)
            if best != typed:
                repairs.append(Repair(typed, best))
        return " ".join(read), tuple(repairs)

    def _read(self, typed: str) -> str:
        core = typed.strip(_EDGES)
        if not core or core.isdigit() or core in self._known:
            return typed
        best = max(self._readings(typed, core), key=self._coverage, default=typed)
        if self._coverage(best) <= self._coverage(core) + _MARGIN:
            best = typed
        return self._spelled(best)

    def _spelled(self, word: str) -> str:
        """Return the only known word that is a slip of the finger away, or `word`."""
        if len(word) > LONGEST_WORD:
            return word
        found = self._slips.get(word)
        if found is None:
            found = self._nearest(word)
            if len(self._slips) < _CACHED:
                self._slips[word] = found
        return found

    def _nearest(self, word: str) -> str:
        core = word.strip(_EDGES)
        slips = 2 if len(core) >= _TWO_SLIPS else 1
        root = stem(core)
        if len(core) < _ONE_SLIP or core in self._known or root in COMMON:
            return word
        first = bisect_left(self._words, len(core) - slips, key=len)
        last = bisect_right(self._words, len(core) + slips, key=len)
        near = process.extract(
            core, self._words[first:last], scorer=OSA.distance, score_cutoff=slips, limit=2
        )
        # Two words equally near: nobody knows which one was meant.
        if not near or (len(near) == 2 and near[0][1] == near[1][1]):
            return word
        # Another form of a known word is no slip: "activation" is not "reactivation".
        is_form = root in self._stems and stem(near[0][0]) != root
        return word if is_form else near[0][0]

    def _readings(self, typed: str, core: str) -> list[str]:
        cyrillic, latin = is_cyrillic(core), is_latin(core)
        if cyrillic and latin:
            return [core.translate(_LOOKALIKES)]
        # On the Russian layout some letters share keys with punctuation: both readings are tried.
        if (latin or not cyrillic) and self._has_cyrillic:
            layouts = [typed.translate(_TO_CYRILLIC), core.translate(_TO_CYRILLIC)]
            return [*layouts, _spell_in_cyrillic(core)] if latin else layouts
        if cyrillic and self._has_latin:
            return [typed.translate(_TO_LATIN), core.translate(_TO_LATIN)]
        return []

    def _coverage(self, word: str) -> float:
        """Share of the word's letter triples that the FAQ's words have, 0..1."""
        triples = _triples("".join(words(word)))
        return sum(triple in self._triples for triple in triples) / max(len(triples), 1)
