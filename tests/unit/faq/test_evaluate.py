"""The figures of `faq eval`, counted by hand."""

from collections.abc import Callable

import pytest

from bot.faq import Confusion, Matcher, Query, Question, evaluate


def ticking(step: float) -> Callable[[], float]:
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += step
        return now

    return clock


MATCHER = Matcher(
    [
        Question("delivery", ("how long is delivery", "delivery time")),
        Question("refund", ("refund my order", "money back")),
    ]
)


def test_figures() -> None:
    queries = [
        Query("delivery time", "delivery"),
        Query("money back", "refund"),
        Query("refund my order", "delivery"),
        Query("purple elephants", None),
    ]
    result = evaluate(MATCHER, queries, ticking(0.002))
    assert result.top1 == pytest.approx(2 / 3)
    assert result.answered == 1.0
    assert result.precision == pytest.approx(2 / 3)
    assert result.auroc == 1.0
    assert result.p50_ms == pytest.approx(2.0)
    assert result.p95_ms == pytest.approx(2.0)
    assert result.confusions == (Confusion("delivery", "refund", 1),)
    assert [row.id for row in result.judged[:3]] == ["delivery", "refund", "refund"]


def test_coverage_is_taken_where_precision_holds() -> None:
    sure = [Query("delivery time", "delivery")] * 19
    result = evaluate(MATCHER, [*sure, Query("weather in brazil delivery", None)], ticking(1))
    assert result.coverage_at_95 == 1.0
    thresholds = [point.threshold for point in result.curve]
    assert thresholds == sorted(set(thresholds), reverse=True)
    assert result.curve[-1].coverage == 1.0


def test_no_queries_give_no_figures() -> None:
    result = evaluate(MATCHER, [], ticking(1))
    assert (result.top1, result.precision, result.auroc, result.p95_ms) == (None,) * 4
    assert result.curve == ()


def test_an_empty_faq_can_be_measured() -> None:
    result = evaluate(Matcher([]), [Query("hello", "x"), Query("bye", None)], ticking(1))
    assert result.top1 == 0.0
    assert result.answered == 0.0
    assert result.precision is None
