"""From a text to the question that it most likely asks."""

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Container, Iterable

from bot.faq.index import Index
from bot.faq.letters import Letters, letter_groups
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
from bot.faq.vocabulary import Vocabulary
from bot.faq.words import normalise, stem, words

_SHOWN = 5
_SUGGESTED = 3
_REFINED = 12
_WORDS_READ = 64
# Fitted on the development sets, see docs/faq.md.
_CENTROID_WEIGHTS = (6.45, 7.62)
_VARIANT_WEIGHTS = (2.39, 2.47)
_NONE = 6.1

_Query = tuple[dict[int, float], dict[int, float]]


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
        texts = [words(variant)[:_WORDS_READ] for variant in self._variants]
        stems = [list(dict.fromkeys(map(stem, text))) for text in texts]
        groups = [letter_groups(text) for text in texts]
        self._vocabulary = Vocabulary(stems)
        self._letters = Letters(groups)
        by_word = [self._vocabulary.variant_vector(document) for document in stems]
        by_letter = [self._letters.vector(document) for document in groups]
        count = len(self._questions)
        self._views = (Index(by_word, owners, count), Index(by_letter, owners, count))

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
        scores = self._probabilities(self._read(text))
        ids = [i for i in range(len(scores)) if self._is_allowed(i, allowed)]
        best = heapq.nlargest(_SHOWN, ids, key=scores.__getitem__)
        candidates = tuple(self._candidate(i, scores[i]) for i in best)
        return Match(self._decide(candidates), candidates, exact=False)

    def explain(self, text: str) -> Explanation:
        """Return why `text` is matched as it is."""
        match = self.match(text)
        read, repairs = self._speller.repair(text)
        readings = self._vocabulary.readings(map(stem, words(read)[:_WORDS_READ]))
        meant = {known for reading in readings for known, _ in reading.known}
        query = self._read(text)
        numbers = {question.id: i for i, question in enumerate(self._questions)}
        reasons = tuple(self._reason(c, numbers[c.id], query, meant) for c in match.candidates)
        return Explanation(match, repairs, readings, reasons)

    def _read(self, text: str) -> _Query:
        spelled = words(self._speller.repair(text)[0])[:_WORDS_READ]
        by_word = self._vocabulary.query_vector(list(map(stem, spelled)))
        by_letter = self._letters.vector(letter_groups(spelled))
        return self._views[0].encode(by_word), self._views[1].encode(by_letter)

    def _probabilities(self, query: _Query) -> list[float]:
        evidence = [
            _CENTROID_WEIGHTS[0] * word + _CENTROID_WEIGHTS[1] * letter
            for word, letter in zip(*map(Index.centroids, self._views, query), strict=True)
        ]
        for i in heapq.nlargest(_REFINED, range(len(evidence)), key=evidence.__getitem__):
            for view, part, weight in zip(self._views, query, _VARIANT_WEIGHTS, strict=True):
                evidence[i] += weight * view.best_variant(part, i)[0]
        top = max(evidence, default=_NONE)
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
        self, candidate: Candidate, number: int, query: _Query, meant: Container[str]
    ) -> Reason:
        word, letter = (
            view.best_variant(part, number) for view, part in zip(self._views, query, strict=True)
        )
        variant = self._variants[max(word, letter)[1]]
        shared = tuple(w for w in dict.fromkeys(words(variant)) if stem(w) in meant)
        return Reason(candidate, variant, shared, (("words", word[0]), ("letters", letter[0])))
