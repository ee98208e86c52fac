"""How the tests run, and how they tell what they counted."""

import os
import sys
from collections.abc import Callable

import pytest
from hypothesis import settings

# Hundreds of processes start in these tests. Where Python is told to keep no bytecode, each would compile
# the program and its libraries anew, and that is half of what a run costs.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A deadline measures the machine, not the code. In CI hypothesis's own profile keeps the
# same examples from run to run; here every run tries new ones.
settings.register_profile("house", deadline=None, print_blob=True)
settings.register_profile("torture", deadline=None, print_blob=True, max_examples=5_000)
if not os.environ.get("CI"):
    settings.load_profile("house")


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """`tell("20 kills, 0 lost")` prints a line at the end of the run, whichever worker it ran on."""
    return lambda line: record_property("told", line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        f"{report.nodeid.split('::')[-1]}: {line}"
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, line in report.user_properties
        if name == "told" and report.when == "call"
    ]
    if told:
        terminalreporter.section("what was counted")
        for line in told:
            terminalreporter.write_line(line)
