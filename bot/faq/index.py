"""Where the weights of all entries lie, so that a text meets only those it shares features with."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from heapq import nlargest
from itertools import islice

from bot.faq.vector import Vector

_VISITS = 2500
_LEADERS = 24
# A feature of so large a share of the entries is also kept with a place for each entry.
_USUAL_SHARE = 1 / 8

_Posting = tuple["array[int]", "array[float]"]
"""Entries in order, and what each of them weighs a feature."""


def largest(scores: Sequence[float], count: int) -> list[int]:
    """Return the places of the `count` largest scores, the largest first; of equals the first.

    Bare numbers tell the least of them, several times faster than numbers with their places do.
    """
    if len(scores) <= count:
        return sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    least = nlargest(count, scores)[-1]
    places = [i for i, score in enumerate(scores) if score >= least]
    if len(places) > count:
        above = [i for i in places if scores[i] > least]
        ties = (i for i in places if scores[i] == least)
        places = [*above, *islice(ties, count - len(above))]
    return sorted(places, key=lambda i: (-scores[i], i))


class Postings:
    """For each feature, the entries that weigh it."""

    def __init__(self, entries: Iterable[Vector]) -> None:
        """`entries` are the learned weights of each entry, in order."""
        self._count = 0
        self._lists: dict[str, _Posting] = {}
        for weights in entries:
            for feature, weight in weights.items():
                if feature not in self._lists:
                    self._lists[feature] = (array("i"), array("f"))
                numbers, values = self._lists[feature]
                numbers.append(self._count)
                values.append(weight)
            self._count += 1
        self._usual = {
            feature: self._spread(posting)
            for feature, posting in self._lists.items()
            if len(posting[0]) >= _USUAL_SHARE * self._count
        }

    def _spread(self, posting: _Posting) -> "array[float]":
        spread = array("f", bytes(4 * self._count))
        for entry, value in zip(*posting, strict=True):
            spread[entry] = value
        return spread

    def products(self, query: Vector) -> list[float]:
        """Return the query's product with every entry's weights.

        Rare features are counted for all entries, and usual ones too while `_VISITS` lasts; what
        is left is counted only for the entries that lead by then.
        """
        scores = [0.0] * self._count
        features = [feature for feature in query if feature in self._lists]
        features.sort(key=lambda feature: len(self._lists[feature][0]))
        visits = 0
        for done, feature in enumerate(features):
            if visits > _VISITS:
                self._add_for_leaders(scores, query, features[done:])
                break
            entries, values = self._lists[feature]
            weight = query[feature]
            visits += len(entries)
            for entry, value in zip(entries, values, strict=True):
                scores[entry] += weight * value
        return scores

    def _add_for_leaders(self, scores: list[float], query: Vector, features: Sequence[str]) -> None:
        leaders = largest(scores, _LEADERS)
        for feature in features:
            weight = query[feature]
            spread = self._usual.get(feature)
            if spread is not None:
                for entry in leaders:
                    scores[entry] += weight * spread[entry]
                continue
            entries, values = self._lists[feature]
            for entry in leaders:
                at = bisect_left(entries, entry)
                if at < len(entries) and entries[at] == entry:
                    scores[entry] += weight * values[at]


class Variants:
    """The word vectors of all variants; arrays, because dicts of them would take ten times more."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._packed: list[tuple[array[int], array[float]]] = []

    def add(self, vector: Vector) -> None:
        """Append a unit vector; a variant is known by its place in the order of adding."""
        numbers = self._numbers
        known = array("i", [numbers.setdefault(feature, len(numbers)) for feature in vector])
        self._packed.append((known, array("f", vector.values())))

    def encode(self, vector: Vector) -> dict[int, float]:
        """Return a text's word vector in the form that `best` wants."""
        numbers = self._numbers
        return {numbers[f]: weight for f, weight in vector.items() if f in numbers}

    def best(self, query: dict[int, float], among: Sequence[int]) -> tuple[float, int]:
        """Return the largest product with a variant of those `among`, and which one it is."""
        best = (0.0, among[0])
        for variant in among:
            total = 0.0
            for feature, value in zip(*self._packed[variant], strict=True):
                if feature in query:
                    total += query[feature] * value
            if total > best[0]:
                best = (total, variant)
        return best
