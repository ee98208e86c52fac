"""Time and memory on FAQs of any size, made up from the words of a real one."""

import gc
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import msgspec

from benchmarks.faq.protocol import CanMatch
from bot.faq import Matcher, Query, Question
from bot.faq.evidence import SentenceLearner

_VARIANTS = 5
_ASKED = 400


class Cost(msgspec.Struct, frozen=True):
    """What one FAQ costs: CPU seconds and milliseconds, megabytes of resident memory."""

    entries: int
    build_s: float
    memory_mb: float
    p50_ms: float
    p95_ms: float
    max_ms: float


def made_up(questions: Sequence[Question], entries: int) -> list[Question]:
    """Return an FAQ of `entries` with five variants each, every variant mixed of two real ones."""
    random = Random(3)
    real = [variant.split() for question in questions for variant in question.variants]
    return [
        Question(str(entry), tuple(_mixed(random, real) for _ in range(_VARIANTS)))
        for entry in range(entries)
    ]


def _mixed(random: Random, real: Sequence[Sequence[str]]) -> str:
    words = [*random.choice(real), *random.choice(real)]
    random.shuffle(words)
    return " ".join(words[: max(4, len(words) // 2)])


def cost(
    questions: Sequence[Question], queries: Sequence[Query], sentences: SentenceLearner | None
) -> Cost:
    """Build a matcher and ask it; every query is new to it."""
    gc.collect()
    before = _resident()
    start = time.process_time()
    matcher = Matcher(questions, sentences=sentences)
    built = time.process_time() - start
    gc.collect()
    taken = sorted(_asked(matcher, query.text) for query in _spread(queries))
    return Cost(
        entries=len(questions),
        build_s=built,
        memory_mb=_resident() - before,
        p50_ms=taken[len(taken) // 2],
        p95_ms=taken[int(len(taken) * 0.95)],
        max_ms=taken[-1],
    )


def _spread(queries: Sequence[Query]) -> Sequence[Query]:
    return queries[:: max(len(queries) // _ASKED, 1)][:_ASKED]


def _asked(matcher: CanMatch, text: str) -> float:
    start = time.thread_time()
    matcher.match(text)
    return (time.thread_time() - start) * 1000


def _resident() -> float:
    """Return this process's resident memory in megabytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1_000_000
