"""What the matcher is held against: one rapidfuzz ratio over all variants."""

from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

from bot.faq import Candidate, Decision, Match, Question, normalise

Ratio = Callable[..., float]
RATIOS: dict[str, Ratio] = {"token_set_ratio": fuzz.token_set_ratio, "WRatio": fuzz.WRatio}


class Ratios:
    """The best variant by a ratio; answers from 90, suggests from 60."""

    def __init__(self, questions: Sequence[Question], ratio: Ratio) -> None:
        self._ratio = ratio
        self._texts = [normalise(v) for question in questions for v in question.variants]
        self._owners = [question for question in questions for _ in question.variants]

    def match(self, text: str) -> Match:
        """Return the entries of the best variants."""
        near = process.extract(normalise(text), self._texts, scorer=self._ratio, limit=25)
        best: dict[str, Candidate] = {}
        for _, ratio, place in near:
            owner = self._owners[place]
            best.setdefault(owner.id, Candidate(owner.id, owner.variants[0], ratio / 100))
        found = tuple(best.values())[:5]
        score = found[0].score if found else 0.0
        decision: Decision = "answer" if score >= 0.9 else "suggest" if score >= 0.6 else "none"
        return Match(decision, found, exact=False)
