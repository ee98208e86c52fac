"""The work that is measured: a lead form walked by many people, turn by turn, interleaved.

/start -> menu; "Leave a request" -> name; name -> phone (every fifth person sends a bad one first); phone -> confirm;
yes -> thanks. Updates are Telegram's JSON, as bytes, because decoding is part of answering.
"""

import asyncio
import gc
import json
import resource
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

Dispatch = Callable[[int, int, str], Awaitable[None]]
"""(update id, user id, text): returns when the answer was delivered."""


class Engine:
    """What is measured: `dispatch`, and how many `replies` and `leads` came of it so far."""

    def __init__(self) -> None:
        self.replies = self.leads = 0
        self.dispatch: Dispatch

    def said(self, reply: str) -> None:
        """Something was delivered."""
        self.replies += 1
        if reply == THANKS:
            self.leads += 1


Synchronous = Literal["FULL", "NORMAL"]
"""SQLite's setting: FULL survives a power loss, NORMAL the death of the process."""

FIRST_USER = 100_000
WARM_UP_USER = 5_000_000
THANKS = "Thank you"
"""The last answer of a form that was filled in."""


def lines(index: int) -> list[str]:
    """What one person writes."""
    bad = ["not a phone"] if index % 5 == 0 else []
    return ["/start", "Leave a request", f"Ivan {index}", *bad, f"+7999{index:07d}", "yes"]


def update(id: int, user: int, text: str) -> bytes:
    """One update as Telegram would send it."""
    person = {"id": user, "first_name": "Ivan", "last_name": "Petrov", "username": f"u{user}"}
    message: dict[str, Any] = {
        "message_id": id,
        "date": 1_760_000_000,
        "from": {**person, "is_bot": False, "language_code": "ru"},
        "chat": {**person, "type": "private"},
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return json.dumps({"update_id": id, "message": message}).encode()


class User(msgspec.Struct):
    """The part of a user, or a chat, that both engines read."""

    id: int
    first_name: str = ""
    username: str = ""
    language_code: str = ""


class Post(msgspec.Struct):
    """The part of a message that both engines read."""

    message_id: int
    date: int
    chat: User
    sender: User = msgspec.field(name="from")
    text: str = ""


class Update(msgspec.Struct):
    """The part of an update that both engines read."""

    update_id: int
    message: Post


decode = msgspec.json.Decoder(Update).decode


class Figures(msgspec.Struct, frozen=True):
    """One run. Times in microseconds, memory in kB a conversation."""

    messages: int = 0
    per_second: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0


def resident() -> int:
    """Bytes of memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def drive(
    dispatch: Dispatch,
    users: int,
    in_flight: int,
    *,
    first: int = FIRST_USER,
    turns: int = 6,
    start: int = 0,
) -> tuple[int, float, list[int]]:
    """Walk `users` people through the form, `in_flight` of them at a time: messages, seconds, latencies in ns."""
    people = {first + index: lines(index) for index in range(users)}
    latencies: list[int] = []
    ids = iter(range(start + 1, start + 10 * users + 1))
    began = time.perf_counter_ns()

    async def walk(work: Iterator[tuple[int, str]]) -> None:
        for user, text in work:
            sent = time.perf_counter_ns()
            await dispatch(next(ids), user, text)
            latencies.append(time.perf_counter_ns() - sent)

    for turn in range(turns):
        work = iter([(user, said[turn]) for user, said in people.items() if turn < len(said)])
        await asyncio.gather(*(walk(work) for _ in range(in_flight)))
    return len(latencies), (time.perf_counter_ns() - began) / 1e9, latencies


async def measure(engine: Engine, users: int, in_flight: int) -> Figures:
    """Speed: after a warm-up, one walk, in which every message must have its one reply, and everyone come to the end."""
    await drive(engine.dispatch, 50, 1, first=WARM_UP_USER, start=10**7)
    gc.collect()
    replies, leads = engine.replies, engine.leads
    before = _cpu()
    messages, seconds, latencies = await drive(engine.dispatch, users, in_flight)
    spent = _cpu() - before
    assert engine.replies - replies == messages, "not every message has its one reply"
    assert engine.leads - leads == users, "not everyone came to the end"
    latencies.sort()
    return Figures(
        messages=messages,
        per_second=messages / seconds,
        p50=latencies[len(latencies) // 2] / 1000,
        p99=latencies[int(len(latencies) * 0.99)] / 1000,
        cpu=spent / messages * 1e6,
    )


async def weigh(engine: Engine, users: int) -> Figures:
    """Memory: what so many conversations, stopped at the phone question, add."""
    await drive(engine.dispatch, 200, 1, first=WARM_UP_USER, turns=3, start=10**7)
    gc.collect()
    before = resident()
    await drive(engine.dispatch, users, 64, turns=3)
    gc.collect()
    return Figures(messages=users * 3, memory=(resident() - before) / users / 1024)
