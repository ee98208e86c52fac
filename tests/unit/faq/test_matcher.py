"""The matcher on a small shop's FAQ."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq import Matcher, Question, Settings

SHOP = [
    Question("цена", ("Сколько стоит диагностика?", "диагностика платная", "цена диагностики")),
    Question("адрес", ("Где вы находитесь?", "ваш адрес", "как до вас добраться")),
    Question("часы", ("Когда вы работаете?", "часы работы", "до скольки открыты")),
    Question("гарантия", ("Какая гарантия на ремонт?", "сколько действует гарантия")),
    Question("оплата", ("Как можно оплатить?", "принимаете ли вы карты", "оплата картой")),
    Question("flow:заявка", ("нужен ремонт", "сломался телефон", "оставить заявку")),
]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(SHOP)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("а сколько будет стоить диагностика", "цена"),
        ("подскажите где вы находитесь", "адрес"),
        ("скажите часы вашей работы", "часы"),
        ("гарантию на ремонт даете?", "гарантия"),
        ("можно ли оплатить картой", "оплата"),
        ("у меня телефон сломался", "flow:заявка"),
        ("lbfuyjcnbrf gkfnyfz", "цена"),
        ("rfrfz ufhfynbz yf htvjyn", "гарантия"),
        ("skolko stoit diagnostika", "цена"),
        ("диагностка платнвя", "цена"),
    ],
)
def test_the_right_question_is_first(matcher: Matcher, text: str, expected: str) -> None:
    assert matcher.match(text).candidates[0].id == expected


def test_a_text_equal_to_a_variant_is_sure(matcher: Matcher) -> None:
    match = matcher.match("ЦЕНА ДИАГНОСТИКИ!!!")
    assert match.exact
    assert match.decision == "answer"
    assert (match.candidates[0].id, match.candidates[0].score) == ("цена", 1.0)
    assert match.candidates[0].question == "Сколько стоит диагностика?"


def test_a_foreign_text_is_nothing(matcher: Matcher) -> None:
    match = matcher.match("какая завтра погода в Бразилии")
    assert match.decision == "none"
    assert match.candidates[0].score < 0.5


def test_scores_fall_and_are_probabilities(matcher: Matcher) -> None:
    scores = [c.score for c in matcher.match("ремонт телефона").candidates]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 5
    assert 0 <= scores[-1] <= scores[0] <= 1
    assert sum(scores) <= 1 + 1e-9


def test_only_allowed_questions_are_found(matcher: Matcher) -> None:
    match = matcher.match("нужен ремонт", allowed=lambda name: not name.startswith("flow:"))
    assert not match.exact
    assert "flow:заявка" not in {c.id for c in match.candidates}
    assert match.decision != "answer"


def test_thresholds_decide() -> None:
    text = "гарантию даете?"
    bold = Matcher(SHOP, Settings(answer=0.0, suggest=0.0)).match(text)
    shy = Matcher(SHOP, Settings(answer=1.1, suggest=0.0)).match(text)
    mute = Matcher(SHOP, Settings(answer=1.1, suggest=1.1)).match(text)
    assert [m.decision for m in (bold, shy, mute)] == ["answer", "suggest", "none"]


def test_without_questions_nothing_is_found() -> None:
    for questions in ([], [Question("пусто", ())]):
        match = Matcher(questions).match("что угодно")
        assert (match.decision, match.candidates, match.exact) == ("none", (), False)
        assert Matcher(questions).explain("что угодно").reasons == ()


def test_one_question_is_enough() -> None:
    matcher = Matcher(SHOP[:1])
    assert matcher.match("цена диагностики").exact
    assert matcher.match("погода").decision == "none"


def test_the_same_variant_in_two_questions_is_offered_not_answered() -> None:
    twins = Matcher([Question("a", ("доставка",)), Question("b", ("Доставка!", "привоз"))])
    match = twins.match("доставка")
    assert match.decision == "suggest"
    assert {c.id for c in match.candidates} == {"a", "b"}


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "👍" * 2000, "\u202eабв\u202c", "\x00\x01", "з\u0300" * 4096, "٣٤ العربية"],
)
def test_odd_texts_never_raise(matcher: Matcher, text: str) -> None:
    matcher.match(text)
    matcher.explain(text)


def test_a_megabyte_takes_bounded_time(matcher: Matcher) -> None:
    start = time.thread_time()
    matcher.match("".join(f"слово{i} " for i in range(100_000)))
    assert time.thread_time() - start < 0.2


ONE, TWO = Matcher(SHOP), Matcher(SHOP)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_matched_and_the_same_way_twice(text: str) -> None:
    match = ONE.match(text)
    assert ONE.match(text) == match
    assert TWO.match(text) == match


def test_endless_words_are_cut(matcher: Matcher) -> None:
    long = "гарантия" + "я" * 10 + "абв" * 500
    readings = matcher.explain(long).readings
    assert [len(reading.word) <= 40 for reading in readings] == [True]


def test_explanation_says_what_was_repaired_and_shared(matcher: Matcher) -> None:
    explanation = matcher.explain("ufhfynbz на ремонт")
    assert [(r.typed, r.read) for r in explanation.repairs] == [("ufhfynbz", "гарантия")]
    assert explanation.match == matcher.match("ufhfynbz на ремонт")
    best = explanation.reasons[0]
    assert best.candidate.id == "гарантия"
    assert best.variant in SHOP[3].variants
    assert "гарантия" in best.shared
    readings = {reading.word: dict(reading.known) for reading in explanation.readings}
    assert readings["ремонт"]["ремонт"] == 1.0
