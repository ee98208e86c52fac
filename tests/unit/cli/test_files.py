"""Files that a person names and that cannot be written."""

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "arguments",
    [("graph", "-o", "no/such/place.mmd"), ("schema", "-o", "pyproject.toml")],
    ids=lambda arguments: arguments[0],
)
def test_a_place_where_nothing_can_be_written_is_told_in_a_sentence(
    arguments: tuple[str, ...],
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=TOP,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"frontdesk: {arguments[2]}: ")
    assert "Traceback" not in ended.stderr
