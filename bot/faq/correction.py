"""The scores corrected by what people chose: so that a score means the same for every business. Pure."""

import math
from collections.abc import Sequence

import msgspec

_STEPS = 40
_FIRMNESS = 5.0
"""How firmly the scores stand as they are: like some twenty choices that agree with them."""
_STIFFNESS = 20.0
"""The same of the slope: choices tell of the scores around them, and little of those far away."""
_LEAST = 1e-6
_LONGEST_STEP = 0.5


class Choice(msgspec.Struct, frozen=True):
    """A text with the question that it turned out to ask or, where `right` is False, turned out not to ask."""

    text: str
    id: str
    right: bool = True


class Correction(msgspec.Struct, frozen=True):
    """A score (0..1) becomes the logistic of `slope` x its log-odds + `offset`. The order of scores stays."""

    slope: float = 1.0
    offset: float = 0.0

    def of(self, score: float) -> float:
        """The score, corrected."""
        return _logistic(self.slope * _log_odds(score) + self.offset)


def correction(seen: Sequence[tuple[float, bool]]) -> Correction | None:
    """Learn from pairs of the best score and whether it was right; None from nothing.

    A logistic regression on the log-odds, drawn towards leaving the scores as they are. The slope is learned by its
    logarithm, so that it stays above zero; damped Gauss-Newton steps.
    """
    if not seen:
        return None
    places = [(_log_odds(score), right) for score, right in seen]
    stretch = offset = 0.0
    for _ in range(_STEPS):
        slope = math.exp(stretch)
        by_stretch, by_offset = _STIFFNESS * stretch, _FIRMNESS * offset
        stretches, both, offsets = _STIFFNESS, 0.0, _FIRMNESS
        for x, right in places:
            p = _logistic(slope * x + offset)
            weight, along = p * (1 - p), slope * x
            by_stretch += (p - right) * along
            by_offset += p - right
            stretches += weight * along * along
            both += weight * along
            offsets += weight
        size = stretches * offsets - both * both
        stretch -= _damped((offsets * by_stretch - both * by_offset) / size)
        offset -= _damped((stretches * by_offset - both * by_stretch) / size)
    return Correction(math.exp(stretch), offset)


def _damped(step: float) -> float:
    return min(max(step, -_LONGEST_STEP), _LONGEST_STEP)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))


def _log_odds(score: float) -> float:
    sure = min(max(score, _LEAST), 1 - _LEAST)
    return math.log(sure / (1 - sure))
