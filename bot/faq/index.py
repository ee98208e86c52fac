"""Where the weights of all entries lie, so that a text meets only those it shares features with."""

from array import array
from collections.abc import Sequence

from bot.faq.vector import Vector


class Postings:
    """For each feature, the entries that weigh it."""

    def __init__(self, entries: Sequence[Vector]) -> None:
        """`entries` are the learned weights of each entry."""
        self._count = len(entries)
        self._lists: dict[str, tuple[array[int], array[float]]] = {}
        for entry, weights in enumerate(entries):
            for feature, weight in weights.items():
                if feature not in self._lists:
                    self._lists[feature] = (array("i"), array("f"))
                numbers, values = self._lists[feature]
                numbers.append(entry)
                values.append(weight)

    def products(self, query: Vector) -> list[float]:
        """Return the query's product with every entry's weights."""
        scores = [0.0] * self._count
        for feature, weight in query.items():
            found = self._lists.get(feature)
            if found is not None:
                for entry, value in zip(*found, strict=True):
                    scores[entry] += weight * value
        return scores


class Variants:
    """The word vectors of all variants; arrays, because dicts of them would take ten times more."""

    def __init__(self, vectors: Sequence[Vector]) -> None:
        """`vectors` are unit vectors; a variant is known by its place among them."""
        self._numbers: dict[str, int] = {}
        self._packed = [self._pack(vector) for vector in vectors]

    def _pack(self, vector: Vector) -> tuple["array[int]", "array[float]"]:
        numbers = self._numbers
        known = array("i", [numbers.setdefault(feature, len(numbers)) for feature in vector])
        return known, array("f", vector.values())

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
