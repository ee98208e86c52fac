"""The script that is being played now, with everything that turns need beside it. Swapped whole on reload."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from bot.desk.spam import Brakes
from bot.dialog.moment import Moment
from bot.dialog.script import Script
from bot.errors import MatchWanted
from bot.faq import Match, Matcher, Miss
from bot.faq.choices import choices_of
from bot.faq.correction import Choice
from bot.faq.evidence import SentenceLearner
from bot.model.abilities import KINDS, Abilities
from bot.model.business import Business
from bot.storage.store import MissedQuestion, Waiting

MomentOf: TypeAlias = Callable[[Waiting, Iterator[int]], Moment]
"""What the turn of an event is given; the numbers are those that new tickets may have."""

IN_TURN = 400
"""Up to so many ways to ask, a match costs well under a millisecond and is made within the turn."""
KEPT_MATCHES = 10_000


def chosen(missed: Sequence[MissedQuestion], script: Script) -> tuple[Choice, ...]:
    """What customers and operators chose for questions that got no sure answer, or one that did not help."""
    answers = {entry.id: entry.answer.default.source for entry in script.faq.values()}
    sure = script.settings.answer
    misses = [
        Miss(
            one.text,
            one.answer or None,
            one.meant or None,
            one.nearest if one.score >= sure else None,
        )
        for one in missed
    ]
    return choices_of(misses, answers)


# Learning the FAQ is most of what a start costs, and talks that are tested start the program anew each time.
_matcher = functools.lru_cache(maxsize=1)(Matcher)


class MatchFailed(Exception):
    """A match could not be computed; the message is what kind of fault it was."""


class Matches:
    """Matches of texts against one script's questions. A large FAQ is searched outside the transaction."""

    def __init__(self, matcher: Matcher, *, in_turn: bool) -> None:
        self._matcher = matcher
        self._in_turn = in_turn
        self._known: dict[str, Match] = {}
        self._failed: dict[str, str] = {}

    def look_up(self, text: str) -> Match:
        """The match, or `MatchWanted` if it has to be computed outside first. Raises `MatchFailed` if that failed."""
        match = self._known.get(text)
        if match is None:
            if text in self._failed:
                raise MatchFailed(self._failed[text])
            if not self._in_turn:
                raise MatchWanted(text)
            match = self.compute(text)
        return match

    def fails(self, text: str, problem: Exception) -> None:
        """It could not be computed: to look it up fails from now on."""
        if len(self._failed) >= KEPT_MATCHES:
            self._failed.clear()
        self._failed[text] = type(problem).__name__

    def compute(self, text: str) -> Match:
        """Search, and keep the result for as long as it is likely to be asked again."""
        match = self._matcher.match(text)
        if len(self._known) >= KEPT_MATCHES:
            self._known.clear()
        self._known[text] = match
        return match


class Stage:
    """One version of the script with its matcher and its business. `reachable` tells whether the operators can be told
    just now; `brakes` count who writes. Both outlive a version: see `follow`."""

    def __init__(
        self,
        script: Script,
        business: Business,
        abilities: Mapping[str, Abilities] | None = None,
        sentences: SentenceLearner | None = None,
        choices: Sequence[Choice] = (),
    ) -> None:
        """`sentences` are learned here, which may take many seconds, and asked outside the turns only. `choices` are
        what people chose lately: they correct the FAQ's scores."""
        self.script = script
        self.business = business
        ways = sum(len(question.variants) for question in script.questions)
        self.matches = Matches(
            _matcher(tuple(script.questions), script.settings, sentences, tuple(choices)),
            in_turn=sentences is None and ways <= IN_TURN,
        )
        self._look_up = self.matches.look_up
        self._abilities = {**KINDS, **(abilities or {})}
        self.brakes = Brakes()
        self.reachable: Callable[[], bool] = lambda: True

    def follow(self, before: "Stage") -> None:
        """Take the place of another version: what it had counted is known here too."""
        self.brakes, self.reachable = before.brakes, before.reachable

    def moments(self, now: int) -> MomentOf:
        """What each turn of a batch is given that is taken at one time."""
        script, business, look_up = self.script, self.business, self._look_up
        abilities, brakes, reachable = self._abilities, self.brakes, self.reachable

        def moment(waiting: Waiting, numbers: Iterator[int]) -> Moment:
            here = waiting.conversation
            brake = brakes.met(waiting.id, here, waiting.event, now, business)
            return Moment(
                now,
                script,
                business,
                numbers,
                look_up,
                abilities[here.kind],
                waiting.view,
                waiting.links,
                reachable,
                brake,
                brakes.until,
            )

        return moment
