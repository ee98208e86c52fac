"""What is wrong with a FAQ before any customer asks: plain findings for `frontdesk check`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from bot.faq.evidence import Evidence
from bot.faq.index import largest
from bot.faq.language import spelled_out, synonym_groups
from bot.faq.question import DEFAULT_SETTINGS, Question, Settings
from bot.faq.words import words

Kind = Literal["few_variants", "near_duplicates", "wins_elsewhere"]

_ENOUGH_VARIANTS = 3
_ALIKE = 0.75
_NEIGHBOURS = 3


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

    Every variant is taken out and asked in its turn, a few milliseconds each: five seconds for a
    FAQ of two thousand variants.
    """
    asked = tuple(question for question in questions if question.variants)
    trial = _Trial(asked, settings)
    return (
        *(_few(question) for question in asked if len(question.variants) < _ENOUGH_VARIANTS),
        *trial.findings(),
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

    def findings(self) -> Iterator[Finding]:
        """Yield pairs that are nearly the same, then variants that another entry would win."""
        twins: dict[tuple[int, int], Finding] = {}
        strays: list[Finding] = []
        for variant, owner in enumerate(self._owners):
            weighed = self._evidence.without(self._texts, variant)
            for other in largest(weighed.entries, _NEIGHBOURS):
                pair = (min(owner, other), max(owner, other))
                twin = self._near_duplicates(variant, other) if other != owner else None
                if twin is not None:
                    twins.setdefault(pair, twin)
            strays += self._wins_elsewhere(variant, weighed.probabilities())
        yield from twins.values()
        yield from strays

    def _near_duplicates(self, variant: int, other: int) -> Finding | None:
        likeness, nearest = self._evidence.nearest(self._texts[variant], other)
        if likeness < _ALIKE:
            return None
        texts = (self._variants[variant], self._variants[nearest])
        return Finding("near_duplicates", self._ids(self._owners[variant], other), texts)

    def _wins_elsewhere(self, variant: int, scores: Sequence[float]) -> Iterator[Finding]:
        owner, winner = self._owners[variant], largest(scores, 1)[0]
        if winner != owner and scores[winner] >= self._settings.answer:
            text = (self._variants[variant],)
            yield Finding("wins_elsewhere", self._ids(owner, winner), text)

    def _ids(self, *owners: int) -> tuple[str, ...]:
        return tuple(self._questions[owner].id for owner in owners)
