"""From a text to the question that it most likely asks."""

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Container, Iterable

from bot.faq.features import Features
from bot.faq.index import Postings, Variants
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
_SUGGESTED = 3
_REFINED = 12
_WORDS_READ = 64
# Evidence adds up from the learned weights and the nearest variant; "none of these" has its own.
# Fitted on the development sets, see docs/faq.md.
_LEARNED = 2.36
_NEAREST = 3.76
_NONE = 6.52


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
        self._exact: defaultdict[str, set[int]] = defaultdict(set)
        for owner, variant in zip(owners, self._variants, strict=True):
            self._exact[normalise(variant)].add(owner)
        self._speller = Speller(self._variants)
        self._build(owners)

    def _build(self, owners: list[int]) -> None:
        texts = [spelled_out(variant)[:_WORDS_READ] for variant in self._variants]
        self._features = Features(texts, synonym_groups(self._settings.synonyms))
        vectors = [self._features.variant(text) for text in texts]
        self._nearest = Variants([by_word for by_word, _ in vectors])
        self._of_entry: list[list[int]] = [[] for _ in self._questions]
        for variant, owner in enumerate(owners):
            self._of_entry[owner].append(variant)
        rivals = len(self._questions) - 1
        self._learned = Postings(
            [learn_entry([vectors[i][1] for i in own], rivals) for own in self._of_entry]
        )

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
        scores = self._probabilities(*self._features.query(self._words(text)))
        ids = [i for i in range(len(scores)) if self._is_allowed(i, allowed)]
        best = heapq.nlargest(_SHOWN, ids, key=scores.__getitem__)
        candidates = tuple(self._candidate(i, scores[i]) for i in best)
        return Match(self._decide(candidates), candidates, exact=False)

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
        return spelled_out(self._speller.repair(text)[0])[:_WORDS_READ]

    def _probabilities(self, by_word: Vector, everything: Vector) -> list[float]:
        evidence = [_LEARNED * value for value in self._learned.products(everything)]
        encoded = self._nearest.encode(by_word)
        for i in heapq.nlargest(_REFINED, range(len(evidence)), key=evidence.__getitem__):
            evidence[i] += _NEAREST * self._nearest.best(encoded, self._of_entry[i])[0]
        top = max([*evidence, _NONE])
        odds = [math.exp(value - top) for value in evidence]
        total = sum(odds) + math.exp(_NONE - top)
        return [value / total for value in odds]

    def _decide(self, candidates: tuple[Candidate, ...]) -> Decision:
        if candidates and candidates[0].score >= self._settings.answer:
            return "answer"
        near = sum(candidate.score for candidate in candidates[:_SUGGESTED])
        return "suggest" if candidates and near >= self._settings.suggest else "none"

    def _equal(self, text: str, allowed: Callable[[str], bool] | None) -> list[int]:
        owners = self._exact.get(normalise(text), ())
        return [i for i in sorted(owners) if self._is_allowed(i, allowed)]

    def _is_allowed(self, number: int, allowed: Callable[[str], bool] | None) -> bool:
        return allowed is None or allowed(self._questions[number].id)

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
