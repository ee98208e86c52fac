"""What each entry learns from its own variants, at load."""

import math
from collections import defaultdict
from collections.abc import Sequence

from bot.faq.vector import Vector, product

_ROUNDS = 8
_PACE = 0.5
_STRENGTH = 3.0
_FEWEST_RIVALS = 30
_TOGETHER = 40


def learn_entry(variants: Sequence[Vector], rivals: int) -> dict[str, float]:
    """Return the weights by which an entry recognises a text as its own.

    The weights are a sum of the variants, each as strong as is still needed: a variant whose
    siblings already make the entry sure among `rivals` others adds little, one that stands alone
    keeps its full say. It is the entry's own half of a softmax regression with an L2 penalty of
    1/3; the other half, pushing rivals away, gained nothing on any set (docs/faq.md).

    Variants are learned forty at a time, and the parts averaged, so that time stays linear.
    """
    parts = [variants[i : i + _TOGETHER] for i in range(0, len(variants), _TOGETHER)]
    weights: defaultdict[str, float] = defaultdict(float)
    for part in parts:
        for variant, strength in zip(part, _strengths(part, rivals), strict=True):
            for feature, weight in variant.items():
                weights[feature] += strength * weight / len(parts)
    return weights


def _strengths(variants: Sequence[Vector], rivals: int) -> list[float]:
    """Return how strong each variant is: the fixed point of strength = 3 * (1 - sureness)."""
    odds = max(rivals, _FEWEST_RIVALS)
    likeness = _likeness(variants)
    strengths = [_STRENGTH] * len(variants)
    for _ in range(_ROUNDS):
        for i, row in enumerate(likeness):
            evidence = sum(map(float.__mul__, row, strengths))
            sureness = 1 / (1 + odds * math.exp(-evidence))
            strengths[i] += _PACE * (_STRENGTH * (1 - sureness) - strengths[i])
    return strengths


def _likeness(variants: Sequence[Vector]) -> list[list[float]]:
    rows = [[0.0] * len(variants) for _ in variants]
    for i, variant in enumerate(variants):
        for j in range(i + 1):
            rows[i][j] = rows[j][i] = product(variant, variants[j])
    return rows
