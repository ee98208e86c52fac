"""The parts of the matcher, each on a handful of words."""

import pytest

from bot.faq.index import Postings, Variants, largest
from bot.faq.language import USUAL, spelled_out, synonym_groups
from bot.faq.learn import learn_entry
from bot.faq.repair import Speller
from bot.faq.vector import product, unit
from bot.faq.views import View, letter_groups, word_pairs
from bot.faq.vocabulary import Vocabulary
from bot.faq.words import stem, words


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(words("как оплатить заказ картой гарантия студия rutube восстановить аккаунт"))


@pytest.mark.parametrize(
    "typed, read",
    [
        ("rfr jgkfnbnm pfrfp", "как оплатить заказ"),
        ("kak oplatit zakaz", "как оплатить заказ"),
        ("студия кгегиу", "студия rutube"),
        ("зaкaз", "заказ"),
        ("гаратния", "гарантия"),
        ("востановить акаунт", "восстановить аккаунт"),
        ("погода 12345", "погода 12345"),
        ("", ""),
    ],
)
def test_repairs(speller: Speller, typed: str, read: str) -> None:
    assert speller.repair(typed)[0] == read


def test_of_two_words_equally_near_neither_is_taken() -> None:
    assert Speller(["лесной", "летной"]).repair("леной")[0] == "леной"
    assert Speller(["лесной"]).repair("леной")[0] == "лесной"


def test_another_form_of_a_known_word_is_not_read_as_a_different_word() -> None:
    assert Speller(["activate", "reactivation"]).repair("activation")[0] == "activation"
    assert Speller(["reactivation"]).repair("activation")[0] == "reactivation"


def test_shortened_forms_are_spelled_out() -> None:
    assert spelled_out(words("don't know, dont care")) == ["do", "not", "know", "do", "not", "care"]
    assert spelled_out(["лк"]) == ["личный", "кабинет"]


def test_a_word_stands_for_its_synonyms_and_for_what_is_spelled_like_it() -> None:
    groups = synonym_groups([("картофель", "бульба")])
    vocabulary = Vocabulary([[stem("картофель")], [stem("доставка")]], 2, groups, {})
    assert [known for known, _ in vocabulary.expand(stem("бульба"))] == [stem("картофель")]
    assert [known for known, _ in vocabulary.expand(stem("доставко"))] == [stem("доставка")]
    assert vocabulary.expand(stem("погода")) == ()


def test_a_common_word_does_not_look_rare_because_variants_are_few() -> None:
    documents = [["this", "urgent"], *([str(number)] for number in range(300))]
    vector = Vocabulary(documents, len(documents), {}, {}).variant_vector(["this", "urgent"])
    assert vector["this"] < 0.6 * vector["urgent"]


def test_a_usual_word_says_less_than_a_word_as_rare_here() -> None:
    documents = [["when", "urgent"], *([str(number)] for number in range(300))]
    vector = Vocabulary(documents, len(documents), {}, USUAL).variant_vector(["when", "urgent"])
    assert vector["when"] < 0.6 * vector["urgent"]


def test_usual_words_have_shares_and_no_figure_is_taken_for_a_word() -> None:
    assert USUAL["what"] == 0.08
    assert set(USUAL.values()) == {0.02, 0.05, 0.08}
    assert {"1", "2", "9"} <= USUAL.keys()


def test_strange_words_shorten_the_vector() -> None:
    vocabulary = Vocabulary([["ремонт"], ["цен"]], 2, {}, {})
    alone = vocabulary.query_vector(["ремонт"])
    among = vocabulary.query_vector(["ремонт", "слон", "жираф"])
    assert alone["ремонт"] == pytest.approx(1.0)
    assert among["ремонт"] < 0.8


def test_strange_letters_shorten_the_vector() -> None:
    view = View([letter_groups(["слон"]), letter_groups(["жираф"])], 2)
    whole = view.vector(letter_groups(["слон"]), 0.5)
    part = view.vector(letter_groups(["слон", "бегемот"]), 0.5)
    assert sum(weight**2 for weight in whole.values()) == pytest.approx(1.0)
    assert part[" сл"] < whole[" сл"]


def test_pairs_know_the_edges() -> None:
    assert set(word_pairs(["a", "b"])) == {"^ a", "a b", "b $"}


def test_a_variant_that_stands_alone_keeps_its_full_say() -> None:
    same, other = {"a": 1.0}, {"b": 1.0}
    weights = learn_entry([same, same, same, other], rivals=30)
    assert weights["b"] == pytest.approx(learn_entry([other], rivals=30)["b"], abs=0.01)
    assert weights["b"] < weights["a"] < 3 * weights["b"]


def test_many_variants_are_learned_in_parts() -> None:
    weights = learn_entry([{f"f{i}": 1.0} for i in range(100)], rivals=30)
    assert len(weights) == 100
    assert all(weight > 0 for weight in weights.values())


def test_products_are_those_of_plain_arithmetic() -> None:
    entries = [unit({"a": 1.0, "b": 2.0}), unit({"b": 1.0}), unit({"c": 3.0})]
    query = {"a": 0.5, "b": 1.0, "strange": 9.0}
    assert Postings(entries).products(query) == pytest.approx(
        [product(query, entry) for entry in entries]
    )


def test_usual_features_are_counted_for_those_that_lead() -> None:
    entries = [{"usual": 1.0, "common": 1.0, f"rare{i % 500}": 1.0} for i in range(5000)]
    scores = Postings(entries).products({"usual": 1.0, "common": 1.0, "rare7": 1.0})
    best = largest(scores, 10)
    assert best == [7, 507, 1007, 1507, 2007, 2507, 3007, 3507, 4007, 4507]
    assert [scores[i] for i in best] == pytest.approx([3.0] * 10)
    assert scores[4999] == 1.0


def test_the_nearest_variant() -> None:
    variants = Variants()
    for vector in ({"a": 1.0}, {"b": 1.0}, {"a": 0.6, "b": 0.8}):
        variants.add(vector)
    query = variants.encode({"b": 1.0, "strange": 1.0})
    likeness, nearest = variants.best(query, [0, 2])
    assert (round(likeness, 6), nearest) == (0.8, 2)
    assert variants.best(query, [0]) == (0.0, 0)


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_largest(count: int) -> None:
    scores = [0.0, 3.0, 1.0, 3.0, 0.0]
    assert largest(scores, count) == [1, 3, 2, 0, 4][:count]
