"""Dovecot as a private instance: IMAP in clear, with STARTTLS and with TLS, and LMTP."""

import os
import pwd
import shutil
import signal
import smtplib
import tempfile
import time
from pathlib import Path

from tests.fakes.mail.box import CERTIFICATE, KEY, PASSWORD, USER, Box, free_port, wait_until

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
auth_username_chars =
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""


def dovecot() -> str | None:
    """The server's program, where it is installed and may be run: it wants to be root."""
    return (
        (shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin"))
        if os.getuid() == 0
        else None
    )


class DovecotBox(Box):
    """The IMAP server that most of the world uses."""

    def __init__(self, folder: Path) -> None:
        # Its login processes are another user, who may not look into the folders of pytest.
        super().__init__(Path(tempfile.mkdtemp(prefix="dovecot-")))
        folder = self.folder
        folder.chmod(0o755)
        self.tls_port, self.lmtp_port = free_port(), free_port()
        for name in ("run", "state", "mail", "home"):
            (folder / name).mkdir(parents=True)
        owner = pwd.getpwnam("mail")
        for name in ("mail", "home"):
            os.chown(folder / name, owner.pw_uid, owner.pw_gid)
        (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        (folder / "dovecot.conf").write_text(
            _CONFIG.format(
                folder=folder,
                certificate=CERTIFICATE,
                key=KEY,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                port=self.port,
                tls_port=self.tls_port,
                lmtp_port=self.lmtp_port,
            )
        )

    def command(self) -> list[str]:
        return [str(dovecot()), "-F", "-c", str(self.folder / "dovecot.conf")]

    def renumber(self) -> None:
        self.stop()
        for path in (self.folder / "mail" / USER).glob("dovecot*"):
            path.unlink()
        # A new UIDVALIDITY is the second it was made in.
        before = int(time.time())
        wait_until(lambda: int(time.time()) > before, "time stands still")
        self.start()

    def drop_connections(self) -> None:
        """Kill the processes that serve IMAP; the server itself makes new ones."""
        assert self._process is not None
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                name = (entry / "cmdline").read_bytes()
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if name.startswith(b"dovecot/imap\0") and int(parent) == self._process.pid:
                os.kill(int(entry.name), signal.SIGKILL)

    def remove(self) -> None:
        """Leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def deliver(self, *letters: bytes) -> None:
        """Hand letters over by LMTP, as a mail server does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as client:
            for letter in letters:
                client.sendmail("sender@example.org", [USER], letter)
