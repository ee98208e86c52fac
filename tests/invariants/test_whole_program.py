"""The same through the whole program on a real database, killed nowhere and restarted everywhere: no difference."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.model.event import ButtonPressed, OperatorActed
from bot.project import Project
from bot.rehearsal import Rehearsal, StageError, pressed
from tests.invariants.flows import made_up
from tests.invariants.life import START
from tests.invariants.test_any_sequence import (
    COMMANDS,
    FOREIGN,
    RESULTS,
    VERBS,
    customers_text,
    example,
)

steps = st.one_of(
    st.tuples(st.just("text"), customers_text),
    st.tuples(st.just("text"), customers_text),
    st.tuples(st.just("tap"), st.integers(1, 6)),
    st.tuples(st.just("tap"), st.integers(1, 6)),
    st.tuples(st.just("foreign"), st.sampled_from(FOREIGN)),
    st.tuples(st.just("edit"), customers_text),
    st.tuples(st.just("operator"), st.sampled_from(COMMANDS)),
    st.tuples(st.just("press"), st.integers(0, 9)),
    st.tuples(st.just("verb"), st.tuples(st.sampled_from(VERBS), st.sampled_from([0, 1, 99]))),
    st.tuples(st.just("wait"), st.sampled_from([60_000, 900_000, 7_200_000, 86_400_000])),
    st.tuples(st.just("answer"), st.sampled_from(RESULTS)),
    st.tuples(st.just("event"), st.sampled_from(["first_contact", "ticket_closed", "нет"])),
    st.tuples(st.just("reload"), st.integers(0, 1)),
)
sequences = st.lists(steps, max_size=15)


async def step(playing: Rehearsal, projects: list[Project], what: str, value: Any) -> None:
    match what:
        case "text":
            await playing.user(value)
        case "tap":
            await playing.tap_number(value)
        case "foreign":
            await playing._bring(ButtonPressed(value, "кнопка"))
        case "edit":
            await playing.edit(value)
        case "operator":
            await playing.operator(value)
        case "press":
            buttons = [one for one in playing._shown("operators") if one.payload]
            if buttons:
                event = pressed(buttons[value % len(buttons)].payload)
                await playing._file(event, playing._next())
        case "verb":
            verb, ticket = value
            await playing._file(OperatorActed("2", verb, "1h", ticket, "Пётр"), playing._next())
        case "wait":
            await playing.wait(value)
        case "answer":
            if isinstance(value, dict):
                playing.answer(value)
        case "event":
            await playing.event(value)
        case "reload":
            project = projects[value]
            assert project.script is not None
            await playing.reload(project.script, project.config.business)


async def life(
    projects: list[Project], kind: str, sequence: list[tuple[str, Any]], *, restarts: bool
) -> list[str]:
    """Everything that was said, to both sides, step by step."""
    script = projects[0].script
    assert script is not None
    said: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        playing = Rehearsal(
            script, projects[0].config.business, Path(folder) / "f.db", kind=kind, now=START
        )
        await playing.open()
        try:
            for what, value in sequence:
                playing.said = []
                try:
                    await step(playing, projects, what, value)
                except StageError:
                    continue
                said.append(f"> {what}")
                said += [f"{one.side}: {one.delivery.kind}: {one.text}" for one in playing.said]
                if restarts:
                    await playing.restart()
                    said += [f"{one.side}: {one.delivery.kind}: {one.text}" for one in playing.said]
            counts = await playing.store.counts()
            assert counts["aside"] == 0, "an event could not be answered"
            assert counts["inbox"] == 0
            assert counts["outbox"] == 0
        finally:
            await playing.close()
    return said


def play(projects: list[Project], kind: str, sequence: list[tuple[str, Any]]) -> None:
    through = asyncio.run(life(projects, kind, sequence, restarts=False))
    restarted = asyncio.run(life(projects, kind, sequence, restarts=True))
    assert restarted == through


slow = settings(
    max_examples=8, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
kinds = st.sampled_from(["telegram", "vk", "email", "console"])


@slow
@given(sequences, kinds)
def test_the_program_bears_any_sequence_and_any_restart(
    sequence: list[tuple[str, Any]], kind: str
) -> None:
    play([example(), made_up(3)], kind, sequence)


@slow
@given(st.integers(0, 30), sequences, kinds)
def test_made_up_flows_bear_any_sequence_and_any_restart(
    seed: int, sequence: list[tuple[str, Any]], kind: str
) -> None:
    play([made_up(seed), made_up(seed + 1)], kind, sequence)


@pytest.mark.torture
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 5_000), sequences, kinds)
def test_any_flows_bear_any_sequence_and_any_restart(
    seed: int, sequence: list[tuple[str, Any]], kind: str
) -> None:
    play([made_up(seed), example()], kind, sequence)
