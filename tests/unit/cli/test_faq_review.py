"""`frontdesk faq review`: what customers will stumble over, found before they do."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import program
from bot.commands.terminal import speak

FAQ = """\
- id: доставка
  questions: [Сколько стоит доставка?, цена доставки по городу, почём привезёте домой, доставка платная]
  answer: 400 ₽
- id: курьер
  questions: [Сколько стоит доставка курьером?, цена доставки по области, курьер до двери сколько]
  answer: 900 ₽
- id: возврат
  questions: [Как вернуть товар?, хочу сдать покупку обратно, почём привезёте домой сегодня]
  answer: В течение 14 дней.
- id: оплата
  questions: [Можно картой?]
  answer: Да
"""
FLOW = "flow: заказ\nstart: {phrases: [хочу заказать]}\nsteps: [{say: Раз}]\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(speak, "language", "ru")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "заказ.yaml").write_text(FLOW, "utf-8")
    (tmp_path / "faq.yaml").write_text(FAQ, "utf-8")
    return tmp_path


def review(project: Path, *options: str) -> Result:
    return CliRunner().invoke(program, ["--project", str(project), "faq", "review", *options])


def test_every_kind_of_finding_is_told_with_its_line(project: Path) -> None:
    result = review(project)

    few, twins, strays = result.stdout.split("\n\n")
    assert result.exit_code == 0
    assert few.splitlines()[1:] == ["  оплата (строка 10): «Можно картой?»"]
    assert "доставка (строка 1), курьер (строка 4): «" in twins
    assert "возврат (строка 7): «почём привезёте домой сегодня» → доставка (строка 1)" in strays


def test_programs_read_the_same(project: Path) -> None:
    found = json.loads(review(project, "--json").stdout)

    assert found[0] == {"kind": "few_variants", "ids": ["оплата"], "variants": ["Можно картой?"]}
    assert {one["kind"] for one in found} == {"few_variants", "near_duplicates", "wins_elsewhere"}


def test_it_speaks_english(project: Path) -> None:
    (project / "config.yaml").write_text("language: en\n", "utf-8")

    assert "Too few ways to ask" in review(project).stdout


def test_a_flow_with_one_phrase_is_no_finding(project: Path) -> None:
    (project / "faq.yaml").write_text(FAQ.partition("- id: курьер")[0], "utf-8")

    result = review(project)

    assert (result.exit_code, result.stdout) == (0, "")
    assert "Замечаний нет" in result.stderr
