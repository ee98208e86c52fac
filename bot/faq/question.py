"""The nouns of the FAQ matcher: what can be asked, and what a text turned out to ask."""

from typing import Literal

import msgspec

Decision = Literal["answer", "suggest", "none"]


class Question(msgspec.Struct, frozen=True):
    """One thing that can be asked: an FAQ entry, or the phrases that start a flow."""

    id: str
    variants: tuple[str, ...]
    """Ways to ask it; the first is the one shown to people."""


class Candidate(msgspec.Struct, frozen=True):
    """A question that a text may mean, with the probability (0..1) that it does."""

    id: str
    question: str
    score: float


class Match(msgspec.Struct, frozen=True):
    """The outcome for one text: what to do, and at most five candidates, best first."""

    decision: Decision
    candidates: tuple[Candidate, ...]
    exact: bool
    """Whether the text equals a variant after normalising; such a match is sure."""


class Settings(msgspec.Struct, frozen=True):
    """What a maintainer may turn.

    `answer`: the best candidate's score from which it is answered outright.
    `suggest`: from when the best three are offered: the weight of the best one's evidence against
    what texts of this FAQ usually get from a question they do not ask (0.5: as much).
    `synonyms`: groups of words that mean the same in this business.
    `ask_helped`: whether customers are asked if an answer helped.
    """

    answer: float = 0.88
    suggest: float = 0.1
    synonyms: tuple[tuple[str, ...], ...] = ()
    ask_helped: bool = False


DEFAULT_SETTINGS = Settings()


class Repair(msgspec.Struct, frozen=True):
    """One word that was read differently from how it was typed."""

    typed: str
    read: str


class Reading(msgspec.Struct, frozen=True):
    """How one word of the text was understood: the known words it stands for, with weights 0..1."""

    word: str
    known: tuple[tuple[str, float], ...]


class Reason(msgspec.Struct, frozen=True):
    """Why a candidate scored: its nearest variant, the variant's words that the text means too,
    and how much of the text's words it covers (a cosine, 0..1)."""

    candidate: Candidate
    variant: str
    shared: tuple[str, ...]
    likeness: float


class Explanation(msgspec.Struct, frozen=True):
    """Everything `faq ask` shows about one text."""

    match: Match
    repairs: tuple[Repair, ...]
    readings: tuple[Reading, ...]
    reasons: tuple[Reason, ...]
