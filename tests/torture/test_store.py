"""The store, killed many times at random moments on one database."""

import random
import time
from pathlib import Path

import pytest

from tests.unit.storage.killing import Told, start

KILLS = 200


@pytest.mark.torture
def test_killed_many_times_the_store_keeps_its_word(tmp_path: Path) -> None:
    path, told = tmp_path / "x.db", Told()
    rng = random.Random(11)
    for seed in range(KILLS):
        program = start(path, "work", seed)
        assert program.stdout is not None
        until = time.monotonic() + rng.uniform(0.0, 0.15)
        for line in program.stdout:
            told.hear(line)
            if time.monotonic() > until:
                program.kill()
                break
        for line in program.stdout:
            told.hear(line)
        program.wait()
        program.stdout.close()
        if seed % 20 == 19:
            told.check(path)
    told.check(path)
    print(
        f"{KILLS} kills: {len(told.accepted)} acknowledged, {len(told.answered)} answered, 0 lost, 0 twice"
    )
