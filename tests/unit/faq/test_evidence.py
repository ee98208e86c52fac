"""What an FAQ's own variants tell about it as a whole."""

from collections.abc import Sequence

import pytest

from bot.faq.evidence import Evidence, SentenceEvidence, Weighed, in_turns
from bot.faq.language import synonym_groups
from bot.faq.words import words


def evidence(*entries: Sequence[str], sentences: SentenceEvidence | None = None) -> Evidence:
    texts = [words(variant) for variants in entries for variant in variants]
    owners = [number for number, variants in enumerate(entries) for _ in variants]
    return Evidence(texts, owners, len(entries), synonym_groups(), sentences)


APART = [
    ["зимняя резина", "шины на зиму"],
    ["гарантия на ремонт", "гарантийный талон"],
    ["адрес склада", "где ваш склад"],
]
ALIKE = [
    ["карта не работает", "карта не работает в банкомате"],
    ["карта не работает за границей", "за границей не работает карта"],
    ["карта не работает в магазине", "не работает карта в магазине"],
]


def test_strangers_weigh_more_where_entries_are_alike() -> None:
    apart, alike = (evidence(*faq).weigh(["слон"], "слон") for faq in (APART, ALIKE))
    assert alike.usual > apart.usual + 0.4
    assert alike.none > apart.none + 0.05


def test_what_has_nothing_to_do_with_an_faq_is_never_forgotten() -> None:
    assert evidence(*APART).weigh(["слон"], "слон").none > 6


def test_an_entry_that_claims_what_others_ask_is_trusted_less() -> None:
    crowd = [[f"доставка {place}"] for place in ("домой", "завтра", "курьером", "ночью", "летом")]
    faq = [["доставка договор"], ["абрикос договор"], *crowd]
    eager, modest, *_ = evidence(*faq).weigh(["эхо"], "эхо").entries
    assert eager < modest - 0.3
    # Sentence vectors were learned against all rivals, so words stand beside them as they are.
    both = evidence(*faq, sentences=lambda _: [0.0] * len(faq)).weigh(["эхо"], "эхо")
    assert both.entries[0] == both.entries[1]


def test_rivals_may_count_more_than_once_and_change_no_order() -> None:
    once, often = (
        Weighed([2.0, 1.0, 1.5], 0.0, 0.0, rivals).probabilities() for rivals in (1.0, 4.0)
    )
    assert sum(once) < 1
    assert often[0] < once[0] / 1.5
    assert often[0] > often[2] > often[1]
    alone = [Weighed([2.0], 0.0, 0.0, rivals).probabilities()[0] for rivals in (1.0, 4.0)]
    assert alone[0] == pytest.approx(alone[1])


def test_beside_sentences_a_near_rival_is_a_warning() -> None:
    apart = evidence(*APART, sentences=lambda _: [12.0, 0.0, 0.0]).weigh(["слон"], "слон")
    close = evidence(*APART, sentences=lambda _: [12.0, 11.0, 0.0]).weigh(["слон"], "слон")
    assert max(apart.probabilities()) > 0.99
    assert max(close.probabilities()) < 0.6


def test_groups_take_turns() -> None:
    assert in_turns([[0, 1, 2], [3], [4, 5]], 99) == [0, 3, 4, 1, 5, 2]
    assert in_turns([[0, 1, 2], [3], [4, 5]], 4) == [0, 3, 4, 1]
