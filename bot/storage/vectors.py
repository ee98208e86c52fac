"""A file of vectors beside the database. It only saves time: it may be deleted, and what is not ours is made again."""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import structlog

log = structlog.get_logger("faq")

_MAGIC = b"frontdesk vectors 1\n"
_SUM = 32
_HEAD = len(_MAGIC) + _SUM


class VectorFile:
    """Numbers of one model; those of another one are not read. Nothing in the file is ever run."""

    def __init__(self, path: Path, model: str) -> None:
        self._path = path
        self._model = sha256(model.encode()).digest()

    def read(self) -> memoryview | None:
        """What was written last; None where there is nothing of use."""
        try:
            with self._path.open("rb") as file:
                head = file.read(_HEAD)
                rest = file.read() if head.startswith(_MAGIC) else b""
        except FileNotFoundError:
            return None
        except OSError as problem:
            self._tell("vectors not read, they are made again", problem.strerror)
            return None
        content = memoryview(rest)[:-_SUM]
        if sha256(content).digest() != rest[-_SUM:]:
            self._tell("vectors not read, they are made again", "not a whole file of vectors")
            return None
        if head != _MAGIC + self._model:
            log.info("vectors are of another model, they are made again", file=str(self._path))
            return None
        return content

    def write(self, parts: Iterable[bytes]) -> None:
        """Keep them, joined, in the place of what was there, whole or not at all. Where there is no folder there is
        no file."""
        if not self._path.parent.is_dir():
            return
        unfinished = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}.unfinished")
        try:
            self._tidy()
            opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(opened, "wb") as file:  # noqa: PTH123  (a descriptor)
                file.write(_MAGIC + self._model)
                total = sha256()
                for part in parts:
                    total.update(part)
                    file.write(part)
                file.write(total.digest())
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._path)
        except OSError as problem:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            self._tell("vectors not kept, they are made again at the next start", problem.strerror)

    def _tidy(self) -> None:
        """Clear away what a killed process left. One that is writing just now does without."""
        for left in self._path.parent.glob(f"{self._path.name}.*.unfinished"):
            left.unlink(missing_ok=True)

    def _tell(self, event: str, why: str | None) -> None:
        log.warning(event, file=str(self._path), reason=why)
