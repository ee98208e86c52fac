"""Runs the store in a process of its own, kills it, and compares what it said with what it kept."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[3]


def start(database: Path, *arguments: object) -> "subprocess.Popen[str]":
    """`process.py` on a database, once it is open."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.storage.process", str(database), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "open\n"
    return program


class Told:
    """What a process said was safe."""

    def __init__(self) -> None:
        self.accepted: set[str] = set()
        self.answered: dict[str, int] = {}
        self.delivered: set[int] = set()

    def hear(self, line: str) -> None:
        """One line; a last one without its end was cut off by the kill and promises nothing."""
        if not line.endswith("\n"):
            return
        verb, *words = line.split()
        if verb == "accepted":
            self.accepted.update(words)
        elif verb == "answered":
            assert words[0] not in self.answered, f"{words[0]} was answered twice"
            self.answered[words[0]] = int(words[1])
        elif verb == "delivered":
            self.delivered.add(int(words[0]))

    def check(self, database: Path) -> None:
        """All of it is there, and nothing was done twice."""
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            kept = dict(
                connection.execute(
                    "SELECT i.external_id, t.aside FROM inbox i LEFT JOIN turns t ON t.id = i.id"
                ).fetchall()
            )
            said = connection.execute(
                """SELECT m.id, CAST(m.body AS TEXT), d.at FROM messages m LEFT JOIN delivered d ON d.id = m.id
                WHERE m.author = 'bot'"""
            ).fetchall()
            waiting = {
                row[0]
                for row in connection.execute(
                    "SELECT id FROM outbox UNION ALL SELECT id FROM unsaid"
                )
            }
        assert self.accepted <= kept.keys(), "acknowledged and gone"
        assert len(said) == sum(aside == 0 for aside in kept.values()), (
            "a turn is half there, or twice"
        )
        assert len({body for _, body, _ in said}) == len(said), "answered twice"
        ids = {id: delivered_at for id, _, delivered_at in said}
        assert set(self.answered.values()) <= ids.keys(), "an answer is gone"
        assert not self.delivered & waiting, "delivered, and would be sent again"
        assert all(delivered_at or id in waiting for id, delivered_at in ids.items()), (
            "an answer waits nowhere"
        )


def work_and_kill(database: Path, seed: int, told: Told, seconds: float) -> None:
    """Let the store work for so long, kill it, and hear what it had said until then."""
    program = start(database, "work", seed)
    assert program.stdout is not None
    until = time.monotonic() + seconds
    for line in program.stdout:
        told.hear(line)
        if time.monotonic() > until:
            program.kill()
            break
    for line in program.stdout:
        told.hear(line)
    program.wait()
    program.stdout.close()
