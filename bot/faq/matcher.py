"""From a text to the question that it most likely asks."""

import math
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from bot.faq.correction import Choice, correction
from bot.faq.evidence import Evidence, SentenceLearner
from bot.faq.index import largest
from bot.faq.language import spelled_out, synonym_groups
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
from bot.faq.words import normalise, stem, words

_SHOWN = 5
_WORDS_READ = 64


class Matcher:
    """Finds the question that a text asks, among those given at the start.

    Building takes one to two milliseconds a question; matching is pure, deterministic and bounded
    whatever the text. One matcher may be shared by threads.
    """

    def __init__(
        self,
        questions: Iterable[Question],
        settings: Settings = DEFAULT_SETTINGS,
        sentences: SentenceLearner | None = None,
        choices: Iterable[Choice] = (),
    ) -> None:
        """Questions without variants are never found. Scores are corrected by what people chose.

        `sentences` comes from `bot.faq.semantic`; it is asked about texts that are not clear by
        their words, which takes milliseconds, so such a matcher belongs off the event loop.
        """
        self._questions = tuple(question for question in questions if question.variants)
        self._settings = settings
        self._variants = [v for question in self._questions for v in question.variants]
        owners = [i for i, question in enumerate(self._questions) for _ in question.variants]
        folded = [words(variant) for variant in self._variants]
        self._exact: defaultdict[str, set[int]] = defaultdict(set)
        for owner, variant in zip(owners, folded, strict=True):
            self._exact[" ".join(variant)].add(owner)
        self._speller = Speller(word for variant in folded for word in variant)
        self._evidence = Evidence(
            [spelled_out(variant[:_WORDS_READ]) for variant in folded],
            owners,
            len(self._questions),
            synonym_groups(settings.synonyms),
            sentences(self._variants, owners) if sentences and self._variants else None,
        )
        self._correction = None
        self._correction = correction([*self._seen(choices)])

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
        weighed = self._evidence.weigh(*self._read(text))
        scores = weighed.probabilities()
        if self._correction is not None:
            scores = [self._correction.of(score) for score in scores]
        if allowed is not None:
            scores = [
                score if allowed(question.id) else -1.0
                for score, question in zip(scores, self._questions, strict=True)
            ]
        best = [i for i in largest(scores, _SHOWN) if scores[i] >= 0]
        candidates = tuple(self._candidate(i, scores[i]) for i in best)
        if not best:
            return Match("none", candidates, exact=False)
        decision = self._decide(scores[best[0]], weighed.entries[best[0]] - weighed.usual)
        return Match(decision, candidates, exact=False)

    def explain(self, text: str) -> Explanation:
        """Return why `text` is matched as it is."""
        match = self.match(text)
        spelled, _ = self._read(text)
        readings = self._evidence.features.readings(spelled)
        meant = {known for reading in readings for known, _ in reading.known}
        numbers = {question.id: i for i, question in enumerate(self._questions)}
        reasons = tuple(self._reason(c, numbers[c.id], spelled, meant) for c in match.candidates)
        return Explanation(match, self._speller.repair(text)[1], readings, reasons)

    def _read(self, text: str) -> tuple[list[str], str]:
        """Return the words that are meant, and the text for the sentence model."""
        read, repairs = self._speller.repair(text)
        return spelled_out(words(read)[:_WORDS_READ]), read if repairs else text

    def _decide(self, score: float, above_usual: float) -> Decision:
        if score >= self._settings.answer:
            return "answer"
        near = 1 / (1 + math.exp(-above_usual))
        return "suggest" if near >= self._settings.suggest else "none"

    def _seen(self, choices: Iterable[Choice]) -> Iterator[tuple[float, bool]]:
        """The best score of each text that people chose for, and whether it was right. What stands in the FAQ by now
        tells nothing of its scores."""
        for choice in {choice.text: choice for choice in choices}.values():
            match = self.match(choice.text)
            if match.exact or not match.candidates:
                continue
            best = match.candidates[0]
            if choice.right or best.id == choice.id:
                yield best.score, choice.right and best.id == choice.id

    def _equal(self, text: str, allowed: Callable[[str], bool] | None) -> list[int]:
        owners = self._exact.get(normalise(text), ())
        return [i for i in sorted(owners) if allowed is None or allowed(self._questions[i].id)]

    def _candidate(self, number: int, score: float) -> Candidate:
        question = self._questions[number]
        return Candidate(question.id, question.variants[0], score)

    def _reason(
        self, candidate: Candidate, number: int, spelled: Sequence[str], meant: Container[str]
    ) -> Reason:
        likeness, nearest = self._evidence.nearest(spelled, number)
        variant = self._variants[nearest]
        shared = tuple(w for w in dict.fromkeys(words(variant)) if stem(w) in meant)
        return Reason(candidate, variant, shared, likeness)
