"""pymap as a process of its own, its letters in a Maildir."""

import itertools
import os
import signal
import sys
import time
from pathlib import Path

from pysasl.hashing import BuiltinHash

from tests.fakes.mail.box import CERTIFICATE, KEY, PASSWORD, USER, Box

MANY = 20
_count = itertools.count(1)


class PymapBox(Box):
    """An IMAP server from PyPI."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._base = folder / "mail"
        self._base.mkdir(parents=True)
        # Half a million rounds for each login are a real server's business.
        secret = BuiltinHash(rounds=1).hash(PASSWORD)
        (self._base / "pymap-etc-passwd").write_text(f"{USER}:x::::box:\n")
        (self._base / "pymap-etc-shadow").write_text(f"{USER}:{secret}:::::::\n")
        (self._base / "pymap-etc-group").write_text("")
        for name in ("tmp", "new", "cur"):
            (self._base / "box" / name).mkdir(parents=True)

    def command(self) -> list[str]:
        tls = ["--cert", str(CERTIFICATE), "--key", str(KEY)]
        where = ["--host", "127.0.0.1", "--port", str(self.port)]
        return [
            sys.executable,
            "-c",
            "from pymap.main import main; main()",
            *where,
            *tls,
            "maildir",
            str(self._base),
        ]

    def renumber(self) -> None:
        self.stop()
        for path in (self._base / "box").glob("dovecot-uidlist*"):
            path.unlink()
        self.start()

    def drop_connections(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(5)
        self._process = None
        self.start()

    def put(self, *letters: bytes, at: float | None = None) -> None:
        """Many go into the Maildir: an APPEND takes a tenth of a second and more, but keeps their order."""
        if len(letters) < MANY:
            super().put(*letters, at=at)
            return
        for letter in letters:
            name = f"{time.time_ns()}.{next(_count)}.test"
            path = self._base / "box" / "tmp" / name
            path.write_bytes(letter)
            if at is not None:
                os.utime(path, (at, at))
            path.rename(self._base / "box" / "new" / name)
