"""Did you mean …?"""

from collections.abc import Iterable

_LOOKALIKES = str.maketrans("авекмнорстухёіАВЕКМНОРСТУХ", "abekmhopctyxeiABEKMHOPCTYX")
_TO_LATIN = str.maketrans("аеорсухіАВЕКМНОРСТУХ", "aeopcyxiABEKMHOPCTYX")
_TO_CYRILLIC = str.maketrans("aeopcyxABEKMHOPCTYX", "аеорсухАВЕКМНОРСТУХ")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was most likely meant, or ""."""
    from rapidfuzz.distance import OSA

    plain = _plain(word)
    best, fewest = "", 1 + max(1, len(word) // 3)
    for candidate in known:
        edits = OSA.distance(plain, _plain(candidate), score_cutoff=fewest)
        if edits < fewest and edits < len(candidate):
            best, fewest = candidate, edits
    return best


def _plain(word: str) -> str:
    return word.translate(_LOOKALIKES).casefold().replace("-", "_").replace(" ", "_")


def mixed_letters(word: str) -> str:
    """The letters of the rarer script in a word that mixes Latin and Cyrillic inside one part; "" where none do."""
    for part in word.replace("-", "_").replace(" ", "_").split("_"):
        latin = [sign for sign in part if "a" <= sign.lower() <= "z"]
        cyrillic = [sign for sign in part if "а" <= sign.lower() <= "я" or sign in "ёЁ"]
        if latin and cyrillic:
            return "".join(latin if len(latin) <= len(cyrillic) else cyrillic)
    return ""


def in_one_script(word: str) -> str:
    """The word with the letters of its rarer script replaced by those that look the same; "" if any has none."""
    latin = sum("a" <= sign.lower() <= "z" for sign in word)
    cyrillic = sum("а" <= sign.lower() <= "я" for sign in word)
    table = _TO_CYRILLIC if cyrillic >= latin else _TO_LATIN
    changed = word.translate(table)
    return "" if mixed_letters(changed) else changed
