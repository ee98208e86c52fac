"""The program as a process that is killed at random moments, and the messenger that goes on all the same."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60
"""Seconds after which a program of which nothing is heard is given up."""

CUSTOMERS = 20

CONFIG = """
name: Echo
language: ru
channels:
  terminal: {kind: console, format: json}
spam: {burst: 1000000, new_conversations: 1000000}
"""
FLOW = """
flow: echo
title: Эхо
start: {commands: [start]}
slots:
  слово: {type: text, max: 200}
steps:
  - ask: Слово?
    save: слово
    always: true
  - say: "Получено {{ слово }}"
  - goto: start
"""


def project(folder: Path) -> Path:
    """A business that repeats what it is told, so that every message's fate can be read off its answers."""
    (folder / "flows").mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "flows" / "echo.yaml").write_text(FLOW, encoding="utf-8")
    return folder


def command(folder: Path) -> list[str]:
    """What starts the program."""
    return [sys.executable, "-m", "bot", "run", "--project", str(folder)]


Tell = Callable[[str], None]


class Life:
    """One process, from its start to its end. What it prints is told to `hear` line by line."""

    def __init__(self, folder: Path, messenger: "Messenger") -> None:
        self._process = subprocess.Popen(
            command(folder),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.started = threading.Event()
        self._messenger = messenger
        messenger.connect()
        self._complaints: list[str] = []
        self._threads = [
            threading.Thread(target=work) for work in (self._read, self._feed, self._listen)
        ]
        for thread in self._threads:
            thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            # A line that the kill cut in two was never read by anybody.
            if line.endswith("\n"):
                self._messenger.hear(json.loads(line))

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._complaints.append(line)
            if '"started"' in line:
                self.started.set()

    def _feed(self) -> None:
        assert self._process.stdin is not None
        try:
            for line in self._messenger.lines():
                self._process.stdin.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            return

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def scrawl(self, junk: bytes) -> None:
        """Write something that is no line of ours, before anything else is offered."""
        assert self._process.stdin is not None
        os.write(self._process.stdin.fileno(), junk)

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self._process.kill()
        self._gone()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._gone()

    def _gone(self) -> int:
        self._messenger.hang_up()
        code = self._process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None and not pipe.closed:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        return code

    @property
    def complaints(self) -> str:
        """What it wrote to standard error."""
        return "".join(self._complaints)


class Messenger:
    """Keeps what was not acknowledged and offers it again, as messengers do; now and then it repeats what was."""

    def __init__(self, customers: int, rng: random.Random) -> None:
        self._rng = rng
        self._lock = threading.Condition()
        self._customers = [f"c{number}" for number in range(customers)]
        self._unacknowledged: dict[str, dict[str, Any]] = {}
        self._acknowledged: list[dict[str, Any]] = []
        self._next = dict.fromkeys(self._customers, 0)
        self._connected = False
        self._left = 0
        self._heard = 0
        self._said: set[str] = set()
        self._owed: set[str] = set()
        self.answers: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.seen: Counter[int] = Counter()
        self._life = 0
        self.seen_in_life: Counter[tuple[int, int]] = Counter()

    def allow(self, messages: int) -> None:
        """So many new messages may be written from now on."""
        with self._lock:
            self._left += messages
            self._lock.notify_all()

    def connect(self) -> None:
        """There is somebody at the other end."""
        with self._lock:
            self._connected = True
            self._life += 1

    def hang_up(self) -> None:
        """The line is dead."""
        with self._lock:
            self._connected = False
            self._lock.notify_all()

    def lines(self) -> Iterator[dict[str, Any]]:
        """What to offer on a new line: first what is not acknowledged, some repeats among it, then new messages."""
        with self._lock:
            again = list(self._unacknowledged.values())
            repeats = self._acknowledged[-3:]
        yield from [*repeats, *again]
        while (line := self._new()) is not None:
            yield line

    def _new(self) -> dict[str, Any] | None:
        with self._lock:
            while self._connected and not self._left:
                self._lock.wait()
            if not self._connected:
                return None
            self._left -= 1
            customer = self._rng.choice(self._customers)
            number = self._next[customer]
            self._next[customer] += 1
            text = "/start" if number == 0 else f"{customer}-{number}"
            line = {"id": f"{customer}-{number}", "from": customer, "text": text}
            self._unacknowledged[line["id"]] = line
            return line

    def hear(self, line: dict[str, Any]) -> None:
        """A line of the program: an acknowledgement or an answer."""
        with self._lock:
            self._heard += 1
            if "accepted" in line:
                known = self._unacknowledged.pop(line["accepted"], None)
                if known is not None:
                    self._acknowledged.append(known)
                    if known["text"] != "/start" and known["text"] not in self._said:
                        self._owed.add(known["text"])
            elif "text" in line:
                self.seen[line["id"]] += 1
                self.seen_in_life[self._life, line["id"]] += 1
                if self.seen[line["id"]] == 1 and line["text"].startswith("Получено "):
                    said = line["text"].removeprefix("Получено ")
                    self.answers[line["address"]].append((line["id"], said))
                    self._said.add(said)
                    self._owed.discard(said)
            self._lock.notify_all()

    def wait_for(self, acknowledged: int) -> bool:
        """Return when so many more were acknowledged; False if that does not happen."""
        with self._lock:
            wanted = len(self._acknowledged) + acknowledged
            return self._lock.wait_for(lambda: len(self._acknowledged) >= wanted, PATIENCE)

    def wait_until(self, true: Callable[[], bool]) -> bool:
        """Return when it is so, looked at often; False if that does not happen."""
        with self._lock:
            for _ in range(PATIENCE * 20):
                if true():
                    return True
                self._lock.wait(0.05)
            return False

    def wait_until_answered(self) -> bool:
        """Return when everything written was acknowledged and answered; False if nothing at all is heard for long."""
        with self._lock:
            while self._unanswered():
                heard = self._heard
                if not self._lock.wait_for(lambda: self._heard != heard, PATIENCE):  # noqa: B023
                    return not self._unanswered()
            return True

    def _unanswered(self) -> bool:
        return bool(self._left or self._unacknowledged or self._owed)

    @property
    def waits(self) -> str:
        """What there is still to come, in words."""
        return (
            f"{self._left} still to be written, {len(self._unacknowledged)} not acknowledged "
            f"{list(self._unacknowledged)[:5]}, lost {self.lost()[:5]}"
        )

    def _wanted(self) -> list[str]:
        return [line["text"] for line in self._acknowledged if line["text"] != "/start"]

    def lost(self) -> list[str]:
        """Acknowledged messages without an answer."""
        answered = {said for answers in self.answers.values() for _, said in answers}
        return [text for text in self._wanted() if text not in answered]

    def handled_twice(self) -> list[str]:
        """Messages that were answered under more than one delivery."""
        said = Counter(said for answers in self.answers.values() for _, said in answers)
        return [text for text, count in said.items() if count > 1]

    def out_of_order(self) -> list[str]:
        """Customers whose answers came in another order than their messages."""
        numbers = {
            customer: [int(said.split("-")[1]) for _, said in answers]
            for customer, answers in self.answers.items()
        }
        return [customer for customer, found in numbers.items() if found != sorted(found)]

    @property
    def acknowledged(self) -> int:
        """How many messages were acknowledged."""
        return len(self._acknowledged)

    @property
    def unacknowledged(self) -> int:
        """How many messages were written, and may be offered again."""
        return len(self._unacknowledged)

    @property
    def doubled(self) -> int:
        """How many deliveries were shown more than once: their calls were in flight at a kill."""
        return sum(count - 1 for count in self.seen.values())


class Counts(dict[str, int]):
    """What a run came to."""


def run_and_kill(folder: Path, kills: int, seed: int) -> tuple[Counts, Messenger]:
    """Start, feed, kill, `kills` times; then one life to the clean end."""
    rng = random.Random(seed)
    messenger = Messenger(CUSTOMERS, rng)
    for _ in range(kills):
        life = Life(folder, messenger)
        messenger.allow(rng.randint(50, 300))
        if rng.random() < 0.1:
            # Now and then in the middle of starting.
            life.started.wait(rng.uniform(0, 0.6))
        else:
            heard = messenger.wait_for(rng.randint(1, 40))
            assert heard, f"no acknowledgements\n{life.complaints[-3000:]}"
        life.kill()
    last = Life(folder, messenger)
    messenger.allow(20)
    answered = messenger.wait_until_answered()
    code = last.stop()
    assert answered, f"{messenger.waits}\n{last.complaints[-2000:]}"
    counts = Counts(
        kills=kills,
        acknowledged=messenger.acknowledged,
        lost=len(messenger.lost()),
        handled_twice=len(messenger.handled_twice()),
        out_of_order=len(messenger.out_of_order()),
        deliveries_doubled=messenger.doubled,
        exit_code=code,
    )
    return counts, messenger
