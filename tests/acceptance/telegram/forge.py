"""Starts `frontdesk run` again and again without paying for its imports each time: one process loads everything, and each
life of the program is a fork of it. Run as a module; a line of input is a project's folder, and begins a life."""

import importlib
import os
import sys
import traceback

LOADED = (
    "adapters.telegram.adapter",
    "adapters.telegram_desk.adapter",
    "bot.commands.run",
    "bot.commands.running",
    "bot.cli",
)


def main() -> None:
    """Until the input ends. Prints the pid of each life, and at its end its exit code (negative: the signal)."""
    for module in LOADED:
        importlib.import_module(module)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(line.strip())
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _live(folder: str) -> None:
    """One life, in the fork. What it prints goes to the error stream: the other one is between us and the test."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    code = 1
    try:
        from bot.cli import main as frontdesk

        sys.argv = ["frontdesk", "run", "--project", folder]
        frontdesk()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  (nothing may leave the fork)
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
