"""Questions that got no answer, similar ones together, for the maintainer to read."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from bot.faq.language import spelled_out
from bot.faq.matcher import Matcher
from bot.faq.question import Candidate
from bot.faq.views import View, letter_groups
from bot.faq.words import normalise, stem, words

_ALIKE = 0.5
_WORDS_READ = 64


class Miss(msgspec.Struct, frozen=True):
    """One text that was not answered, what an operator answered to it, if one did, and the question that the customer
    chose from what was offered, if they did; `refused` is the one whose answer did not help."""

    text: str
    answer: str | None = None
    meant: str | None = None
    refused: str | None = None


class MissGroup(msgspec.Struct, frozen=True):
    """Misses that seem to ask one thing."""

    texts: tuple[str, ...]
    """Distinct texts as typed, the one asked most often first."""
    count: int
    """How often it was asked in all."""
    nearest: Candidate | None
    """The question that the matcher finds likeliest for the first text."""
    answers: tuple[str, ...]
    """What operators answered, the most frequent first."""
    meant: tuple[str, ...] = ()
    """The questions that customers chose from what was offered, the most frequent first."""


def group_misses(matcher: Matcher, misses: Iterable[Miss]) -> tuple[MissGroup, ...]:
    """Group misses by likeness, the most frequent group first.

    Every text joins the likest group whose first text it resembles, or founds one; texts asked
    more often go first, so that groups form around them. Texts without a word are left out.
    """
    spellings: defaultdict[str, list[Miss]] = defaultdict(list)
    for miss in misses:
        spellings[normalise(miss.text)].append(miss)
    spellings.pop("", None)
    ordered = sorted(spellings, key=lambda text: (-len(spellings[text]), text))
    groups = _gather(ordered)
    found = [_describe(matcher, [spellings[text] for text in group]) for group in groups]
    return tuple(sorted(found, key=lambda group: (-group.count, group.texts)))


def _gather(texts: list[str]) -> list[list[str]]:
    """Put each text with the first text of the likest group; postings keep this near linear."""
    vectors = _vectors(texts)
    groups: list[list[str]] = []
    postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for text, vector in zip(texts, vectors, strict=True):
        likeness: defaultdict[int, float] = defaultdict(float)
        for feature, weight in vector.items():
            for group, value in postings[feature]:
                likeness[group] += weight * value
        best = max(likeness, key=lambda group: (likeness[group], -group), default=-1)
        if best >= 0 and likeness[best] >= _ALIKE:
            groups[best].append(text)
            continue
        for feature, weight in vector.items():
            postings[feature].append((len(groups), weight))
        groups.append([text])
    return groups


def _vectors(texts: list[str]) -> list[dict[str, float]]:
    stems = [list(map(stem, spelled_out(words(text)[:_WORDS_READ]))) for text in texts]
    groups = [letter_groups(document) for document in stems]
    view = View(groups, len(groups))
    return [view.vector(document) for document in groups]


def _describe(matcher: Matcher, members: list[list[Miss]]) -> MissGroup:
    texts = tuple(spelling[0].text for spelling in members)
    answers = Counter(miss.answer for spelling in members for miss in spelling if miss.answer)
    candidates = matcher.match(texts[0]).candidates
    return MissGroup(
        texts=texts,
        count=sum(map(len, members)),
        nearest=candidates[0] if candidates else None,
        answers=_most_frequent(answers),
        meant=_most_frequent(
            Counter(miss.meant for spelling in members for miss in spelling if miss.meant)
        ),
    )


def _most_frequent(counted: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counted, key=lambda one: (-counted[one], one)))
