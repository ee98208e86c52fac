"""From a text to the question that it most likely asks."""

import math
from collections import defaultdict
from collections.abc import Callable, Container, Iterable

from bot.faq.features import Features
from bot.faq.index import Postings, Variants, largest
from bot.faq.language import spelled_out, synonym_groups
from bot.faq.learn import learn_entry
from bot.faq.question import (
    DEFAULT_SETTINGS,
    Candidate,
    Decision,
    Explanation,
    Match,
    Question,
    Reason,
    Settings,
)
from bot.faq.repair import Speller
from bot.faq.vector import Vector
from bot.faq.words import normalise, stem, words

_SHOWN = 5
_REFINED = 12
_WORDS_READ = 64
# Evidence adds up from the learned weights and the nearest variant; "none of these" has its own.
# Fitted on the development sets, see docs/faq.md.
_LEARNED = 2.4
_NEAREST = 3.76
_NONE = 6.52
# What a text gets from an entry it does not ask, before the FAQ's own variants have told.
_USUAL = 5.5
_USUAL_COUNTS = 25
_SAMPLED = 100


class Matcher:
    """Finds the question that a text asks, among those given at the start.

    Building takes about a millisecond a question; matching is pure, deterministic and bounded
    whatever the text. One matcher may be shared by threads.
    """

    def __init__(
        self, questions: Iterable[Question], settings: Settings = DEFAULT_SETTINGS
    ) -> None:
        """Questions without variants are never found."""
        self._questions = tuple(question for question in questions if question.variants)
        self._settings = settings
        self._variants = [v for question in self._questions for v in question.variants]
        owners = [i for i, question in enumerate(self._questions) for _ in question.variants]
        folded = [words(variant) for variant in self._variants]
        self._exact: defaultdict[str, set[int]] = defaultdict(set)
        for owner, variant in zip(owners, folded, strict=True):
            self._exact[" ".join(variant)].add(owner)
        self._speller = Speller(word for variant in folded for word in variant)
        self._build([spelled_out(variant[:_WORDS_READ]) for variant in folded], owners)

    def _build(self, texts: list[list[str]], owners: list[int]) -> None:
        self._features = Features(texts, synonym_groups(self._settings.synonyms))
        self._of_entry: list[list[int]] = [[] for _ in self._questions]
        for variant, owner in enumerate(owners):
            self._of_entry[owner].append(variant)
        self._nearest = Variants()
        self._learned = Postings(self._learn(texts, own) for own in self._of_entry)
        self._usual = self._usual_evidence(texts, owners)

    def _learn(self, texts: list[list[str]], own: list[int]) -> Vector:
        vectors = [self._features.variant(texts[variant]) for variant in own]
        for by_word, _ in vectors:
            self._nearest.add(by_word)
        return learn_entry([everything for _, everything in vectors], len(self._questions))

    def _usual_evidence(self, texts: list[list[str]], owners: list[int]) -> float:
        """Return what a text usually gets from the likeliest entry that it does not ask.

        The FAQ's own variants tell: how alike its entries are differs from one to the next.
        """
        if len(self._questions) < 2:
            return _USUAL
        best = []
        for variant in range(0, len(texts), len(texts) // _SAMPLED + 1):
            evidence = self._evidence(texts[variant])
            evidence[owners[variant]] = 0.0
            best.append(max(evidence))
        return (sum(best) + _USUAL * _USUAL_COUNTS) / (len(best) + _USUAL_COUNTS)

    def match(self, text: str, allowed: Callable[[str], bool] | None = None) -> Match:
        """Return what `text` asks; `allowed` tells which ids may be found.

        The questions that are not allowed still compete: a text that means one of them does not
        become a sure match for its neighbour.
        """
        exact = self._equal(text, allowed)
        if exact:
            # The same variant in two questions: only the customer knows which one is meant.
            decision: Decision = "answer" if len(exact) == 1 else "suggest"
            same = tuple(self._candidate(i, 1 / len(exact)) for i in exact[:_SHOWN])
            return Match(decision, same, exact=True)
        evidence = self._evidence(self._words(text))
        scores = _probabilities(evidence)
        if allowed is not None:
            scores = [
                score if allowed(question.id) else -1.0
                for score, question in zip(scores, self._questions, strict=True)
            ]
        best = [i for i in largest(scores, _SHOWN) if scores[i] >= 0]
        decision = self._decide(scores[best[0]], evidence[best[0]]) if best else "none"
        return Match(decision, tuple(self._candidate(i, scores[i]) for i in best), exact=False)

    def explain(self, text: str) -> Explanation:
        """Return why `text` is matched as it is."""
        match = self.match(text)
        spelled = self._words(text)
        readings = self._features.readings(spelled)
        meant = {known for reading in readings for known, _ in reading.known}
        by_word, _ = self._features.query(spelled)
        numbers = {question.id: i for i, question in enumerate(self._questions)}
        reasons = tuple(self._reason(c, numbers[c.id], by_word, meant) for c in match.candidates)
        return Explanation(match, self._speller.repair(text)[1], readings, reasons)

    def _words(self, text: str) -> list[str]:
        return spelled_out(words(self._speller.repair(text)[0])[:_WORDS_READ])

    def _evidence(self, spelled: list[str]) -> list[float]:
        """Return how much speaks for each question: the logits of a softmax."""
        by_word, everything = self._features.query(spelled)
        evidence = [_LEARNED * value for value in self._learned.products(everything)]
        encoded = self._nearest.encode(by_word)
        for i in largest(evidence, _REFINED):
            evidence[i] += _NEAREST * self._nearest.best(encoded, self._of_entry[i])[0]
        return evidence

    def _decide(self, score: float, evidence: float) -> Decision:
        if score >= self._settings.answer:
            return "answer"
        odds = math.exp(evidence - self._usual)
        return "suggest" if odds / (1 + odds) >= self._settings.suggest else "none"

    def _equal(self, text: str, allowed: Callable[[str], bool] | None) -> list[int]:
        owners = self._exact.get(normalise(text), ())
        return [i for i in sorted(owners) if allowed is None or allowed(self._questions[i].id)]

    def _candidate(self, number: int, score: float) -> Candidate:
        question = self._questions[number]
        return Candidate(question.id, question.variants[0], score)

    def _reason(
        self, candidate: Candidate, number: int, by_word: Vector, meant: Container[str]
    ) -> Reason:
        likeness, nearest = self._nearest.best(
            self._nearest.encode(by_word), self._of_entry[number]
        )
        variant = self._variants[nearest]
        shared = tuple(w for w in dict.fromkeys(words(variant)) if stem(w) in meant)
        return Reason(candidate, variant, shared, likeness)


def _probabilities(evidence: list[float]) -> list[float]:
    top = max([*evidence, _NONE])
    odds = [math.exp(value - top) for value in evidence]
    total = sum(odds) + math.exp(_NONE - top)
    return [value / total for value in odds]
