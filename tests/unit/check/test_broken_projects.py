"""Every broken project of `tests/checks` gets its one finding, at its place, in two languages, with a cure that works."""

import re
import subprocess
from pathlib import Path

import pytest

from bot.check import catalogue
from bot.check.finding import Finding
from bot.check.render import render
from tests.unit.check.broken import Case, cases, check, lay_out

ROOT = Path(__file__).parents[3]
CASES = cases()
_CODE = re.compile(r'"([EW]\d{3})"')
_ABOUT_PEOPLE = {"W301", "W302", "W303"}
"""These tell of people in a database, see `test_edits.py`."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_project_gets_its_code_at_its_place(case: Case, project: Path) -> None:
    lay_out(case, project)
    findings = check(project)
    assert [finding.code for finding in findings] == [case.code]
    assert f"{findings[0].path}:{findings[0].line}:{findings[0].column}" == case.place


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_finding_speaks_both_languages_and_leaves_no_gap(case: Case, project: Path) -> None:
    lay_out(case, project)
    finding = check(project)[0]
    for language in ("ru", "en"):
        for said in (finding.sentence(language), finding.cure(language)):
            assert said
            assert not re.search(r"(?<![{$])\{[^\W\d]\w*\}(?!\})|None|Word\(|«»|“”", said), said
    assert render([finding], "text", "ru").startswith(f"{case.place}: {case.code} ")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_proposed_replacement_mends_the_project(case: Case, project: Path) -> None:
    lay_out(case, project)
    (finding,) = check(project)
    if finding.replacement is None:
        return
    apply(finding, project)
    assert check(project) == ()


def apply(finding: Finding, project: Path) -> None:
    """Do what the finding proposes."""
    path = project / finding.path
    lines = path.read_text("utf-8").split("\n")
    line = lines[finding.line - 1]
    assert finding.replacement is not None
    lines[finding.line - 1] = (
        line[: finding.column - 1] + finding.replacement + line[finding.end_column - 1 :]
    )
    path.write_text("\n".join(lines), "utf-8")


def test_there_are_broken_projects_for_every_code() -> None:
    assert len(CASES) >= 80
    assert {case.code for case in CASES} | _ABOUT_PEOPLE == set(catalogue.codes())


def test_every_code_that_is_raised_stands_in_the_catalogue() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "bot/*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    raised = {
        code
        for name in listed.stdout.split()
        for code in _CODE.findall((ROOT / name).read_text("utf-8"))
    }
    assert raised == set(catalogue.codes())


def test_every_entry_of_the_catalogue_is_whole() -> None:
    for code, entry in catalogue.codes().items():
        assert ("bad" in entry) == ("good" in entry), code
        for language in ("ru", "en"):
            assert all(entry[language].get(part) for part in ("sentence", "cure", "more")), code
        alternatives = [isinstance(entry[language]["sentence"], list) for language in ("ru", "en")]
        assert alternatives[0] == alternatives[1], code


def test_most_mistakes_propose_their_own_replacement(tmp_path: Path) -> None:
    proposed = 0
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number) / "project"
        folder.mkdir(parents=True)
        lay_out(case, folder)
        proposed += check(folder)[0].replacement is not None
    assert proposed >= 50
