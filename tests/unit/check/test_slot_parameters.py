"""A wrong parameter of a slot is told in words, whatever stands in it."""

from pathlib import Path

import pytest

from bot.check.render import render
from bot.project import read_project

FLOW = """
flow: форма
start: {{commands: [form]}}
slots:
  ответ: {slot}
steps:
  - ask: Ответ?
    save: ответ
"""


@pytest.mark.parametrize(
    "slot,hint",
    [
        ("{type: phone, region: ЫЫ}", "RU, KZ, BY"),
        ("{type: file, kinds: [картинка]}", "image"),
        ("{type: number, min: много}", "число"),
        ("{type: date, from: вчерась}", "today"),
    ],
)
def test_what_is_expected_is_named(tmp_path: Path, slot: str, hint: str) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "config.yaml").write_text("name: Дело\nlanguage: ru\n", encoding="utf-8")
    (tmp_path / "flows" / "форма.yaml").write_text(FLOW.format(slot=slot), encoding="utf-8")
    findings = read_project(tmp_path).findings
    assert hint in render(findings, "text", "ru")
    assert render(findings, "text", "en")


def test_a_place_lies_in_its_line_even_where_tabs_were_mended(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "config.yaml").write_text("name: Дело\n", encoding="utf-8")
    (tmp_path / "replies.yaml").write_text("\t\tsay:", encoding="utf-8")
    for finding in read_project(tmp_path).findings:
        assert not finding.source or finding.column <= len(finding.source) + 1
