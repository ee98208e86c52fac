"""All that the matcher sees of a text, as one vector."""

from collections.abc import Sequence

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
_STRANGE_PAIRS = 0.0
_STRANGE_MEANINGS = 0.0


class Features:
    """Turns lists of words into vectors, by what is rare and what is usual in one FAQ."""

    def __init__(self, variants: Sequence[Sequence[str]], synonyms: Synonyms) -> None:
        """`variants` are the words of each variant."""
        self._synonyms = synonyms
        count = len(variants)
        stems = [[stem(word) for word in words] for words in variants]
        # Generators: the counts of thousands of variants at once would be most of the memory.
        self._vocabulary = Vocabulary(stems, count, synonyms)
        self._letters = View((letter_groups(words) for words in variants), count)
        self._pairs = View((word_pairs(document) for document in stems), count)
        self._meanings = View((meanings(document, synonyms) for document in stems), count)

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
        # One letter in front keeps the kinds of features apart.
        everything = {f"w{feature}": weight for feature, weight in by_word.items()}
        for kind, weight, vector in (
            ("l", _LETTERS, self._letters.vector(letter_groups(words), _STRANGE_LETTERS)),
            ("p", _PAIRS, self._pairs.vector(word_pairs(stems), _STRANGE_PAIRS)),
            (
                "m",
                _MEANINGS,
                self._meanings.vector(meanings(stems, self._synonyms), _STRANGE_MEANINGS),
            ),
        ):
            for feature, value in vector.items():
                everything[kind + feature] = weight * value
        return by_word, everything
