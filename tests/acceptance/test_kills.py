"""Nothing acknowledged is lost and nothing is handled twice, whenever the process is killed."""

from pathlib import Path

import pytest

from tests.acceptance.kills import CUSTOMERS, Counts, Messenger, Tell, project, run_and_kill


def check(counts: Counts, messenger: Messenger, tell: Tell) -> None:
    tell(str(counts))
    assert messenger.lost() == []
    assert messenger.handled_twice() == []
    assert messenger.out_of_order() == []
    assert counts["exit_code"] == 0
    # A call in flight at a kill may double its message, one for each address; within one life nothing is said twice.
    twice = {where: count for where, count in messenger.seen_in_life.items() if count > 1}
    assert twice == {}, f"said so often in a life, by (life, delivery): {twice}"
    assert counts["deliveries_doubled"] <= counts["kills"] * CUSTOMERS


def test_twenty_kills_lose_nothing_and_double_no_turn(tmp_path: Path, tell: Tell) -> None:
    check(*run_and_kill(project(tmp_path / "business"), 20, seed=1), tell)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(10))
def test_five_hundred_kills_lose_nothing_and_double_no_turn(
    tmp_path: Path, tell: Tell, seed: int
) -> None:
    check(*run_and_kill(project(tmp_path / "business"), 50, seed=100 + seed), tell)
