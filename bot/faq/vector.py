"""Sparse vectors."""

import math
from collections.abc import Iterable, Mapping

Vector = Mapping[str, float]
"""Weights by feature; a feature that is missing weighs nothing."""


def length(weights: Iterable[float]) -> float:
    """Return the Euclidean length, or 1 for nothing, so that it can divide."""
    return math.sqrt(sum(weight * weight for weight in weights)) or 1.0


def unit(vector: Vector) -> dict[str, float]:
    """Return the vector scaled to length 1."""
    size = length(vector.values())
    return {feature: weight / size for feature, weight in vector.items()}


def product(a: Vector, b: Vector) -> float:
    """Return the scalar product; `a` should be the shorter one."""
    total = 0.0
    for feature, weight in a.items():
        if feature in b:
            total += weight * b[feature]
    return total
