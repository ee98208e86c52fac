"""A week of misses becomes a patch of faq.yaml that raises the project's own figures, through the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import program
from bot.commands.terminal import speak

Run = Callable[..., Result]

FAQ = """\
# Вопросы мастерской
- id: цена
  questions:
    - Сколько стоит диагностика?
    - цена диагностики   # так пишут в VK
    - диагностика платная
  answer: Диагностика бесплатна, если вы ремонтируете у нас.

- id: адрес
  questions:
    - Где вы находитесь?
    - ваш адрес
    - как к вам проехать
  answer: Улица Мира, 1, вход со двора.
"""
LABELLED = """\
почём у вас посмотреть аппарат: цена
посмотреть аппарат почём будет: цена
можно поставить машину рядом: можно_поставить_машину_у_вас
ваш адрес подскажите: адрес
какая завтра погода: none
"""
WEEK = """\
почём у вас глянуть аппарат
оператор
:press Взять
:operator Диагностика бесплатна, если вы ремонтируете у нас!
:press Вернуть боту
можно поставить машину у вас
оператор
:press Взять
:operator Да, во дворе бесплатная парковка.
:press Вернуть боту
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "config.yaml").write_text("name: Мастерская\n", "utf-8")
    (tmp_path / "faq.yaml").write_text(FAQ, "utf-8")
    (tmp_path / "faq.test.yaml").write_text(LABELLED, "utf-8")
    return tmp_path


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(speak, "language", "ru")

    def invoke(*arguments: str, input: str = "") -> Result:
        return CliRunner().invoke(program, ["--project", str(project), *arguments], input=input)

    return invoke


@pytest.fixture
def week(run: Run, project: Path) -> None:
    database = str(project / "data" / "frontdesk.db")
    assert run("chat", "--database", database, input=WEEK).exit_code == 0


@pytest.mark.usefixtures("week")
def test_a_week_of_misses_raises_the_projects_own_figures(run: Run, project: Path) -> None:
    before = json.loads(run("faq", "eval", "--json").stdout)

    applied = run("faq", "misses", "--apply")

    assert applied.exit_code == 0
    after = json.loads(run("faq", "eval", "--json").stdout)
    assert after["top1"] == 1.0 > before["top1"]
    assert after["answered"] > before["answered"]
    assert "можно_поставить_машину_у_вас (новая запись)" in applied.stdout
    assert "цена\n  + почём у вас глянуть аппарат" in applied.stdout
    written = (project / "faq.yaml").read_text("utf-8")
    assert [line for line in FAQ.splitlines() if line not in written.splitlines()] == []
    assert run("check").exit_code == 0


@pytest.mark.usefixtures("week")
def test_a_second_time_there_is_nothing_to_add(run: Run, project: Path) -> None:
    run("faq", "misses", "--apply")
    written = (project / "faq.yaml").read_bytes()

    again = run("faq", "misses", "--apply")

    assert (again.exit_code, again.stdout) == (0, "")
    assert "всё, о чём спрашивали, уже есть" in again.stderr
    assert (project / "faq.yaml").read_bytes() == written


@pytest.mark.parametrize(
    "talk, why",
    [("меню\n", "все вопросы получили ответ"), ("зыбзыбзыб\n", "ни один не похож")],
)
def test_nothing_to_add_is_said_with_the_reason(
    run: Run, project: Path, talk: str, why: str
) -> None:
    run("chat", "--database", str(project / "data" / "frontdesk.db"), input=talk)

    for option in ("--apply", "--patch"):
        assert why in run("faq", "misses", option).stderr
    assert (project / "faq.yaml").read_text("utf-8") == FAQ


@pytest.mark.usefixtures("week")
def test_line_ends_mark_and_rights_of_the_file_stay(run: Run, project: Path) -> None:
    faq = project / "faq.yaml"
    faq.write_bytes(b"\xef\xbb\xbf" + FAQ.replace("\n", "\r\n").encode())
    faq.chmod(0o640)

    assert run("faq", "misses", "--apply").exit_code == 0

    written = faq.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf# ")
    assert written.count(b"\n") == written.count(b"\r\n") > FAQ.count("\n")
    assert faq.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in project.glob(".faq*")] == []


def test_what_would_break_the_project_is_not_written(run: Run, project: Path) -> None:
    week = WEEK.replace("парковка.", "парковка. " + "Вот она. " * 7000)
    run("chat", "--database", str(project / "data" / "frontdesk.db"), input=week)

    refused = run("faq", "misses", "--apply")

    assert refused.exit_code == 1
    assert "E308" in str(refused.exception)
    assert (project / "faq.yaml").read_text("utf-8") == FAQ
    assert [path.name for path in project.glob(".faq*")] == []


def test_what_an_operator_typed_is_no_template_and_no_markup(run: Run, project: Path) -> None:
    week = WEEK.replace("парковка.", "**парковка** {{ customer.id }} {{ место")
    database = str(project / "data" / "frontdesk.db")
    run("chat", "--database", database, input=week)

    assert run("faq", "misses", "--apply").exit_code == 0

    asked = run("chat", input="можно поставить машину у вас\n")
    assert "Да, во дворе бесплатная **парковка** {{ customer.id }} {{ место" in asked.stdout


@pytest.mark.usefixtures("week")
def test_a_file_that_cannot_be_added_to_is_told_without_a_trace(run: Run, project: Path) -> None:
    (project / "faq.yaml").write_bytes(FAQ.replace("\n", "\r").encode())

    refused = run("faq", "misses", "--patch")

    assert refused.exit_code == 1
    assert "внесите нужное сами" in str(refused.exception)
