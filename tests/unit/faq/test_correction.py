"""Scores are corrected by what people chose."""

import pytest

from bot.faq import Matcher, Miss, Question
from bot.faq.choices import choices_of
from bot.faq.correction import Choice, Correction, correction

QUESTIONS = [
    Question("цена", ("сколько стоит диагностика", "цена диагностики", "диагностика платная")),
    Question("адрес", ("где вы находитесь", "ваш адрес", "как к вам проехать")),
    Question("часы", ("когда вы работаете", "часы работы", "до скольки открыты")),
]
UNSURE = "диагностика денег стоит или нет"


def score(matcher: Matcher, text: str) -> float:
    return matcher.match(text).candidates[0].score


def test_without_choices_scores_stay() -> None:
    assert correction([]) is None
    assert score(Matcher(QUESTIONS), UNSURE) == score(Matcher(QUESTIONS, choices=()), UNSURE)


def test_choices_that_agree_leave_scores_nearly_as_they_are() -> None:
    seen = [(0.5, n % 2 == 0) for n in range(100)]
    learned = correction(seen)
    assert learned is not None
    assert learned.of(0.5) == pytest.approx(0.5, abs=0.01)


def test_scores_that_were_too_low_rise_and_too_high_ones_fall() -> None:
    low, high = correction([(0.6, True)] * 60), correction([(0.9, False)] * 60)
    assert low is not None
    assert high is not None
    assert low.of(0.6) > 0.8
    assert high.of(0.9) < 0.5


def test_a_few_choices_move_little() -> None:
    learned = correction([(0.6, True)] * 2)
    assert learned is not None
    assert 0.6 < learned.of(0.6) < 0.75


@pytest.mark.parametrize(
    "seen", [[(0.0, True)], [(1.0, False)] * 500, [(0.99, False), (0.01, True)] * 300]
)
def test_a_correction_keeps_the_order_of_scores_whatever_was_chosen(
    seen: list[tuple[float, bool]],
) -> None:
    learned = correction(seen) or Correction()
    corrected = [learned.of(score / 20) for score in range(21)]
    assert corrected == sorted(corrected)
    assert all(0 <= one <= 1 for one in corrected)


def test_what_customers_chose_raises_the_score_of_texts_like_theirs() -> None:
    choices = [Choice(f"{UNSURE} {word}", "цена") for word in ("у вас", "вообще", "сейчас", "там")]
    plain, taught = Matcher(QUESTIONS), Matcher(QUESTIONS, choices=choices)
    assert score(taught, UNSURE) > score(plain, UNSURE)


def test_an_answer_that_did_not_help_lowers_it() -> None:
    choices = [Choice(f"{UNSURE} {n}", "цена", right=False) for n in range(10)]
    assert score(Matcher(QUESTIONS, choices=choices), UNSURE) < score(Matcher(QUESTIONS), UNSURE)


def test_what_misses_tell() -> None:
    misses = [
        Miss("а", meant="цена"),
        Miss("б", answer="Улица Мира, 1."),
        Miss("в", refused="часы"),
        Miss("г"),
        Miss("д", answer="Такого в FAQ нет", refused="часы"),
    ]
    assert choices_of(misses, {"адрес": "Улица Мира, 1"}) == (
        Choice("а", "цена"),
        Choice("б", "адрес"),
        Choice("в", "часы", right=False),
        Choice("д", "часы", right=False),
    )
