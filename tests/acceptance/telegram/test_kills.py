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
        assert counts.doubled_in_one_life == [], (town.kills, town.lost_answers)
        assert counts.doubled_beside_another == [], (town.kills, town.lost_answers)


async def test_fifteen_kills_lose_nothing_and_double_only_what_was_in_flight(
    tmp_path: Path, forge: str, tell: Tell
) -> None:
    await talk_and_kill(tmp_path / "business", forge, 15, seed=1, tell=tell)


async def test_stops_in_the_middle_of_work_lose_nothing_and_double_nothing(
    tmp_path: Path, forge: str, tell: Tell
) -> None:
    """Such that wait for nothing but for what is being said."""
    async with FakeTelegram() as server:
        server.latency = LATENCY
        town = Town(server, tmp_path / "business")
        with (tmp_path / "business" / "config.yaml").open("a", encoding="utf-8") as config:
            config.write("limits: {stop_timeout: 0s}\n")
        program = Program(tmp_path / "business", forge)
        try:
            await town.live(program, 4, random.Random(1), gently=True)
            await server.until(lambda: not town.bot.unconfirmed, "the last words were not read")
            assert await program.stop() == 0, program.tail()
        finally:
            await program.kill()
        counts = town.counts()
        tell(str(counts))
        assert (counts.lost, counts.out_of_order, counts.tickets_twice) == ([], [], [])
        assert (counts.doubled, counts.doubled_in_one_life) == (0, [])


async def test_a_copy_is_the_same_thing_said_of_the_same_round_in_the_same_place(
    tmp_path: Path,
) -> None:
    async with FakeTelegram() as server:
        town = Town(server, tmp_path / "business")

        def say(words: str) -> float:
            server.world.post(town.group.chat, town.desk.account.user, {"text": words}, thread=7)
            return server.world.journal[-1].at

        for token in ("Клиент01-0", "Клиент01-1"):
            say(f"Заявка №1: Дело\nв очереди\nПричина: Дело {token}б")
        first = say("Понял Клиент01-1")
        town.kills.append((first, first))
        say("Понял Клиент01-1")
        counts = town.counts()
        assert (counts.doubled, counts.doubled_in_one_life) == (1, [])
        assert counts.doubled_beside_another == []
        say("Заявка №1: Дело\nведёт Оператор1\nПричина: Дело Клиент01-1б")
        assert town.counts().doubled_beside_another == [f"{town.group.chat.id}:7"]
        say("Заявка №1: Дело\nведёт Оператор1\nПричина: Дело Клиент01-1б")
        (twice,) = town.counts().doubled_in_one_life
        assert "Заявка №1: Дело [Клиент01-1]" in twice


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(4))
async def test_fifty_kills_and_fifty_more(
    tmp_path: Path, forge: str, tell: Tell, seed: int
) -> None:
    await talk_and_kill(tmp_path / "business", forge, 50, seed=100 + seed, tell=tell)
