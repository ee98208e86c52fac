"""Shortcuts of the index and the vocabulary: in less time the same is found."""

from random import Random

import pytest
from rapidfuzz import fuzz, process

from bot.faq import Matcher, Question
from bot.faq.index import Postings
from bot.faq.vector import product
from bot.faq.words import normalise, stem


@pytest.mark.parametrize("share", [1.0, 0.5, 0.05])
def test_those_who_lead_by_rare_features_get_the_whole_product(share: float) -> None:
    random = Random(7)
    entries = [
        {f"usual{n}": random.random() for n in range(60) if random.random() < share}
        | {f"rare{number % 150}": 3 + random.random()}
        for number in range(3000)
    ]
    query = {f"usual{n}": random.random() for n in range(60)} | {"rare7": 1.0}
    found = Postings(entries).products(query)

    leaders = range(7, 3000, 150)
    for number in leaders:
        assert found[number] == pytest.approx(product(query, entries[number]), rel=1e-6)
    for number in set(range(3000)) - {*leaders}:
        assert found[number] <= product(query, entries[number]) * (1 + 1e-6)


def test_an_unknown_word_stands_for_the_six_nearest_of_all_known_ones() -> None:
    random = Random(5)
    variants = ["".join(random.choices("abcd", k=random.randint(1, 14))) for _ in range(1500)]
    matcher = Matcher([Question(str(n), (variant,)) for n, variant in enumerate(variants)])
    known = list(dict.fromkeys(stem(normalise(variant)) for variant in variants))

    compared = 0
    for _ in range(60):
        asked = "".join(random.choices("abcd", k=random.randint(3, 12)))
        (reading,) = matcher.explain(asked).readings
        if reading.word not in known:
            near = process.extract(reading.word, known, scorer=fuzz.ratio, limit=6, score_cutoff=72)
            assert {other for other, _ in reading.known} == {other for other, _, _ in near}
            compared += 1
    assert compared > 10
