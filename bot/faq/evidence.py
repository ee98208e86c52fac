"""How much speaks for each entry: the part of the matcher that is learned from the FAQ."""

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, zip_longest
from operator import sub

import msgspec

from bot.faq.features import Features
from bot.faq.index import Postings, Variants, largest
from bot.faq.language import USUAL, Synonyms
from bot.faq.learn import learn_entry
from bot.faq.vector import Vector, product

SentenceEvidence = Callable[[str], list[float]]
"""From a text to how much its meaning speaks for each entry, as logits."""
SentenceLearner = Callable[[Sequence[str], Sequence[int]], SentenceEvidence]
"""From variants and the entry of each to what they teach."""

_REFINED = 12
# Evidence adds up from the learned weights and the nearest variant; "none of these" has its own.
# Fitted on the development sets, see docs/faq.md.
_LEARNED = 2.35
_NEAREST = 3.68
# Strangers are of two kinds: what has nothing to do with the FAQ, and what is near to it. From the
# near ones an entry gets a little less than from variants that are not its own.
_FAR_STRANGER = 6.1
_NEAR_STRANGER = -0.5
# Both together tell more than either, so less room is left for doubt; but an entry that is nearly
# as likely is more of a warning than words alone would make it.
_WORDS_BESIDE_SENTENCES = 0.582
_SENTENCES = 1.5
_NONE_WITH_SENTENCES = 10.05
_USUAL_WITH_SENTENCES = 6.4
_RIVALS_WITH_SENTENCES = 4.0
# From here on the sentence model is not asked: it would only cost time.
_SURE = 0.95
# What a text gets from an entry it does not ask, before the FAQ's own variants have told.
_USUAL = 5.5
_USUAL_COUNTS = 40
# So many of the FAQ's own variants are asked at load; in a big FAQ each of them takes longer.
_SAMPLED = 400
_FEWEST_SAMPLED = 100
_COMPARISONS = 100_000
# How much of what an entry gets from texts of others is held against it.
_EAGER = 0.3


class Weighed(msgspec.Struct, frozen=True):
    """One text on the scales; all values are logits."""

    entries: list[float]
    none: float
    """The weight of "none of these"."""
    usual: float
    """What a text usually gets from the likeliest entry that it does not ask."""
    rivals: float = 1.0
    """How many times every other entry counts against one."""

    def probabilities(self) -> list[float]:
        """Return for each entry the probability, 0..1, that it is what was meant."""
        top = max(self.none, max(self.entries, default=self.none))
        exp = math.exp
        odds = [exp(value - top) for value in self.entries]
        against = self.rivals * sum(odds) + exp(self.none - top)
        for_itself = 1.0 - self.rivals
        return [value / (against + for_itself * value) for value in odds]

    def sure(self, least: float) -> bool:
        """Tell whether the likeliest entry has at least the probability `least`; without entries nothing is open."""
        best = max(self.entries, default=math.inf)
        # "None of these" alone often leaves too little, and that is quickly seen.
        if math.exp(min(self.none - best, 0.0)) > 1 / least - 1:
            return False
        return max(self.probabilities(), default=1.0) >= least


def in_turns(groups: Iterable[Sequence[int]], count: int) -> list[int]:
    """Return `count` members at most: the first of every group, then the second ones, and so on."""
    rounds = zip_longest(*groups)
    return list(islice((each for turn in rounds for each in turn if each is not None), count))


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
        # Sentence vectors know by themselves which words are usual.
        self.features = Features(texts, owners, synonyms, {} if sentences else USUAL)
        self._sentences = sentences
        self._owners = owners
        self._of_entry: list[list[int]] = [[] for _ in range(entries)]
        for variant, owner in enumerate(owners):
            self._of_entry[owner].append(variant)
        self._variants = Variants()
        self._learned = Postings(self._learn(texts, own) for own in self._of_entry)
        self._eager = [0.0] * entries
        self._usual = _USUAL
        self._compare(texts)

    def _learn(self, texts: Sequence[Sequence[str]], own: list[int]) -> Vector:
        vectors = [self.features.variant(texts[variant]) for variant in own]
        for by_word, _ in vectors:
            self._variants.add(by_word)
        return learn_entry([everything for _, everything in vectors], len(self._of_entry))

    def _compare(self, texts: Sequence[Sequence[str]]) -> None:
        """Ask a sample of the FAQ's own variants what they get from entries that are not theirs.

        How alike entries are differs between FAQs, and some entries claim more of what others ask
        than the rest do: that much they are trusted less.
        """
        entries = len(self._of_entry)
        if entries < 2:
            return
        afforded = max(_FEWEST_SAMPLED, _COMPARISONS // entries)
        sample = in_turns(self._of_entry, min(_SAMPLED, afforded))
        rows = []
        for variant in sample:
            weights = self._weigh_words(texts[variant])
            weights[self._owners[variant]] = -math.inf
            rows.append(array("d", weights))
        claims = [math.log(sum(map(math.exp, column))) for column in zip(*rows, strict=True)]
        middle = sum(claims) / entries
        # Where rivals of most entries were not asked, chance decides who is found to be eager.
        trust = _EAGER * min(1.0, len(sample) / entries)
        self._eager = [trust * (claim - middle) for claim in claims]
        best = [max(map(sub, weights, self._eager)) for weights in rows]
        self._usual = (sum(best) + _USUAL * _USUAL_COUNTS) / (len(best) + _USUAL_COUNTS)

    def weigh(self, words: Sequence[str], text: str) -> Weighed:
        """Weigh a text, given as its words and, for the sentence model, as typed."""
        by_words = self._weigh_words(words)
        weighed = self._trusted(by_words)
        if self._sentences is None or weighed.sure(_SURE):
            return weighed
        meant = self._sentences(text)
        both = [
            _WORDS_BESIDE_SENTENCES * a + _SENTENCES * b
            for a, b in zip(by_words, meant, strict=True)
        ]
        return Weighed(both, _NONE_WITH_SENTENCES, _USUAL_WITH_SENTENCES, _RIVALS_WITH_SENTENCES)

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
        return self._trusted(weights)

    def _weigh_words(self, words: Sequence[str]) -> list[float]:
        by_word, everything = self.features.query(words)
        weights = [_LEARNED * value for value in self._learned.products(everything)]
        encoded = self._variants.encode(by_word)
        for i in largest(weights, _REFINED):
            weights[i] += _NEAREST * self._variants.best(encoded, self._of_entry[i])[0]
        return weights

    def _trusted(self, weights: list[float]) -> Weighed:
        trusted = list(map(sub, weights, self._eager))
        none = math.log(math.exp(_FAR_STRANGER) + math.exp(self._usual + _NEAR_STRANGER))
        return Weighed(trusted, none, self._usual)
