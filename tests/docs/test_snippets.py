"""What the pages for maintainers show is real: each block is a file, or a part of one, that is checked and played here.

Above a block stands a comment that says what it is:

    file: 1/flows/торт.yaml        the whole file below `tutorial/`
    part: reference/flows/x.yaml   a part of a file, line by line
    chat: 2                        a talk with a stage of the tutorial; lines with › are typed
    check: 2/flows/торт.yaml: retry -> rety      what the checker says of a file with a slip
    test: 4/flows/торт.test.yaml: was -> is      how a failed test is told
    trace: 5                       what `trace` tells of the talk that the page shows with that stage
    own: flows/x.yaml              the whole file below `maintainers/`, put into a project from `init`
    slip: flows/x.yaml: was -> is  what the checker says of that project with a slip
    talk: 2026-06-10 14:00         a talk with that project, begun then
    example                        checked by nothing
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bot.commands.init import copy_starter
from bot.commands.playing import play_all
from bot.dialog.filters import NBSP
from bot.dialog.loader.talks import find_talks, read_talks
from bot.project import read_project
from bot.talks import coverage, told

HERE = Path(__file__).parent
TUTORIAL = HERE / "tutorial"
DOCS = HERE.parents[1] / "docs"
PAGES = [DOCS / "flows.md", DOCS / "maintainers.md"]
NOW = "2026-06-10 14:00"
STAGES = sorted(folder for folder in TUTORIAL.iterdir() if folder.is_dir())
PROJECTS = [*STAGES, HERE / "reference"]


class Block(msgspec.Struct, frozen=True):
    """A fenced block, and what the comment above it says."""

    page: str
    line: int
    kind: str
    about: str
    text: str


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = re.finditer(
        r"^(?:<!-- (\w+):? ?([^\n]*?) -->\n)?```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    return [
        Block(page.name, text.count("\n", 0, one.start()) + 1, one[1] or "", one[2] or "", one[3])
        for one in found
    ]


BLOCKS = [block for page in PAGES for block in blocks(page)]


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    chosen = [block for block in BLOCKS if block.kind in kinds]
    assert chosen, kinds
    return pytest.mark.parametrize("block", chosen, ids=lambda block: f"{block.page} {block.line}")


def slip(block: Block, original: Path, project: Path) -> Path:
    """A copy of a project where one text of one file is written in another way."""
    path, _, change = block.about.partition(": ")
    before, _, after = change.partition(" -> ")
    shutil.copytree(original, project)
    file = project / path
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), "utf-8")
    return project


def slipped(block: Block, folder: Path) -> Path:
    """A copy of a stage of the tutorial with a slip."""
    stage, _, about = block.about.partition("/")
    return slip(msgspec.structs.replace(block, about=about), TUTORIAL / stage, folder / stage)


def frontdesk(*arguments: str, typed: str = "") -> str:
    """What the command prints to stdout, in Russian."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=typed,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"},
        cwd=HERE.parents[1],
        timeout=120,
        check=False,
    )
    return ended.stdout


def talked(block: Block, project: Path, now: str) -> None:
    lines = block.text.splitlines()
    typed = [line.removeprefix("› ") for line in lines if line.startswith("› ")]
    said = frontdesk("--project", str(project), "chat", "--now", now, typed="\n".join(typed) + "\n")
    told_there = [line for line in lines if not line.startswith("› ")]
    assert said.replace(NBSP, " ").splitlines() == told_there


