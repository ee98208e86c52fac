"""Starts `frontdesk run` again and again without paying for its imports each time: one process loads everything, and each
life of the program is a fork of it. Run as a module with the path of a socket to make.

Whoever connects writes a line with a project's folder and reads what that life prints, in between a line with `PID` before
the pid, and at the end one with `END` before the exit code (negative: the signal).
"""

import gc
import importlib
import os
import select
import signal
import socket
import sys
import threading
import traceback

PID, END = "\x01pid ", "\x01end "
LOADED = (
    "adapters.telegram.adapter",
    "adapters.telegram_desk.adapter",
    "bot.cli",
    "bot.commands.run",
    "bot.commands.running",
)


def main(path: str) -> None:
    """Until its input ends, which it does with the last of the tests' processes. Says a line when it is ready."""
    for module in LOADED:
        importlib.import_module(module)
    # What all lives share is not looked through, and so not copied, in each of them.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(path)
        door.listen()
        print("ready", flush=True)
        while door in select.select([door, sys.stdin], [], [])[0]:
            line, _ = door.accept()
            if os.fork() == 0:
                door.close()
                _watch(line)
                os._exit(0)
            line.close()


def _watch(line: socket.socket) -> None:
    """See one life to its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder = line.makefile("r", encoding="utf-8").readline().strip()
    pid = os.fork()
    if pid == 0:
        _live(line.fileno(), folder)
    line.sendall(f"{PID}{pid}\n".encode())
    threading.Thread(target=_end_with, args=(line, pid), daemon=True).start()
    _, status = os.waitpid(pid, 0)
    line.sendall(f"\n{END}{os.waitstatus_to_exitcode(status)}\n".encode())


def _end_with(line: socket.socket, pid: int) -> None:
    """No life outlives whoever asked for it, however that ended."""
    line.recv(1)
    os.kill(pid, signal.SIGKILL)


def _live(output: int, folder: str) -> None:
    """The program. Nothing may leave the fork."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    code = 1
    try:
        frontdesk = importlib.import_module("bot.cli").main
        sys.argv = ["frontdesk", "run", "--project", folder]
        frontdesk()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
