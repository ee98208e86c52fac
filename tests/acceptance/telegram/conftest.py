"""One forge for all tests of a run: see `forge`."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.telegram.program import ROOT


@pytest.fixture(scope="session")
def forge(testrun_uid: str) -> Iterator[str]:
    """The path of its socket. What it loads takes seconds, so the workers of a run share one: the first that needs it
    starts it, all hold its input open, and it ends with the last of them."""
    folder = Path(tempfile.gettempdir()) / f"forge-{testrun_uid[:12]}"
    folder.mkdir(exist_ok=True)
    door, held = folder / "door", folder / "held"
    process = None
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not door.exists():
            process = _started(door, held)
        # Fails, rather than waits, where the forge has died.
        hold = os.open(held, os.O_WRONLY | os.O_NONBLOCK)
        if process is not None:
            assert process.stdout
            with process.stdout as stdout:
                assert stdout.readline() == b"ready\n"
    yield str(door)
    os.close(hold)
    if process is not None:
        process.wait()
        shutil.rmtree(folder)


def _started(door: Path, held: Path) -> subprocess.Popen[bytes]:
    os.mkfifo(held)
    with open(os.open(held, os.O_RDONLY | os.O_NONBLOCK), "rb") as reading:  # noqa: PTH123
        return subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.telegram.forge", str(door)],
            cwd=ROOT,
            stdin=reading,
            stdout=subprocess.PIPE,
        )
