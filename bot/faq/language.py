"""What is known of English and Russian, in the form that the views use it."""

from collections import defaultdict
from collections.abc import Iterable

from bot.faq import english, russian
from bot.faq.words import stem, words

LONGEST_WORD = 40
"""Letters of a word that are read; caches of words stay small whatever customers send."""

Synonyms = dict[str, tuple[int, ...]]
"""The numbers of the groups that a stem belongs to."""


def _shortened(table: str) -> dict[str, tuple[str, ...]]:
    pairs = (pair.partition("=") for line in table.split("\n") for pair in line.split("|") if pair)
    return {short: tuple(full.split()) for short, _, full in pairs}


_SHORTENED = _shortened(english.SHORTENED) | _shortened(russian.SHORTENED)
_GROUPS = (english.SYNONYMS + russian.SYNONYMS).strip().split("\n")

COMMON = frozenset(map(stem, words(english.COMMON) + words(russian.COMMON)))
"""Stems of words that say little about what is asked."""


def _usual(table: str) -> dict[str, float]:
    lines = (line.split() for line in table.strip().split("\n"))
    return {stem(word): int(percent) / 100 for percent, *members in lines for word in members}


USUAL = _usual(english.USUAL)
"""Shares of texts about anything at all that have a stem: judged, not counted."""


def spelled_out(folded: Iterable[str]) -> list[str]:
    """Return folded words with shortened ones written in full: "dont" is "do not".

    No word is longer than `LONGEST_WORD` afterwards.
    """
    return [full[:LONGEST_WORD] for word in folded for full in _SHORTENED.get(word, (word,))]


def synonym_groups(own: Iterable[Iterable[str]] = ()) -> Synonyms:
    """Return the groups of every stem, the built-in ones and the maintainer's `own`."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    everything = [*_GROUPS, *(" ".join(group) for group in own)]
    for number, group in enumerate(everything):
        for member in dict.fromkeys(map(stem, words(group))):
            groups[member].append(number)
    return {member: tuple(numbers) for member, numbers in groups.items()}
