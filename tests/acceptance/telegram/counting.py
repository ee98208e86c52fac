"""What came of a town whose program was killed all the time, read off the screens, and told so that it can be judged."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from tests.fakes.telegram import FakeBot, FakeGroup, FakeTelegram, Person
from tests.fakes.telegram.places import Post
from tests.fakes.telegram.wire import Call
from tests.fakes.telegram.world import Entry

TOKEN = re.compile(r"(Клиент\d\d)-(\d+)")
"""Which round of whom something is about. The cards of all rounds of one customer begin alike."""
OPERATOR = re.compile(r"Оператор\d+")
ONE_LIFE, NOT_IN_FLIGHT = "doubled in one life", "doubled, and not in flight"
SHOWN = 8
"""So many faults of one kind, and lines of one place, are told in full."""


class Lived(Protocol):
    """A town when all is over."""

    server: FakeTelegram
    bot: FakeBot
    group: FakeGroup
    customers: list[Person]
    rounds: Counter[int]
    kills: list[tuple[float, float]]
    remarks: list[str]
    leaks: list[str]
    began: float

    def operator(self, customer: Person, number: int) -> Person: ...


@dataclass(frozen=True)
class Said:
    """Something that a bot said: where, what (its first line, and of which round), when, and in which life."""

    where: str
    what: str
    at: float
    life: int
    post: Post


@dataclass
class Counts:
    """What is told, and asserted. Each fault says as much as is known of it. `doubled`: the copies of what was in flight
    at a kill, which are no faults unless nobody was killed."""

    kills: int
    rounds: int
    doubled: list[str]
    seconds: float
    faults: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        found = ", ".join(f"{kind} {len(faults)}" for kind, faults in self.faults.items())
        return (
            f"{self.kills} kills, {self.rounds} calls for a person, in {self.seconds:.0f} s: {found}; "
            f"{len(self.doubled)} copies of what was in flight at a kill"
        )

    @property
    def wrong(self) -> dict[str, list[str]]:
        """The faults that there are."""
        return {kind: faults for kind, faults in self.faults.items() if faults}

    @property
    def said_twice(self) -> list[str]:
        """What no kill excuses."""
        return self.faults[ONE_LIFE] + self.faults[NOT_IN_FLIGHT]


class Ledger:
    """Reads a town."""

    def __init__(self, town: Lived) -> None:
        self._town = town
        self._deaths = [taken for _, taken in town.kills]
        self._calls = {
            (call.chat, call.answer["message_id"]): call
            for call in town.server.calls
            if call.method.startswith("send") and isinstance(call.answer, dict)
        }

    def counts(self) -> Counts:
        """All of it."""
        town = self._town
        said = list(self.said())
        copies = [pair for same in _alike(said) for pair in pairwise(sorted(same, key=_when))]
        return Counts(
            kills=len(town.kills),
            rounds=town.rounds.total(),
            doubled=[
                f"{first.where} {first.what}: {self._time(first.at)} and {self._time(second.at)}"
                for first, second in copies
                if first.life != second.life
            ],
            seconds=town.server.world.clock() - town.began,
            faults={
                "lost": list(self._lost()),
                "out of order": list(self._disordered()),
                "tickets twice": self._tickets_twice(),
                ONE_LIFE: list(self._in_one_life(copies, said)),
                NOT_IN_FLIGHT: list(self._not_in_flight(copies, said)),
                "secrets in the log": town.leaks,
            },
        )

    # ---- what was said ------------------------------------------------------------------------

    def said(self) -> Iterator[Said]:
        """Everything that bots said and that is said once."""
        named: dict[str, tuple[str, int]] = {}
        for entry in self._town.server.world.journal:
            post = entry.post
            if entry.what != "new" or post is None or post.notice or not post.author["is_bot"]:
                continue
            where = f"{entry.chat.id}:{post.thread}"
            token = TOKEN.search(entry.words)
            if token:
                named[where] = (token[1], int(token[2]))
            if token or post.thread in self._town.group.chat.topics:
                what = f"{_first_line(entry)} [{self._round(named.get(where), token, post)}]"
                yield Said(where, what, entry.at, self._life(entry.at), post)

    def _round(
        self, last: tuple[str, int] | None, token: re.Match[str] | None, post: Post
    ) -> str | None:
        """The round that something is about: what names none but an operator is of the last one that was theirs. It
        may come behind the card of the next one, since customers' words go before answers to operators."""
        if last is None or token is not None:
            return token and token[0]
        name, number = last
        customer = next(one for one in self._town.customers if one.name == name)
        whose = _operator(post)
        theirs = (
            earlier
            for earlier in range(number, -1, -1)
            if self._town.operator(customer, earlier).name == whose
        )
        return f"{name}-{next(theirs, number)}"

    def _life(self, at: float) -> int:
        return bisect_left(self._deaths, at)

    # ---- what is wrong ------------------------------------------------------------------------

    def _expected(self, customer: Person) -> list[str]:
        """What the customer is to read, in order, without the repeated first question."""
        return [
            words
            for number in range(self._town.rounds[customer.id])
            for token in [f"{customer.name}-{number}"]
            for words in (
                f"Есть {token}а. Второе?",
                f"Есть {token}б. Звать?",
                f"Зову {token}б",
                f"Ответ {token}",
                f"Готово {token}",
                f"Дальше {token}б",
            )
        ]

    def _read(self, customer: Person) -> list[str]:
        """What the customer read, each thing once."""
        return list(dict.fromkeys(text for text in customer.reads(self._town.bot) if "-" in text))

    def _lost(self) -> Iterator[str]:
        for one in self._town.customers:
            read = set(self._read(one))
            missed = [words for words in self._expected(one) if words not in read]
            if missed:
                screen = "\n    ".join(one.transcript(self._town.bot)[-SHOWN:])
                yield f"{one.name} never read {missed}; on the screen stands last:\n    {screen}"

    def _disordered(self) -> Iterator[str]:
        for one in self._town.customers:
            read, expected = self._read(one), self._expected(one)
            if read != expected:
                pairs = zip(read, expected, strict=False)
                at = next((at for at, (a, b) in enumerate(pairs) if a != b), len(expected))
                yield f"{one.name} read {read[at : at + SHOWN]} where {expected[at : at + SHOWN]} was due"

    def _tickets_twice(self) -> list[str]:
        """Calls for a person that have not exactly one ticket."""
        numbers: defaultdict[str, set[str]] = defaultdict(set)
        for post in self._town.group.chat.posts.values():
            card = re.match(r"Заявка №(\d+)", post.text)
            about = re.search(r"Дело (\S+)б", post.text)
            if card and about:
                numbers[about[1]].add(card[1])
        wanted = self._town.rounds.total()
        wrong = [f"{token}: {sorted(found)}" for token, found in numbers.items() if len(found) != 1]
        return wrong if len(numbers) == wanted else [*wrong, f"{len(numbers)} for {wanted}"]

    def _in_one_life(self, copies: Sequence[tuple[Said, Said]], said: list[Said]) -> Iterator[str]:
        """Nothing was killed between what is said and its copy."""
        for first, second in copies:
            if first.life == second.life:
                yield f"{second.where} {second.what}:{self._passage(said, first, second)}"

    def _not_in_flight(
        self, copies: Sequence[tuple[Said, Said]], said: list[Said]
    ) -> Iterator[str]:
        """A delivery is one call at a time in each place, so that a kill may double what was said there last."""
        last = {(one.where, one.life): one for one in said}
        for first, second in copies:
            if first.life != second.life and last[first.where, first.life] is not first:
                yield f"{first.where} {first.what}:{self._passage(said, first, second)}"

    # ---- what is known of it --------------------------------------------------------------------

    def _passage(self, said: list[Said], first: Said, last: Said) -> str:
        """What stands in that place from a little before `first` to a little after `last`, and what the program said."""
        there = [one for one in said if one.where == first.where]
        start, end = there.index(first), there.index(last)
        passage = there[max(0, start - 3) : end + 3]
        if len(passage) > 3 * SHOWN:
            passage = [*passage[:SHOWN], *passage[-SHOWN:]]
        lives = {f"life {one.life}: " for one in (first, last)}
        remarks = [
            line for line in self._town.remarks if any(line.startswith(one) for one in lives)
        ]
        kills = [self._kill(life) for life in range(first.life, min(last.life, first.life + SHOWN))]
        return "".join(
            f"\n    {line}" for line in (*map(self._line, passage), *kills, *remarks[:SHOWN])
        )

    def _line(self, one: Said) -> str:
        call = self._calls.get((one.post.chat.id, one.post.id))
        return f"{self._time(one.at)} life {one.life}, {self._answered(call)}: {one.what}"

    def _answered(self, call: Call | None) -> str:
        return f"answered {self._time(call.answered)}" if call and call.answered else "not answered"

    def _kill(self, life: int) -> str:
        died, taken = self._town.kills[life]
        return f"{self._time(died)} life {life} was killed, all it had sent was taken in {self._time(taken)}"

    def _time(self, at: float) -> str:
        return f"{at - self._town.began:.3f}"


def told(counts: Counts, remarks: Sequence[str]) -> str:
    """For whoever has to judge it without a second run."""
    faults = (
        f"{kind}: {len(found)}\n" + "\n".join(f"  {one}" for one in found[:SHOWN])
        for kind, found in counts.wrong.items()
    )
    said = "\n".join(f"  {line}" for line in remarks[-5 * SHOWN :])
    return "\n".join([str(counts), *faults, "what the program warned of, last:", said])


def _alike(said: Iterable[Said]) -> Iterable[list[Said]]:
    copies: defaultdict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in said:
        copies[one.where, one.what].append(one)
    return copies.values()


def _when(one: Said) -> float:
    return one.at


def _operator(post: Post) -> str:
    """Who is meant: the operator that is named, or whose line is answered."""
    named = OPERATOR.search(post.text)
    answered = post.chat.posts.get(post.reply_to or 0)
    return named[0] if named else str(answered.author["first_name"]) if answered else ""


def _first_line(entry: Entry) -> str:
    """An operator whose line is not at hand any more is addressed by name."""
    first, _, _ = entry.words.partition("\n")
    return re.sub(rf"^{OPERATOR.pattern}: ", "", first)
