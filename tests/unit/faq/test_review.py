"""What a maintainer is told before any customer asks."""

from bot.faq import Question
from bot.faq.review import Finding, review

HOURS = Question("часы", ("Когда вы работаете?", "часы работы", "до скольки открыты"))
PRICE = Question("цена", ("Сколько стоит ремонт?", "цена ремонта", "стоимость ремонта телефона"))


def test_a_good_faq_has_no_findings() -> None:
    assert review([HOURS, PRICE]) == ()
    assert review([]) == ()


def test_few_variants() -> None:
    assert review([HOURS, Question("адрес", ("Где вы?",))]) == (
        Finding("few_variants", ("адрес",), ("Где вы?",)),
    )


def test_near_duplicates() -> None:
    twin = Question("график", ("когда вы работаете", "график на праздники", "выходные дни"))
    found = [
        finding for finding in review([HOURS, PRICE, twin]) if finding.kind == "near_duplicates"
    ]
    assert [finding.ids for finding in found] == [("часы", "график")]
    assert set(found[0].variants) == {"Когда вы работаете?", "когда вы работаете"}


def test_a_variant_that_another_entry_would_answer() -> None:
    stray = Question("адрес", ("Где вы находитесь?", "ваш адрес", "какая цена ремонта телефона"))
    found = [
        finding for finding in review([HOURS, PRICE, stray]) if finding.kind == "wins_elsewhere"
    ]
    assert found == [Finding("wins_elsewhere", ("адрес", "цена"), ("какая цена ремонта телефона",))]
