"""The letter view: groups of three and four letters inside words. It forgives typos and endings."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.faq.index import unit

_SIZES = (3, 4)


def letter_groups(words: Sequence[str]) -> Counter[str]:
    """Count the letter groups of the words, each word padded with a space on both sides."""
    groups: Counter[str] = Counter()
    for word in words:
        padded = f" {word} "
        if len(padded) < _SIZES[0]:
            groups[padded] += 1
            continue
        for size in _SIZES:
            groups.update(padded[i : i + size] for i in range(len(padded) - size + 1))
    return groups


class Letters:
    """The rarity of the FAQ's letter groups."""

    def __init__(self, documents: Sequence[Mapping[str, int]]) -> None:
        """`documents` are the letter groups of each variant."""
        count = len(documents)
        frequency = Counter(group for document in documents for group in document)
        self._rarity = {
            group: math.log((count + 1) / (n + 1)) + 1 for group, n in frequency.items()
        }

    def vector(self, groups: Mapping[str, int]) -> dict[str, float]:
        """Return the unit vector of a text by its known groups."""
        rarity = self._rarity
        return unit({g: (1 + math.log(n)) * rarity[g] for g, n in groups.items() if g in rarity})
