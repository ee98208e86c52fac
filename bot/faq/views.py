"""Views of a text beside its words: letters, neighbouring words, meanings."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.faq.language import Synonyms
from bot.faq.vector import unit


def letter_groups(words: Iterable[str]) -> Counter[str]:
    """Count the groups of three letters in the words, each padded with a space on both sides.

    They forgive typos and endings.
    """
    groups: Counter[str] = Counter()
    for word in words:
        padded = f" {word} "
        groups.update(padded[i : i + 3] for i in range(len(padded) - 2))
    return groups


def word_pairs(stems: Sequence[str]) -> Counter[str]:
    """Count neighbours, the edges of the text included: what stands first often is the question."""
    edged = ["^", *stems, "$"]
    return Counter(f"{a} {b}" for a, b in itertools.pairwise(edged))


def meanings(stems: Iterable[str], synonyms: Synonyms) -> Counter[str]:
    """Count the synonym groups that the words belong to."""
    return Counter(str(group) for stem in stems for group in synonyms.get(stem, ()))


class View:
    """The rarity of one kind of feature among the FAQ's variants."""

    def __init__(self, documents: Sequence[Mapping[str, int]]) -> None:
        """`documents` are the counted features of each variant."""
        count = len(documents)
        frequency = Counter(feature for document in documents for feature in document)
        self._rarity = {
            feature: math.log((count + 1) / (n + 1)) + 1 for feature, n in frequency.items()
        }

    def vector(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Return the unit vector of a text by those of its features that the FAQ has."""
        rarity = self._rarity
        return unit({f: (1 + math.log(n)) * rarity[f] for f, n in counts.items() if f in rarity})
