"""The word view: which known words a text's words stand for, and how much each of them says."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process

from bot.faq.language import COMMON, Synonyms
from bot.faq.question import Reading
from bot.faq.vector import length, unit

_SHORTEST_EXPANDED = 3
_EXPANSIONS = 6
_LEAST_RATIO = 72
# `fuzz.ratio` is twice the letters in common by all letters: whatever is shorter than so much of the
# other one cannot reach the least ratio.
_SHORTEST_SHARE = 0.99 * _LEAST_RATIO / (200 - _LEAST_RATIO)
_CACHED = 20_000
_COMMON_KNOWN = 0.8
_COMMON_SHARE = 0.02
_COMMON_UNKNOWN = 0.3
_SYNONYM = 0.45


class Vocabulary:
    """The FAQ's stems with their rarity, and the nearest of them to any other word."""

    def __init__(
        self,
        documents: Iterable[Iterable[str]],
        count: int,
        synonyms: Synonyms,
        usual: Mapping[str, float],
    ) -> None:
        """`documents` are the stems of each of `count` variants; `usual` tells which share of any
        texts has a stem."""
        frequency = Counter(stem for document in documents for stem in set(document))
        self._rarity = {
            stem: _rarity(n, count, usual.get(stem, 0.0), is_common=stem in COMMON)
            for stem, n in frequency.items()
        }
        self._unknown = math.log((count + 1) / 0.5)
        self._order = {stem: number for number, stem in enumerate(self._rarity)}
        self._by_length = sorted(self._rarity, key=len)
        self._synonyms = synonyms
        self._members: defaultdict[int, list[str]] = defaultdict(list)
        for stem in self._rarity:
            for group in synonyms.get(stem, ()):
                self._members[group].append(stem)
        self._cache: dict[str, tuple[tuple[str, float], ...]] = {}

    def variant_vector(self, stems: Iterable[str]) -> dict[str, float]:
        """Return the unit vector of a variant of this FAQ."""
        return unit({stem: self._rarity[stem] for stem in stems})

    def query_vector(self, stems: Iterable[str]) -> dict[str, float]:
        """Return the vector of a text.

        A word that nothing here resembles stays in the length: a text that is mostly strange
        words is near to no entry.
        """
        weights: dict[str, float] = {}
        spread: list[float] = []
        for stem in dict.fromkeys(stems):
            known = self.expand(stem)
            if not known:
                spread.append(self._strangeness(stem))
                continue
            spread.append(max(self._rarity[other] for other, _ in known))
            for other, likeness in known:
                weights[other] = max(weights.get(other, 0.0), likeness * self._rarity[other])
        size = length(spread)
        return {stem: weight / size for stem, weight in weights.items()}

    def _strangeness(self, stem: str) -> float:
        if len(stem) < 2:
            return 0.0
        return self._unknown * (_COMMON_UNKNOWN if stem in COMMON else 1.0)

    def readings(self, stems: Iterable[str]) -> tuple[Reading, ...]:
        """Return how each distinct stem is understood."""
        return tuple(Reading(stem, self.expand(stem)) for stem in dict.fromkeys(stems))

    def expand(self, stem: str) -> tuple[tuple[str, float], ...]:
        """Return the known stems that `stem` may stand for, with likeness 0..1, best first."""
        found = self._cache.get(stem)
        if found is None:
            found = self._nearest(stem)
            if len(self._cache) < _CACHED:
                self._cache[stem] = found
        return found

    def _nearest(self, stem: str) -> tuple[tuple[str, float], ...]:
        found: dict[str, float] = {}
        for group in self._synonyms.get(stem, ()):
            found.update(dict.fromkeys(self._members[group], _SYNONYM))
        if stem in self._rarity:
            found[stem] = 1.0
        if not found and len(stem) >= _SHORTEST_EXPANDED:
            found.update(self._spelled_like(stem))
        return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def _spelled_like(self, stem: str) -> Iterable[tuple[str, float]]:
        first = bisect_left(self._by_length, len(stem) * _SHORTEST_SHARE, key=len)
        last = bisect_right(self._by_length, len(stem) / _SHORTEST_SHARE, key=len)
        near = process.extract(
            stem,
            self._by_length[first:last],
            scorer=fuzz.ratio,
            limit=None,
            score_cutoff=_LEAST_RATIO,
        )
        near.sort(key=lambda found: (-found[1], self._order[found[0]]))
        return ((other, (ratio / 100) ** 3) for other, ratio, _ in near[:_EXPANSIONS])


def _rarity(documents: int, count: int, share: float, *, is_common: bool) -> float:
    # Few variants make "this" look rare by chance: so many other texts are counted in that have it.
    expected = (_COMMON_SHARE if is_common else share) * count
    rarity = math.log((count + expected + 1) / (documents + expected + 0.5))
    return _COMMON_KNOWN * rarity if is_common else rarity
