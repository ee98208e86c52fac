"""One forge for all tests of a run: see `forge`."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.telegram.program import ROOT


@pytest.fixture(scope="session")
def forge() -> Iterator[str]:
    """The path of its socket."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "forge")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.telegram.forge", path],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin
        assert process.stdout
        with process.stdin, process.stdout as stdout:
            assert stdout.readline() == b"ready\n"
            yield path
        process.wait()
