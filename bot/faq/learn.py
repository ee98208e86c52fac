"""What each entry learns from its own variants, at load."""

import math
from collections import defaultdict
from collections.abc import Sequence

from bot.faq.vector import Vector, product

_ROUNDS = 4
_STRENGTH = 4.0
_PACE = 0.5
_FEWEST_RIVALS = 30


def learn_entry(variants: Sequence[Vector], rivals: int) -> dict[str, float]:
    """Return the weights by which an entry recognises a text as its own.

    The weights are a sum of the variants, each as strong as is still needed: a variant whose
    siblings already make the entry sure among `rivals` others adds little, one that stands alone
    keeps its full say. It is the entry's own half of a softmax regression with an L2 penalty
    (strength 1/4); the other half, pushing rivals away, gained nothing on any set.
    """
    odds = max(rivals, _FEWEST_RIVALS)
    strengths = [_STRENGTH] * len(variants)
    weights: defaultdict[str, float] = defaultdict(float)
    for variant in variants:
        _add(weights, variant, _STRENGTH)
    for _ in range(_ROUNDS):
        for i, variant in enumerate(variants):
            sureness = 1 / (1 + odds * math.exp(-product(variant, weights)))
            step = _PACE * (_STRENGTH * (1 - sureness) - strengths[i])
            strengths[i] += step
            _add(weights, variant, step)
    return weights


def _add(weights: defaultdict[str, float], vector: Vector, factor: float) -> None:
    for feature, weight in vector.items():
        weights[feature] += factor * weight
