"""The store, killed many times at random moments on one database."""

import random
from pathlib import Path

import pytest

from tests.unit.storage.killing import Told, work_and_kill

KILLS = 200


@pytest.mark.torture
def test_killed_many_times_the_store_keeps_its_word(tmp_path: Path) -> None:
    path, told = tmp_path / "x.db", Told()
    rng = random.Random(11)
    for seed in range(KILLS):
        work_and_kill(path, seed, told, rng.uniform(0.0, 0.15))
        if seed % 20 == 19:
            told.check(path)
    told.check(path)
    print(
        f"{KILLS} kills: {len(told.accepted)} acknowledged, {len(told.answered)} answered, 0 lost, 0 twice"
    )
