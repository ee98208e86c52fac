"""Sparse vectors of entries, and their products with a text's vector."""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Vector = Mapping[str, float]
"""Weights by feature; a feature that is missing weighs nothing."""


def length(weights: Iterable[float]) -> float:
    """Return the Euclidean length, or 1 for nothing, so that it can divide."""
    return math.sqrt(sum(weight * weight for weight in weights)) or 1.0


def unit(vector: Vector) -> dict[str, float]:
    """Return the vector scaled to length 1."""
    size = length(vector.values())
    return {feature: weight / size for feature, weight in vector.items()}


class Index:
    """The variants' unit vectors and each entry's centroid, for one view of the text.

    Centroids lie as postings, because every text meets all of them; variants are read only for
    the few best entries. Arrays, not dicts: five thousand variants fit in a few megabytes.
    """

    def __init__(self, vectors: Sequence[Vector], owners: Sequence[int], entries: int) -> None:
        """`owners[i]` is the entry, below `entries`, of the unit vector `vectors[i]`."""
        self._entries = entries
        self._numbers: dict[str, int] = {}
        self._variants = [self._pack(vector) for vector in vectors]
        self._of_entry: list[list[int]] = [[] for _ in range(entries)]
        for variant, owner in enumerate(owners):
            self._of_entry[owner].append(variant)
        self._postings = [(array("i"), array("f")) for _ in self._numbers]
        for owner, variants in enumerate(self._of_entry):
            self._post(owner, variants)

    def _pack(self, vector: Vector) -> tuple["array[int]", "array[float]"]:
        numbers = self._numbers
        known = array("i", [numbers.setdefault(feature, len(numbers)) for feature in vector])
        return known, array("f", vector.values())

    def _post(self, owner: int, variants: Iterable[int]) -> None:
        total: defaultdict[int, float] = defaultdict(float)
        for variant in variants:
            for feature, weight in zip(*self._variants[variant], strict=True):
                total[feature] += weight
        size = length(total.values())
        for feature, weight in total.items():
            owners, weights = self._postings[feature]
            owners.append(owner)
            weights.append(weight / size)

    def encode(self, vector: Vector) -> dict[int, float]:
        """Return the vector by this index's feature numbers, without unseen features."""
        numbers = self._numbers
        return {numbers[f]: weight for f, weight in vector.items() if f in numbers}

    def centroids(self, query: Mapping[int, float]) -> list[float]:
        """Return the query's product with every entry's centroid, in the order of entries."""
        scores = [0.0] * self._entries
        for feature, weight in query.items():
            for owner, value in zip(*self._postings[feature], strict=True):
                scores[owner] += weight * value
        return scores

    def best_variant(self, query: Mapping[int, float], entry: int) -> tuple[float, int]:
        """Return the largest product with a variant of `entry`, and that variant's number."""
        best = (0.0, self._of_entry[entry][0])
        for variant in self._of_entry[entry]:
            product = 0.0
            for feature, value in zip(*self._variants[variant], strict=True):
                if feature in query:
                    product += query[feature] * value
            if product > best[0]:
                best = (product, variant)
        return best
