"""Golden conversations: the example's own, and every project in a folder beside this file.

To add one, write a `*.test.yaml` beside a flow, or a new folder with `flows/`; no Python is needed.
"""

from pathlib import Path

import pytest

from bot.dialog.loader.talks import Talk, find_talks, read_talks
from bot.project import Project, read_project
from bot.talks import Player, coverage, told

HERE = Path(__file__).parent
TOP = HERE.parents[1]


def talks_of(root: Path) -> list[tuple[Project, Talk]]:
    project = read_project(root)
    read = read_talks(root, find_talks(root), project.config.business)
    assert not project.errors
    assert not read.findings
    return [(project, talk) for talk in read.talks]


ALL = [
    *talks_of(TOP),
    *(pair for flows in sorted(HERE.glob("*/flows")) for pair in talks_of(flows.parent)),
]


@pytest.mark.parametrize("project, talk", ALL, ids=[f"{talk.path}:{talk.name}" for _, talk in ALL])
async def test_a_conversation_goes_as_it_is_written(project: Project, talk: Talk) -> None:
    assert project.script is not None

    verdict = await Player(project.config.root, project.script, project.config.business).play(talk)

    if verdict.failure is not None:
        pytest.fail(told(verdict, "ru"), pytrace=False)


async def test_the_example_reaches_every_step_and_option() -> None:
    pairs = talks_of(TOP)
    project = pairs[0][0]
    assert project.script is not None
    player = Player(project.config.root, project.script, project.config.business)

    verdicts = [await player.play(talk) for _, talk in pairs]

    reached = frozenset[str]().union(*(verdict.reached for verdict in verdicts))
    assert [one.missed for one in coverage(project.script, reached) if one.missed] == []
