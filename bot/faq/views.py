"""Views of a text beside its words: letters, neighbouring words, meanings."""

import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise

from bot.faq.language import Synonyms


@functools.lru_cache(maxsize=16384)
def _groups_of(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[i : i + 3] for i in range(len(padded) - 2))


def letter_groups(words: Iterable[str]) -> Counter[str]:
    """Count the groups of three letters in the words, each padded with a space on both sides.

    They forgive typos and endings.
    """
    return Counter(chain.from_iterable(map(_groups_of, words)))


def word_pairs(stems: Sequence[str]) -> Counter[str]:
    """Count neighbours, the edges of the text included: what stands first often is the question."""
    edged = ["^", *stems, "$"]
    return Counter(f"{a} {b}" for a, b in pairwise(edged))


def meanings(stems: Iterable[str], synonyms: Synonyms) -> Counter[str]:
    """Count the synonym groups that the words belong to."""
    return Counter(str(group) for stem in stems for group in synonyms.get(stem, ()))


class View:
    """The rarity of one kind of feature among the FAQ's variants."""

    def __init__(self, documents: Iterable[Mapping[str, int]], count: int) -> None:
        """`documents` are the counted features of each of `count` variants."""
        frequency = Counter(feature for document in documents for feature in document)
        self._rarest = math.log(count + 1) + 1
        self._rarity = {
            feature: math.log((count + 1) / (n + 1)) + 1 for feature, n in frequency.items()
        }

    def vector(self, counts: Mapping[str, int], strangeness: float = 0.0) -> dict[str, float]:
        """Return the unit vector of a text by those of its features that the FAQ has.

        With `strangeness`, features that it does not have count so much in the length: the
        stranger a text, the shorter what is left.
        """
        rarity = self._rarity
        known = {f: (1 + math.log(n)) * rarity[f] for f, n in counts.items() if f in rarity}
        strange = (len(counts) - len(known)) * strangeness * self._rarest**2
        size = math.sqrt(sum(weight * weight for weight in known.values()) + strange) or 1.0
        return {feature: weight / size for feature, weight in known.items()}
