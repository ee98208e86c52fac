"""Where the weights of all entries lie, so that a text meets only those it shares features with."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice

from bot.faq.vector import Vector

_VISITS = 2500
_LEADERS = 24

_Posting = tuple["array[int]", "array[float]", float]
"""Entries in order, what each of them weighs a feature, and what the text weighs it."""


def largest(scores: Sequence[float], count: int) -> list[int]:
    """Return the places of the `count` largest scores, the largest first; of equals the first.

    Sorting bare numbers first is several times faster than a heap with a key.
    """
    if len(scores) > count:
        least = sorted(scores, reverse=True)[count - 1]
        places = [i for i, score in enumerate(scores) if score > least]
        ties = (i for i, score in enumerate(scores) if score == least)
        places.extend(islice(ties, count - len(places)))
    else:
        places = list(range(len(scores)))
    return sorted(places, key=lambda i: (-scores[i], i))


class Postings:
    """For each feature, the entries that weigh it."""

    def __init__(self, entries: Iterable[Vector]) -> None:
        """`entries` are the learned weights of each entry, in order."""
        self._count = 0
        self._lists: dict[str, tuple[array[int], array[float]]] = {}
        for weights in entries:
            for feature, weight in weights.items():
                if feature not in self._lists:
                    self._lists[feature] = (array("i"), array("f"))
                numbers, values = self._lists[feature]
                numbers.append(self._count)
                values.append(weight)
            self._count += 1

    def products(self, query: Vector) -> list[float]:
        """Return the query's product with every entry's weights.

        Rare features are counted for all entries, and usual ones too while `_VISITS` lasts; what
        is left is counted only for the entries that lead by then.
        """
        scores = [0.0] * self._count
        lists = [(*self._lists[f], weight) for f, weight in query.items() if f in self._lists]
        lists.sort(key=_size)
        visits = 0
        for done, (entries, values, weight) in enumerate(lists):
            if visits > _VISITS:
                _add_for_leaders(scores, lists[done:])
                break
            visits += len(entries)
            for entry, value in zip(entries, values, strict=True):
                scores[entry] += weight * value
        return scores


def _size(posting: _Posting) -> int:
    return len(posting[0])


def _add_for_leaders(scores: list[float], postings: Sequence[_Posting]) -> None:
    for entry in largest(scores, _LEADERS):
        for entries, values, weight in postings:
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
