"""All that the matcher sees of a text, as one vector."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from bot.faq.language import Synonyms
from bot.faq.question import Reading
from bot.faq.vector import Vector
from bot.faq.views import View, letter_groups, meanings, word_pairs
from bot.faq.vocabulary import Vocabulary
from bot.faq.words import stem

# How much each view says beside the words themselves; found on development sets, see docs/faq.md.
_LETTERS = 1.0
_PAIRS = 0.6
_MEANINGS = 0.5
_STRANGE_LETTERS = 0.7


class Features:
    """Turns lists of words into vectors, by what is rare and what is usual in one FAQ."""

    def __init__(
        self,
        variants: Sequence[Sequence[str]],
        owners: Sequence[int],
        synonyms: Synonyms,
        usual: Mapping[str, float],
    ) -> None:
        """`variants` are the words of each variant, `owners` the entry of each; `usual` tells which
        share of any texts has a stem."""
        self._synonyms = synonyms
        count = len(variants)
        stems = [[stem(word) for word in words] for words in variants]
        # Generators: the counts of thousands of variants at once would be most of the memory.
        self._vocabulary = Vocabulary(stems, count, synonyms, usual)
        self._letters = View((letter_groups(words) for words in variants), count)
        self._pairs = View((word_pairs(document) for document in stems), count)
        # An entry's variants share their meaning: what is rare is counted by entries.
        entries: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for document, owner in zip(stems, owners, strict=True):
            entries[owner].update(meanings(document, synonyms))
        self._meanings = View(entries.values(), len(entries))

    def variant(self, words: Sequence[str]) -> tuple[Vector, Vector]:
        """Return a variant's word vector, and the vector of everything."""
        stems = [stem(word) for word in words]
        return self._join(self._vocabulary.variant_vector(dict.fromkeys(stems)), words, stems)

    def query(self, words: Sequence[str]) -> tuple[Vector, Vector]:
        """Return a text's word vector, and the vector of everything."""
        stems = [stem(word) for word in words]
        return self._join(self._vocabulary.query_vector(stems), words, stems)

    def readings(self, words: Sequence[str]) -> tuple[Reading, ...]:
        """Return how each word is understood."""
        return self._vocabulary.readings(map(stem, words))

    def _join(
        self, by_word: dict[str, float], words: Sequence[str], stems: list[str]
    ) -> tuple[Vector, Vector]:
        letters = self._letters.vector(letter_groups(words), _STRANGE_LETTERS)
        pairs = self._pairs.vector(word_pairs(stems))
        meant = self._meanings.vector(meanings(stems, self._synonyms))
        # One letter in front keeps the kinds of features apart.
        everything = {f"w{feature}": weight for feature, weight in by_word.items()}
        everything |= {f"l{feature}": _LETTERS * weight for feature, weight in letters.items()}
        everything |= {f"p{feature}": _PAIRS * weight for feature, weight in pairs.items()}
        everything |= {f"m{feature}": _MEANINGS * weight for feature, weight in meant.items()}
        return by_word, everything
