"""How much speaks for each entry: the part of the matcher that is learned from the FAQ."""

import math
from collections.abc import Callable, Sequence

import msgspec

from bot.faq.features import Features
from bot.faq.index import Postings, Variants, largest
from bot.faq.language import Synonyms
from bot.faq.learn import learn_entry
from bot.faq.vector import Vector, product

SentenceEvidence = Callable[[str], list[float]]
"""From a text to how much its meaning speaks for each entry, as logits."""
SentenceLearner = Callable[[Sequence[str], Sequence[int]], SentenceEvidence]
"""From variants and the entry of each to what they teach."""

_REFINED = 12
# Evidence adds up from the learned weights and the nearest variant; "none of these" has its own.
# Fitted on the development sets, see docs/faq.md.
_LEARNED = 2.4
_NEAREST = 3.76
_NONE = 6.52
_BESIDE_SENTENCES = 0.38
_NONE_WITH_SENTENCES = 5.8
_USUAL_WITH_SENTENCES = 5.0
# From here on the sentence model is not asked: it would only cost time.
_SURE = 0.95
# What a text gets from an entry it does not ask, before the FAQ's own variants have told.
_USUAL = 5.5
_USUAL_COUNTS = 40
_SAMPLED = 100


class Weighed(msgspec.Struct, frozen=True):
    """One text on the scales; all values are logits."""

    entries: list[float]
    none: float
    """The weight of "none of these"."""
    usual: float
    """What a text usually gets from the likeliest entry that it does not ask."""

    def probabilities(self) -> list[float]:
        """Return for each entry the probability, 0..1, that it is what was meant."""
        top = max(self.none, max(self.entries, default=self.none))
        exp = math.exp
        odds = [exp(value - top) for value in self.entries]
        total = sum(odds) + exp(self.none - top)
        return [value / total for value in odds]

    def sure(self, least: float) -> bool:
        """Tell whether the likeliest entry has at least the probability `least`; without entries nothing is open."""
        best = max(self.entries, default=math.inf)
        # "None of these" alone often leaves too little, and that is quickly seen.
        if math.exp(min(self.none - best, 0.0)) > 1 / least - 1:
            return False
        return max(self.probabilities(), default=1.0) >= least


class Evidence:
    """What one FAQ's variants teach about telling its entries apart."""

    def __init__(
        self,
        texts: Sequence[Sequence[str]],
        owners: Sequence[int],
        entries: int,
        synonyms: Synonyms,
        sentences: SentenceEvidence | None,
    ) -> None:
        """`texts` are the words of each variant, `owners` its entry, below `entries`."""
        self.features = Features(texts, owners, synonyms)
        self._sentences = sentences
        self._owners = owners
        self._of_entry: list[list[int]] = [[] for _ in range(entries)]
        for variant, owner in enumerate(owners):
            self._of_entry[owner].append(variant)
        self._variants = Variants()
        self._learned = Postings(self._learn(texts, own) for own in self._of_entry)
        self._usual = self._find_usual(texts, owners)

    def _learn(self, texts: Sequence[Sequence[str]], own: list[int]) -> Vector:
        vectors = [self.features.variant(texts[variant]) for variant in own]
        for by_word, _ in vectors:
            self._variants.add(by_word)
        return learn_entry([everything for _, everything in vectors], len(self._of_entry))

    def _find_usual(self, texts: Sequence[Sequence[str]], owners: Sequence[int]) -> float:
        """Ask a sample of the FAQ's own variants; how alike entries are differs between FAQs."""
        if len(self._of_entry) < 2:
            return _USUAL
        best = []
        for variant in range(0, len(texts), len(texts) // _SAMPLED + 1):
            weights = self._weigh_words(texts[variant])
            weights[owners[variant]] = 0.0
            best.append(max(weights))
        return (sum(best) + _USUAL * _USUAL_COUNTS) / (len(best) + _USUAL_COUNTS)

    def weigh(self, words: Sequence[str], text: str) -> Weighed:
        """Weigh a text, given as its words and, for the sentence model, as typed."""
        weighed = Weighed(self._weigh_words(words), _NONE, self._usual)
        if self._sentences is None or weighed.sure(_SURE):
            return weighed
        meant = self._sentences(text)
        both = [_BESIDE_SENTENCES * a + b for a, b in zip(weighed.entries, meant, strict=True)]
        return Weighed(both, _NONE_WITH_SENTENCES, _USUAL_WITH_SENTENCES)

    def nearest(self, words: Sequence[str], entry: int) -> tuple[float, int]:
        """Return how near the nearest variant of `entry` is (a cosine), and its number."""
        by_word, _ = self.features.query(words)
        return self._variants.best(self._variants.encode(by_word), self._of_entry[entry])

    def without(self, texts: Sequence[Sequence[str]], variant: int) -> Weighed:
        """Weigh one of the FAQ's own variants as if its entry had never had it."""
        owner = self._owners[variant]
        siblings = [other for other in self._of_entry[owner] if other != variant]
        by_word, everything = self.features.query(texts[variant])
        weights = self._weigh_words(texts[variant])
        weights[owner] = 0.0
        if siblings:
            vectors = [self.features.variant(texts[other])[1] for other in siblings]
            learned = product(everything, learn_entry(vectors, len(self._of_entry)))
            near, _ = self._variants.best(self._variants.encode(by_word), siblings)
            weights[owner] = _LEARNED * learned + _NEAREST * near
        return Weighed(weights, _NONE, self._usual)

    def _weigh_words(self, words: Sequence[str]) -> list[float]:
        by_word, everything = self.features.query(words)
        weights = [_LEARNED * value for value in self._learned.products(everything)]
        encoded = self._variants.encode(by_word)
        for i in largest(weights, _REFINED):
            weights[i] += _NEAREST * self._variants.best(encoded, self._of_entry[i])[0]
        return weights
