"""Both bots, customers and operators, while the program is killed with SIGKILL at random moments."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.telegram.program import Program, leaked
from tests.acceptance.telegram.town import LATENCY, Town
from tests.fakes.telegram import FakeTelegram

Tell = Callable[[str], None]


async def talk_and_kill(folder: Path, forge: str, kills: int, seed: int, tell: Tell) -> None:
    async with FakeTelegram() as server:
        server.latency = LATENCY
        town = Town(server, folder)
        program = Program(folder, forge)
        try:
            await town.live(program, kills, random.Random(seed))
            await server.until(lambda: not town.bot.unconfirmed, "the last words were not read")
            assert await program.stop() == 0, program.tail()
        finally:
            await program.kill()
        assert leaked(program.printed, "Клиент0") == []
        counts = town.counts()
        tell(str(counts))
        assert counts.rounds >= len(town.customers)
        assert counts.lost == []
        assert counts.out_of_order == []
        assert counts.tickets_twice == []
        lost = [line for line in program.printed if "answer lost" in line]
        assert counts.doubled_in_one_life == [], (town.kills, lost)
        assert counts.doubled_beside_another == []


async def test_fifteen_kills_lose_nothing_and_double_only_what_was_in_flight(
    tmp_path: Path, forge: str, tell: Tell
) -> None:
    await talk_and_kill(tmp_path / "business", forge, 15, seed=1, tell=tell)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(4))
async def test_fifty_kills_and_fifty_more(
    tmp_path: Path, forge: str, tell: Tell, seed: int
) -> None:
    await talk_and_kill(tmp_path / "business", forge, 50, seed=100 + seed, tell=tell)
