"""What is wrong with a FAQ before any customer asks: plain findings for `frontdesk check`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from bot.faq.evidence import Evidence
from bot.faq.language import spelled_out, synonym_groups
from bot.faq.question import DEFAULT_SETTINGS, Question, Settings
from bot.faq.words import words

Kind = Literal["few_variants", "near_duplicates", "wins_elsewhere"]

_ENOUGH_VARIANTS = 3
_ALIKE = 0.75


class Finding(msgspec.Struct, frozen=True):
    """One thing that a maintainer should look at.

    - `few_variants`: `ids` is the entry, `variants` all it has.
    - `near_duplicates`: `ids` are two entries that ask nearly the same, `variants` one of each.
    - `wins_elsewhere`: `ids` are the entry of the variant and the one that would answer it.
    """

    kind: Kind
    ids: tuple[str, ...]
    variants: tuple[str, ...]


def review(
    questions: Iterable[Question], settings: Settings = DEFAULT_SETTINGS
) -> tuple[Finding, ...]:
    """Return findings in the order of the questions.

    Every variant is taken out and asked in its turn; a few milliseconds each.
    """
    asked = tuple(question for question in questions if question.variants)
    trial = _Trial(asked, settings)
    return (
        *(_few(question) for question in asked if len(question.variants) < _ENOUGH_VARIANTS),
        *trial.near_duplicates(),
        *trial.wins_elsewhere(),
    )


def _few(question: Question) -> Finding:
    return Finding("few_variants", (question.id,), question.variants)


class _Trial:
    """Asks the FAQ its own variants, each as if its entry did not have it."""

    def __init__(self, questions: Sequence[Question], settings: Settings) -> None:
        self._questions = questions
        self._settings = settings
        self._variants = [v for question in questions for v in question.variants]
        self._owners = [i for i, question in enumerate(questions) for _ in question.variants]
        self._texts = [spelled_out(words(variant)) for variant in self._variants]
        self._evidence = Evidence(
            self._texts, self._owners, len(questions), synonym_groups(settings.synonyms), None
        )

    def near_duplicates(self) -> Iterator[Finding]:
        """Yield pairs of entries whose nearest variants are nearly the same words."""
        pairs: dict[tuple[int, int], Finding] = {}
        for owner, text, variant in zip(self._owners, self._texts, self._variants, strict=True):
            for other in self._evidence.likeliest(text):
                pair = (min(owner, other), max(owner, other))
                if other == owner or pair in pairs:
                    continue
                likeness, nearest = self._evidence.nearest(text, other)
                if likeness >= _ALIKE:
                    both = (variant, self._variants[nearest])
                    ids = (self._questions[owner].id, self._questions[other].id)
                    pairs[pair] = Finding("near_duplicates", ids, both)
        yield from pairs.values()

    def wins_elsewhere(self) -> Iterator[Finding]:
        """Yield variants that another entry would answer outright."""
        for number, owner in enumerate(self._owners):
            scores = self._evidence.without(self._texts, number).probabilities()
            winner = max(range(len(scores)), key=scores.__getitem__)
            if winner != owner and scores[winner] >= self._settings.answer:
                ids = (self._questions[owner].id, self._questions[winner].id)
                yield Finding("wins_elsewhere", ids, (self._variants[number],))
