"""One process a database: a lock that the kernel releases when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path

from bot.errors import StoreBroken, StoreInUse


class FileLock:
    """An exclusive lock on `path`, which holds the pid of who has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> None:
        """Raises `StoreInUse`, naming the process that holds it."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise StoreBroken(
                f"{self._path} cannot be written: {problem.strerror}",
                f"{self._path}: записать не получается ({problem.strerror})",
            ) from problem
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            holder = os.read(file, 32).decode(errors="replace").strip() or "?"
            os.close(file)
            raise StoreInUse(
                f"Frontdesk is already running on this database (process {holder}): stop it first. "
                f"The lock is {self._path}",
                f"Frontdesk уже работает с этой базой (процесс {holder}): сначала остановите его. "
                f"Замок: {self._path}",
            ) from problem
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        """Let go; the file stays, for removing it would let two processes lock two files of one name."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
