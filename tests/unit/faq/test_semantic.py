"""Sentence evidence: its arithmetic on made-up vectors, and how the matcher uses it."""

from collections.abc import Sequence
from typing import Any

import pytest

from bot.faq import Matcher, Question
from bot.faq.evidence import SentenceEvidence
from bot.faq.words import normalise

np = pytest.importorskip("numpy")
semantic = pytest.importorskip("bot.faq.semantic")

FAQ = [
    Question("refund", ("give my money back", "refund please", "return the payment")),
    Question("hours", ("when are you open", "opening hours", "what time do you close")),
]
# Two directions of meaning: money and time.
MEANINGS = {"money": 0, "refund": 0, "payment": 0, "reimburse": 0}


def encode(texts: Sequence[str]) -> Any:
    rows = np.full((len(texts), 4), 0.1, np.float32)
    for row, text in zip(rows, texts, strict=True):
        row[0 if any(word in text for word in MEANINGS) else 1] = 1.0
        row[2] += len(text) % 3 / 10
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def learner(variants: Sequence[str], owners: Sequence[int]) -> SentenceEvidence:
    known = semantic.known_differences(encode)
    vectors = encode([*variants, *map(normalise, variants)])
    both = [*owners, *owners]
    evidence: SentenceEvidence = semantic.learn_sentences(encode, vectors, both, known)
    return evidence


def test_evidence_follows_meaning_not_letters() -> None:
    variants = [variant for question in FAQ for variant in question.variants]
    evidence = learner(variants, [0, 0, 0, 1, 1, 1])
    refund, hours = evidence("reimburse me")
    assert refund > hours
    refund, hours = evidence("until which moment is somebody there")
    assert hours > refund


def test_the_same_vectors_teach_the_same_twice() -> None:
    variants = [variant for question in FAQ for variant in question.variants]
    one, two = (learner(variants, [0, 0, 0, 1, 1, 1]) for _ in range(2))
    assert one("reimburse me") == two("reimburse me")


def test_the_discriminant_trusts_a_single_variant_less_than_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(semantic, "_REGRESSION", 0.0)
    variants = [question.variants[0] for question in FAQ]
    single = max(learner(variants, [0, 1])("reimburse me"))
    many = max(learner(variants * 5, [0, 1] * 5)("reimburse me"))
    assert 0 < single < 0.7 * many < 1


@pytest.mark.parametrize("stressed, best", [((0, 1), 0), ((2, 3), 1)])
def test_directions_in_which_known_meanings_differ_count_more(
    stressed: tuple[int, int], best: int
) -> None:
    vectors = {"one": (1, 0, 1, 0), "other": (0, 1, 0, 1), "mixed": (1, 0, 0, 1)}
    known = np.zeros((4, 4), np.float32)
    a, b = stressed
    known[[a, b], [a, b]], known[[a, b], [b, a]] = 0.5, -0.5

    def fixed(texts: Sequence[str]) -> Any:
        return np.array([vectors[text] for text in texts], np.float32) / np.sqrt(2)

    evidence = semantic.learn_sentences(fixed, fixed(["one", "other"] * 6), [0, 1] * 6, known)
    scores = evidence("mixed")
    assert scores[best] > scores[1 - best] + 0.1


def test_many_entries_are_learned_along_the_main_directions_as_few_are_along_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(3)
    middles = random.standard_normal((300, 256)).astype(np.float32)
    vectors = np.repeat(middles, 4, axis=0) + random.standard_normal((1200, 256)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    owners = np.repeat(np.arange(300), 4)
    short = semantic._regression(vectors, owners)
    monkeypatch.setattr(semantic, "_FEW", 1000)
    whole = semantic._regression(vectors, owners)

    asked = middles + 0.5 * random.standard_normal((300, 256)).astype(np.float32)
    right = [(asked @ weights.T).argmax(axis=1) == np.arange(300) for weights in (short, whole)]
    assert right[0].mean() > 0.95
    assert right[0].mean() > right[1].mean() - 0.02


def test_the_model_is_asked_only_when_words_leave_it_open() -> None:
    asked: list[str] = []

    def spying(variants: Sequence[str], owners: Sequence[int]) -> SentenceEvidence:
        evidence = learner(variants, owners)

        def spy(text: str) -> list[float]:
            asked.append(text)
            return evidence(text)

        return spy

    matcher = Matcher(FAQ, sentences=spying)
    assert matcher.match("Refund, please!").exact
    assert asked == []
    assert matcher.match("reimburse me").candidates[0].id == "refund"
    assert asked == ["reimburse me"]


def test_an_empty_faq_needs_no_model() -> None:
    assert Matcher([], sentences=learner).match("anything").decision == "none"


def test_one_entry_can_be_learned() -> None:
    found = Matcher(FAQ[:1], sentences=learner).match("reimburse me").candidates
    assert [candidate.id for candidate in found] == ["refund"]


def test_the_real_model_knows_a_paraphrase_in_russian() -> None:
    matcher = Matcher(
        [
            Question("доставка", ("Сколько идёт посылка?", "срок доставки", "когда привезут")),
            Question("возврат", ("Как вернуть товар?", "хочу сдать вещь обратно", "возврат денег")),
            Question("вакансии", ("Есть ли работа?", "ищу вакансию", "хочу у вас работать")),
        ],
        sentences=semantic.sentence_learner(),
    )
    best = matcher.match("мне нужно устроиться на службу").candidates[0]
    assert best.id == "вакансии"
