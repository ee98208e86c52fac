"""`make bench`: the lead form through the spine and through the floor, alternating, each run in a process of its own
pinned to one core. Prints every run, then the ratios; absolute figures move with the machine's neighbours."""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks import floor
from benchmarks.work import Engine, Figures, Synchronous, measure, weigh

AIMS = {"throughput": 0.45, "p50": 3.5, "memory": 5.0}


async def one(
    engine: str, synchronous: Synchronous, users: int, in_flight: int, *, memory: bool
) -> Figures:
    """One run in this process."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        built: Engine
        if engine == "floor":
            built = await floor.build(Path(folder), synchronous)
        else:
            from benchmarks import (
                spine,
            )  # only here: the floor shall not carry our imports in its memory

            built = await spine.build(Path(folder), synchronous)
        return await (weigh(built, users) if memory else measure(built, users, in_flight))


def _pin() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def run(
    engine: str,
    users: int,
    in_flight: int,
    *,
    synchronous: Synchronous = "FULL",
    memory: bool = False,
) -> Figures:
    """One run in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "--one",
        engine,
        "--users",
        str(users),
        "--in-flight",
        str(in_flight),
    ]
    command += ["--synchronous", synchronous] + (["--memory"] if memory else [])
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return msgspec.json.decode(printed, type=Figures)


def compare(
    users: int, in_flight: int, rounds: int, synchronous: Synchronous
) -> dict[str, Figures]:
    """Alternate the two engines; the median run of each."""
    runs: dict[str, list[Figures]] = {"floor": [], "spine": []}
    for _ in range(rounds):
        for engine, figures in runs.items():
            figures.append(run(engine, users, in_flight, synchronous=synchronous))
            print(_line(engine, in_flight, synchronous, figures[-1]), flush=True)
    return {
        name: sorted(found, key=lambda one: one.per_second)[len(found) // 2]
        for name, found in runs.items()
    }


def _line(engine: str, in_flight: int, synchronous: Synchronous, figures: Figures) -> str:
    return (
        f"{engine:6} {synchronous:6} {in_flight:3} in flight: {figures.per_second:8.0f} messages/s"
        f"   p50 {figures.p50:7.0f} us   p99 {figures.p99:7.0f} us   CPU {figures.cpu:5.0f} us a message"
    )


def _verdict(name: str, reached: float, aim: float, *, at_least: bool) -> None:
    good = reached >= aim if at_least else reached <= aim
    word = "at least" if at_least else "at most"
    print(f"{name}: {reached:.2f} (aim: {word} {aim:g}) {'reached' if good else 'NOT reached'}")


def _all(users: int, rounds: int) -> None:
    busy = compare(users, 64, rounds, "FULL")
    alone = compare(max(users // 10, 100), 1, rounds, "FULL")
    compare(max(users // 10, 100), 1, 1, "NORMAL")
    weights = [run("spine", 10_000, 64, memory=True).memory for _ in range(2)]
    print()
    _verdict(
        "throughput, 64 in flight, share of the floor",
        busy["spine"].per_second / busy["floor"].per_second, AIMS["throughput"], at_least=True,
    )  # fmt: skip
    _verdict(
        "p50 of a lone message, times the floor",
        alone["spine"].p50 / alone["floor"].p50,
        AIMS["p50"],
        at_least=False,
    )
    _verdict("kB a conversation", statistics.median(weights), AIMS["memory"], at_least=False)
    print(f"CPU a message: {busy['spine'].cpu:.0f} us (floor {busy['floor'].cpu:.0f} us)")


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--one", choices=["floor", "spine"])
    parser.add_argument("--users", type=int, default=4_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--synchronous", default="FULL", choices=["FULL", "NORMAL"])
    parser.add_argument("--memory", action="store_true")
    wanted = parser.parse_args()
    if wanted.one is None:
        _all(wanted.users, wanted.rounds)
        return
    _pin()
    figures = asyncio.run(
        one(wanted.one, wanted.synchronous, wanted.users, wanted.in_flight, memory=wanted.memory),
        debug=False,
    )
    print(msgspec.json.encode(figures).decode(), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
