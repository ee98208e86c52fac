"""pymap as a process of its own, its letters in a Maildir."""

import shutil
import signal
import sys
from pathlib import Path

from pysasl.hashing import BuiltinHash

from tests.fakes.mail.box import CERTIFICATE, KEY, PASSWORD, USER, Box


class PymapBox(Box):
    """An IMAP server from PyPI."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._base = folder / "mail"
        self._base.mkdir(parents=True)
        secret = BuiltinHash().hash(PASSWORD)
        (self._base / "pymap-etc-passwd").write_text(f"{USER}:x::::box:\n")
        (self._base / "pymap-etc-shadow").write_text(f"{USER}:{secret}:::::::\n")
        (self._base / "pymap-etc-group").write_text("")

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

    def destroy(self) -> None:
        """Take every letter away."""
        self.stop()
        shutil.rmtree(self._base / "box")
        self.start()
