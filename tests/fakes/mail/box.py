"""What the tests do with an IMAP server, whichever it is."""

import contextlib
import imaplib
import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CERTIFICATE, KEY = HERE / "cert.pem", HERE / "key.pem"
"""For localhost and 127.0.0.1, signed by itself, valid until the year 2059."""
USER, PASSWORD = "help@example.ru", 'se"cr\\et'
PATIENCE = 30.0


def free_port() -> int:
    """A port that nobody listens on. Below those that the system gives to clients, which would take it meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def wait_until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Look until it is so."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


class Box:
    """An IMAP server with one mailbox. Subclasses say how it is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What starts the server in the foreground."""
        raise NotImplementedError

    def start(self) -> None:
        """Run it, on the same port each time."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        wait_until(self._answers, "the IMAP server does not answer")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as one:
                one.settimeout(2)
                return one.recv(4).startswith(b"* OK")
        except OSError:
            return False

    def stop(self) -> None:
        """End it at once, its connections with it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
            self._process = None

    def remove(self) -> None:
        """End it for good."""
        self.stop()

    def renumber(self) -> None:
        """Give the mailbox another UIDVALIDITY and its letters other UIDs."""
        raise NotImplementedError

    def drop_connections(self) -> None:
        """Every connection is lost, in the middle of whatever it does; new ones are taken."""
        raise NotImplementedError

    @contextlib.contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        """Logged in, INBOX selected."""
        client = imaplib.IMAP4("127.0.0.1", self.port)
        try:
            client.login(f'"{USER}"', PASSWORD)
            client.select()
            yield client
        finally:
            client.logout()

    def put(self, *letters: bytes, at: float | None = None) -> None:
        """Lay letters into INBOX as a delivery does; `at`: their time of arrival, seconds."""
        when: Any = "" if at is None else imaplib.Time2Internaldate(at)
        with self.client() as client:
            for letter in letters:
                said, _ = client.append("INBOX", "", when, letter)
                assert said == "OK"

    def count(self) -> int:
        """How many letters lie in INBOX."""
        with self.client() as client:
            return len(client.search(None, "ALL")[1][0].split())

    def settings(self, security: str = "none") -> dict[str, Any]:
        """The `imap` of a channel's settings."""
        known: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": security,
            "user": USER,
            "password": PASSWORD,
            "folder": "INBOX",
        }
        return known if security == "none" else {**known, "ca_file": str(CERTIFICATE)}
