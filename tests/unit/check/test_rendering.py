"""Findings as people and programs read them."""

import msgspec
import pytest

from bot.check import catalogue
from bot.check.finding import Finding, Word
from bot.check.render import cells, explain, render, window

RETY = Finding(
    "E103", "flows/заявка.yaml", 16, 5, 9,
    {"key": "rety", "where": Word("step", "ask"), "near": "retry", "known": "retry"},
    "retry", "    rety: Напишите, пожалуйста, имя - хотя бы две буквы.",
)  # fmt: skip


def test_a_finding_looks_as_promised() -> None:
    assert render([RETY], "text", "ru").split("\n") == [
        "flows/заявка.yaml:16:5: E103 у шага «ask» нет ключа «rety», возможно, «retry»?",
        "   |",
        "16 |     rety: Напишите, пожалуйста, имя - хотя бы две буквы.",
        "   |     ^^^^",
        "   = как исправить: замените «rety:» на «retry:»",
    ]


@pytest.mark.parametrize(
    "line, column, end, before, width",
    [
        ("имя: слово", 6, 11, 5, 5),
        ("📱📱 слово", 4, 9, 5, 5),
        ("日本語: ж", 6, 7, 8, 1),
        ("е\u0301е\u0301 ж", 6, 7, 3, 1),
        ("👨\u200d👩\u200d👧 ж", 7, 8, 3, 1),
        ("👍🏽 ж", 4, 5, 3, 1),
        ("❤\ufe0f ж", 4, 5, 2, 1),
        ("\tж", 2, 3, 1, 1),
    ],
)
def test_the_mark_stands_under_its_text(
    line: str, column: int, end: int, before: int, width: int
) -> None:
    assert window(line, column, end)[1:] == (before, width)


def test_of_a_long_line_the_place_is_shown() -> None:
    shown, before, width = window("а" * 1_000 + "слово" + "б" * 1_000, 1_001, 1_006)
    assert cells(shown) < 170
    assert shown[before : before + width] == "слово"


def test_signs_that_a_terminal_obeys_are_not_sent_to_it() -> None:
    finding = Finding("E201", "а.yaml", 1, 1, 2, {"name": "\x1b[2J", "known": ""}, None, "\x1b[2J")
    assert "\x1b" not in render([finding], "text", "ru")


def test_colours_only_where_they_are_wanted() -> None:
    assert "\x1b[" in render([RETY], "text", "ru", colour=True)
    assert "\x1b[" not in render([RETY], "text", "ru")


def test_json_is_for_programs() -> None:
    (read,) = msgspec.json.decode(render([RETY], "json", "en"))
    assert read["message"] == "the step “ask” has no key “rety”, did you mean “retry”?"
    assert (read["line"], read["column"], read["severity"], read["replacement"]) == (
        16,
        5,
        "error",
        "retry",
    )


def test_github_shows_it_beside_the_line() -> None:
    finding = Finding("W003", "а,б.yaml", 2, 3, 4, {"step": "say1"})
    assert render([finding], "github", "ru").startswith(
        "::warning file=а%2Cб.yaml,line=2,col=3,endColumn=4,title=W003::до этого шага никто не дойдёт. "
    )


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_code_is_explained_without_a_gap(language: str) -> None:
    for code in catalogue.codes():
        text = explain(code.lower(), language)  # type: ignore[arg-type]
        assert text.startswith(code)
        assert "{known}" not in text


def test_findings_are_sorted_by_place() -> None:
    later = msgspec.structs.replace(RETY, line=20)
    assert render([later, RETY], "text", "ru").startswith("flows/заявка.yaml:16")