@pytest.fixture(scope="module")
def own_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What docs/maintainers.md leads to: the example with a flow, its tests, and a question more."""
    project = tmp_path_factory.mktemp("own") / "desk"
    copy_starter(project)
    shutil.copytree(HERE / "maintainers" / "flows", project / "flows", dirs_exist_ok=True)
    with (project / "faq.yaml").open("a", encoding="utf-8") as faq:
        faq.write("\n" + (HERE / "maintainers" / "вопрос.yaml").read_text(encoding="utf-8"))
    return project


def test_every_block_says_what_it_is() -> None:
    known = {"file", "part", "chat", "check", "test", "trace", "own", "slip", "talk", "example"}
    strange = [(block.page, block.line) for block in BLOCKS if block.kind not in known]
    assert strange == []


@of_kind("file")
def test_a_file_stands_on_the_page_as_it_is(block: Block) -> None:
    assert block.text == (TUTORIAL / block.about).read_text(encoding="utf-8")


@of_kind("part")
def test_a_part_stands_in_its_file(block: Block) -> None:
    whole = (HERE / block.about).read_text(encoding="utf-8")
    assert f"\n{block.text}" in f"\n{whole}"


@of_kind("chat")
def test_a_talk_with_the_tutorial_goes_as_the_page_says(block: Block) -> None:
    talked(block, TUTORIAL / block.about, NOW)


@of_kind("check")
def test_a_slip_is_told_as_the_page_says(block: Block, tmp_path: Path) -> None:
    assert frontdesk("--project", str(slipped(block, tmp_path)), "check").strip() == (
        block.text.strip()
    )


@of_kind("test")
def test_a_failure_is_told_as_the_page_says(block: Block, tmp_path: Path) -> None:
    project = read_project(slipped(block, tmp_path))
    assert project.script is not None
    talks = read_talks(project.root, find_talks(project.root), project.config.business).talks
    verdicts = play_all(project.config, project.script, talks, quiet=True)
    failed = [told(verdict, "ru") for verdict in verdicts if verdict.failure]
    assert [text.strip() for text in failed] == [block.text.strip()]


@of_kind("trace")
def test_a_trace_is_told_as_the_page_says(block: Block, tmp_path: Path) -> None:
    project = shutil.copytree(TUTORIAL / block.about, tmp_path / block.about)
    database = project / "talk.db"
    with (project / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("storage: sqlite:///talk.db\n")
    (talk,) = (one for one in BLOCKS if one.kind == "chat" and one.about == block.about)
    typed = "".join(
        line.removeprefix("› ") for line in talk.text.splitlines(True) if line.startswith("› ")
    )
    chat = ("--project", str(project), "chat", "--now", NOW, "--database", str(database))
    frontdesk(*chat, typed=typed)
    assert frontdesk("--project", str(project), "trace", "1") == block.text


@of_kind("own")
def test_a_file_of_ones_own_stands_on_the_page_as_it_is(block: Block) -> None:
    assert block.text == (HERE / "maintainers" / block.about).read_text(encoding="utf-8")


@of_kind("talk")
def test_a_talk_goes_as_the_page_says(block: Block, own_project: Path) -> None:
    talked(block, own_project, block.about)


@of_kind("slip")
def test_a_slip_in_a_project_is_told_as_the_page_says(
    block: Block, own_project: Path, tmp_path: Path
) -> None:
    project = slip(block, own_project, tmp_path / "desk")
    assert block.text.strip() in frontdesk("--project", str(project), "check")


def test_a_flow_of_ones_own_is_right_and_its_talks_pass(own_project: Path) -> None:
    plays(own_project, "flows/сертификат.test.yaml", "сертификат")


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda folder: folder.name)
def test_a_project_of_the_page_has_no_mistake_and_its_talks_pass(folder: Path) -> None:
    plays(folder)


def plays(folder: Path, file: str = "", flow: str = "") -> None:
    """The project has no mistake, its talks (or those of one file) pass and reach everything (of one flow)."""
    project = read_project(folder)
    assert [(each.code, each.path, each.line) for each in project.findings] == []
    assert project.script is not None
    paths = [path for path in find_talks(folder) if file in path]
    talks = read_talks(folder, paths, project.config.business)
    assert talks.findings == ()
    verdicts = play_all(project.config, project.script, talks.talks, quiet=True)
    assert [told(verdict, "ru") for verdict in verdicts if verdict.failure] == []
    if talks.talks:
        reached = frozenset[str]().union(*(verdict.reached for verdict in verdicts))
        covered = [
            one for one in coverage(project.script, reached) if one.flow == (flow or one.flow)
        ]
        assert [one.missed for one in covered if one.missed] == []
