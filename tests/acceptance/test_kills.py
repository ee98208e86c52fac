"""Nothing acknowledged is lost and nothing is handled twice, whenever the process is killed."""

from pathlib import Path

import pytest

from tests.acceptance.kills import CUSTOMERS, Counts, Messenger, Tell, project, run_and_kill


def check(counts: Counts, messenger: Messenger, tell: Tell) -> None:
    tell(str(counts))
    assert counts["lost"] == 0
    assert counts["handled_twice"] == 0
    assert counts["out_of_order"] == 0
    assert counts["exit_code"] == 0
    # A call in flight at a kill may double its message, one for each address; within one life nothing is said twice.
    assert all(count == 1 for count in messenger.seen_in_life.values())
    assert counts["deliveries_doubled"] <= counts["kills"] * CUSTOMERS


def test_twenty_kills_lose_nothing_and_double_no_turn(tmp_path: Path, tell: Tell) -> None:
    check(*run_and_kill(project(tmp_path / "business"), 20, seed=1), tell)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(10))
def test_five_hundred_kills_lose_nothing_and_double_no_turn(
    tmp_path: Path, tell: Tell, seed: int
) -> None:
    check(*run_and_kill(project(tmp_path / "business"), 50, seed=100 + seed), tell)
