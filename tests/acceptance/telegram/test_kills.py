"""Both bots, customers and operators, while the program is killed with SIGKILL at random moments."""

import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.acceptance.telegram.counting import Counts, told
from tests.acceptance.telegram.program import Program
from tests.acceptance.telegram.town import LATENCY, Town
from tests.fakes.telegram import FakeTelegram

Tell = Callable[[str], None]


async def talk_and_kill(
    folder: Path, forge: str, kills: int, seed: int, tell: Tell, *, gently: bool = False
) -> Counts:
    """What came of it, with nothing wrong. Whatever goes wrong says what the program had to say."""
    async with FakeTelegram() as server:
        server.latency = LATENCY
        town = Town(server, folder)
        if gently:
            with (folder / "config.yaml").open("a", encoding="utf-8") as config:
                config.write("limits: {stop_timeout: 0s}\n")
        program = Program(folder, forge)
        try:
            await town.live(program, kills, random.Random(seed), gently=gently)
            await server.until(lambda: not town.bot.unconfirmed, "the last words were not read")
            assert await program.stop() == 0, program.tail()
        except BaseException:
            print(told(town.counts(), town.remarks), program.tail(), sep="\n")
            raise
        finally:
            await program.kill()
        town.hears_of(program)
        counts = town.counts()
        tell(str(counts))
        assert counts.wrong == {}, told(counts, town.remarks)
        assert counts.rounds >= len(town.customers)
        return counts


async def test_fifteen_kills_lose_nothing_and_double_only_what_was_in_flight(
    tmp_path: Path, forge: str, tell: Tell
) -> None:
    await talk_and_kill(tmp_path / "business", forge, 15, seed=1, tell=tell)


async def test_stops_in_the_middle_of_work_lose_nothing_and_double_nothing(
    tmp_path: Path, forge: str, tell: Tell
) -> None:
    """Such that wait for nothing but for what is being said."""
    counts = await talk_and_kill(tmp_path / "business", forge, 4, seed=1, tell=tell, gently=True)
    assert counts.doubled == []


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Nobody has said anything yet."""
    async with FakeTelegram() as server:
        yield Town(server, tmp_path / "business")


async def test_a_copy_is_the_same_thing_said_of_the_same_round_in_the_same_place(
    town: Town,
) -> None:
    say = speaker(town)
    for token in ("Клиент01-0", "Клиент01-1"):
        say(f"Заявка №1: Дело\nв очереди\nПричина: Дело {token}б")
    first = say("Понял Клиент01-1")
    town.kills.append((first, first))
    say("Понял Клиент01-1")
    counts = town.counts()
    assert (len(counts.doubled), counts.said_twice) == (1, [])
    say("Заявка №1: Дело\nведёт Оператор2\nПричина: Дело Клиент01-1б")
    (behind,) = town.counts().said_twice
    assert "Заявка №1: Дело [Клиент01-1]:" in behind
    assert "life 0 was killed" in behind
    say("Заявка №1: Дело\nведёт Оператор2\nПричина: Дело Клиент01-1б")
    twice, _ = town.counts().said_twice
    assert "Заявка №1: Дело [Клиент01-1]:" in twice


async def test_an_answer_to_an_operator_that_comes_behind_the_next_card_is_of_their_round(
    town: Town,
) -> None:
    say = speaker(town)
    for number in (0, 1):
        say(f"Заявка №1: Дело\nв очереди\nПричина: Дело Клиент01-{number}б")
    for name in ("Оператор1", "Оператор2"):
        say(f"{name}: Разговор возвращён боту.")
    assert town.counts().said_twice == []
    line = await town.operators[1].writes("Готово", in_=town.group.topic("Клиент01"))
    say("Разговор возвращён боту.", line.id)
    (twice,) = town.counts().said_twice
    assert "Разговор возвращён боту. [Клиент01-0]:" in twice


def speaker(town: Town) -> Callable[..., float]:
    """Says something in a topic as the desk's bot; when that was."""
    topic = town.group.opens_topic("Клиент01")

    def say(words: str, reply_to: int | None = None) -> float:
        desk = town.desk.account.user
        town.server.world.post(
            town.group.chat, desk, {"text": words}, thread=topic.id, reply_to=reply_to
        )
        return town.server.world.journal[-1].at

    return say


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(4))
async def test_fifty_kills_and_fifty_more(
    tmp_path: Path, forge: str, tell: Tell, seed: int
) -> None:
    await talk_and_kill(tmp_path / "business", forge, 50, seed=100 + seed, tell=tell)
