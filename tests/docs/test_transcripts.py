"""Transcripts on the first pages come from the run of the whole program that the acceptance test keeps."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
GOLDEN = (TOP / "tests" / "acceptance" / "telegram" / "whole_path.txt").read_text("utf-8")
_TRANSCRIPT = re.compile(r"^<!-- golden -->\n```\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "README.ru.md"])
def test_the_transcript_stands_in_the_run(page: str) -> None:
    transcripts = _TRANSCRIPT.findall((TOP / page).read_text("utf-8"))
    assert len(transcripts) == 1
    assert transcripts[0] in GOLDEN
