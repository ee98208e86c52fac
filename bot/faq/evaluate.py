"""The figures of `faq eval`: how often the matcher is right, and how often it dares."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from bot.faq.matcher import Matcher
from bot.faq.question import Decision, Match

_PRECISION = 0.95


class Query(msgspec.Struct, frozen=True):
    """A labelled text; `id` is the question it asks, None if the FAQ has no answer to it."""

    text: str
    id: str | None


class Judged(msgspec.Struct, frozen=True):
    """One query and what the matcher made of it; `id` and `score` are the best candidate's."""

    text: str
    expected: str | None
    decision: Decision
    id: str | None
    score: float


class Confusion(msgspec.Struct, frozen=True):
    """How often one question's texts were taken for another's, the best candidate counted."""

    expected: str
    taken_for: str
    count: int


class Point(msgspec.Struct, frozen=True):
    """What answering from `threshold` would give: precision, and coverage of the answerable."""

    threshold: float
    precision: float
    coverage: float


class Evaluation(msgspec.Struct, frozen=True):
    """The figures; shares are 0..1, and None where no query could count towards them."""

    top1: float | None
    """Share of answerable queries whose best candidate is right, whatever the decision."""
    top3: float | None
    answered: float | None
    """Share of answerable queries answered outright, rightly or not."""
    precision: float | None
    """Share of right ones among everything answered, unanswerable queries included."""
    coverage_at_95: float | None
    auroc: float | None
    """Chance that an answerable query scores above an unanswerable one."""
    p50_ms: float | None
    p95_ms: float | None
    judged: tuple[Judged, ...]
    confusions: tuple[Confusion, ...]
    curve: tuple[Point, ...]
    """By falling threshold, one point for every score that occurs."""


def evaluate(matcher: Matcher, queries: Iterable[Query], clock: Callable[[], float]) -> Evaluation:
    """Match every query and return the figures; `clock` counts seconds from anywhere."""
    rows: list[tuple[Query, Match]] = []
    taken: list[float] = []
    for query in queries:
        start = clock()
        match = matcher.match(query.text)
        taken.append((clock() - start) * 1000)
        rows.append((query, match))
    judged = tuple(_judge(query, match) for query, match in rows)
    answerable = [row for row in judged if row.expected is not None]
    foreign = [row.score for row in judged if row.expected is None]
    answered = [row for row in judged if row.decision == "answer"]
    curve = _curve(judged, len(answerable))
    reached = [point.coverage for point in curve if point.precision >= _PRECISION]
    return Evaluation(
        top1=_share(sum(map(_is_right, answerable)), len(answerable)),
        top3=_share(sum(_among_first(*row, 3) for row in rows), len(answerable)),
        answered=_share(sum(row.decision == "answer" for row in answerable), len(answerable)),
        precision=_share(sum(map(_is_right, answered)), len(answered)),
        coverage_at_95=max(reached, default=0.0) if answerable else None,
        auroc=_auroc([row.score for row in answerable], foreign),
        p50_ms=_quantile(taken, 0.5),
        p95_ms=_quantile(taken, 0.95),
        judged=judged,
        confusions=_confusions(answerable),
        curve=curve,
    )


def _judge(query: Query, match: Match) -> Judged:
    if not match.candidates:
        return Judged(query.text, query.id, match.decision, None, 0.0)
    best = match.candidates[0]
    return Judged(query.text, query.id, match.decision, best.id, best.score)


def _is_right(row: Judged) -> bool:
    return row.expected is not None and row.id == row.expected


def _among_first(query: Query, match: Match, count: int) -> bool:
    first = [candidate.id for candidate in match.candidates[:count]]
    return query.id is not None and query.id in first


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _curve(judged: Sequence[Judged], answerable: int) -> tuple[Point, ...]:
    points: list[Point] = []
    right = covered = 0
    for count, row in enumerate(sorted(judged, key=lambda row: -row.score), start=1):
        right += _is_right(row)
        covered += row.expected is not None
        point = Point(row.score, right / count, covered / max(answerable, 1))
        if points and points[-1].threshold == row.score:
            points.pop()
        points.append(point)
    return tuple(points)


def _auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    if not inside or not outside:
        return None
    ranked = sorted(outside)
    below = sum(bisect_left(ranked, score) + bisect_right(ranked, score) for score in inside)
    return below / (2 * len(inside) * len(outside))


def _quantile(values: Sequence[float], share: float) -> float | None:
    return sorted(values)[int(share * (len(values) - 1))] if values else None


def _confusions(answerable: Sequence[Judged]) -> tuple[Confusion, ...]:
    pairs = Counter(
        (row.expected, row.id)
        for row in answerable
        if row.expected is not None and row.id is not None and not _is_right(row)
    )
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Confusion(expected, taken, count) for (expected, taken), count in ordered)
