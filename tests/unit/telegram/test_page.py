"""docs/telegram.md tells the truth: its transcripts come from the run that the acceptance test keeps, its settings load."""

import re
from pathlib import Path

import pytest

from adapters.telegram import words
from bot.commands.init import copy_starter
from bot.config.load import load_config

TOP = Path(__file__).parents[3]
PAGE = (TOP / "docs" / "telegram.md").read_text("utf-8")
GOLDEN = (TOP / "tests" / "acceptance" / "telegram" / "whole_path.txt").read_text("utf-8")
TRANSCRIPTS = re.findall(r"^<!-- golden -->\n```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SETTINGS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_there_are_transcripts_and_settings() -> None:
    assert len(TRANSCRIPTS) == 3
    assert len(SETTINGS) == 4


@pytest.mark.parametrize("transcript", TRANSCRIPTS)
def test_each_transcript_stands_in_the_run(transcript: str) -> None:
    assert transcript in GOLDEN


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_settings_load(settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TELEGRAM_TOKEN", "OPERATORS_TOKEN", "SHOP_TOKEN"):
        monkeypatch.setenv(name, "123456789:AAE")
    monkeypatch.setenv("TELEGRAM_PROXY", "http://user:password@proxy.example.ru:3128")
    copy_starter(tmp_path / "desk")
    (tmp_path / "desk" / "config.yaml").write_text(settings, "utf-8")
    loaded = load_config(tmp_path / "desk")
    assert [finding.code for finding in loaded.findings] == []


def test_what_the_doctor_says_is_quoted_word_for_word() -> None:
    quoted = re.findall(
        r"^\| (Telegram [^|]+|сообщения [^|]+|для бота [^|]+) \|", PAGE, re.MULTILINE
    )
    assert len(quoted) == 4
    said = [text for phrases in words._PHRASES.values() for text in phrases.values()]
    for line in quoted:
        assert any(text.startswith(line.strip()) for text in said), line


def test_what_the_log_says_is_quoted_word_for_word() -> None:
    table = PAGE.partition("| in the log |")[2]
    sources = "".join(
        path.read_text("utf-8") for path in (TOP / "adapters" / "telegram").glob("*.py")
    )
    lines = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(lines) == 7
    for line in lines:
        assert line in sources or line == "unreadable update", line
