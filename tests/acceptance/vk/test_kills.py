"""On VK nothing is lost and nothing is said twice, whenever the process is killed."""

from pathlib import Path

import pytest

from tests.acceptance.kills import Tell
from tests.acceptance.vk.kills import run_and_kill


async def test_five_kills_lose_nothing_and_double_nothing(tmp_path: Path, tell: Tell) -> None:
    tell(await run_and_kill(tmp_path / "business", 5, seed=1))


async def test_kills_while_vk_calls_lose_nothing_and_double_nothing(
    tmp_path: Path, tell: Tell
) -> None:
    tell(await run_and_kill(tmp_path / "business", 2, seed=2, called=True))


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(4))
async def test_a_hundred_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, tell: Tell, seed: int
) -> None:
    tell(await run_and_kill(tmp_path / "business", 25, seed=100 + seed, odd=seed % 2 == 1))
