"""The figures: what is counted, and where thresholds come from.

A set has two halves. Coverage at 95 % precision uses a threshold chosen on the other half, both
ways, and is the mean of the two, and so is the AUROC; queries without an answer in the FAQ count
as errors when they are answered. Top-1 and top-3 are of the test half, or of both where the test half is under 400.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from bot.faq import Match, Query

_PRECISION = 0.95
_FEWEST_ANSWERED = 10
_BIG_HALF = 400


class CanMatch(Protocol):
    """What is measured."""

    def match(self, text: str) -> Match:
        """Return what the text asks."""
        ...


class Seen(msgspec.Struct, frozen=True):
    """One query and the outcome."""

    expected: str | None
    match: Match

    @property
    def score(self) -> float:
        """The best candidate's score."""
        return self.match.candidates[0].score if self.match.candidates else 0.0

    def right_among(self, count: int) -> bool:
        """Tell whether the right entry is among the first candidates."""
        return self.expected is not None and self.expected in {
            candidate.id for candidate in self.match.candidates[:count]
        }


class Figures(msgspec.Struct, frozen=True):
    """Shares, 0..1; `auroc` is None where every query has an answer."""

    top1: float
    top3: float
    coverage: float
    auroc: float | None
    answered: float
    precision: float
    found: float
    """Share of answerable queries whose entry is the answer, or among the suggestions."""
    idle: float
    """Share of unanswerable queries that get suggestions."""


def look(matcher: CanMatch, queries: Iterable[Query]) -> list[Seen]:
    """Match every query."""
    return [Seen(query.id, matcher.match(query.text)) for query in queries]


def count(dev: Sequence[Seen], test: Sequence[Seen]) -> Figures:
    """Return the figures of one matcher on one set."""
    ranked = test if len(test) >= _BIG_HALF else [*dev, *test]
    both = [*dev, *test]
    answered = [seen for seen in both if seen.match.decision == "answer"]
    return Figures(
        top1=_share(ranked, lambda seen: seen.right_among(1)),
        top3=_share(ranked, lambda seen: seen.right_among(3)),
        coverage=(_coverage(dev, test) + _coverage(test, dev)) / 2,
        auroc=_mean(_auroc(dev), _auroc(test)),
        answered=_share(both, lambda seen: seen.match.decision == "answer"),
        precision=sum(seen.right_among(1) for seen in answered) / max(len(answered), 1),
        found=_share(both, _is_found),
        idle=_idle(both),
    )


def _mean(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else (a + b) / 2


def _share(rows: Iterable[Seen], is_so: Callable[[Seen], bool]) -> float:
    answerable = [is_so(seen) for seen in rows if seen.expected is not None]
    return sum(answerable) / max(len(answerable), 1)


def _is_found(seen: Seen) -> bool:
    if seen.match.decision == "none":
        return False
    return seen.right_among(1 if seen.match.decision == "answer" else 3)


def _idle(rows: Iterable[Seen]) -> float:
    foreign = [seen.match.decision == "suggest" for seen in rows if seen.expected is None]
    return sum(foreign) / max(len(foreign), 1)


def _coverage(chosen_on: Sequence[Seen], tried_on: Sequence[Seen]) -> float:
    threshold = _threshold(chosen_on)
    return _share(tried_on, lambda seen: seen.score >= threshold)


def _threshold(rows: Sequence[Seen]) -> float:
    """Return the lowest score from which enough of what is answered is right."""
    ordered = sorted(rows, key=lambda seen: -seen.score)
    best, right = float("inf"), 0
    for place, seen in enumerate(ordered, start=1):
        right += seen.right_among(1)
        is_last_of_its_score = place == len(ordered) or ordered[place].score < seen.score
        if place >= _FEWEST_ANSWERED and is_last_of_its_score and right >= _PRECISION * place:
            best = seen.score
    return best


def _auroc(rows: Sequence[Seen]) -> float | None:
    inside = [seen.score for seen in rows if seen.expected is not None]
    outside = sorted(seen.score for seen in rows if seen.expected is None)
    if not inside or not outside:
        return None
    below = sum(bisect_left(outside, score) + bisect_right(outside, score) for score in inside)
    return below / (2 * len(inside) * len(outside))
