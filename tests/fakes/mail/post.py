"""An SMTP server (aiosmtpd) that keeps what it is given, and that may be told to be difficult."""

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.fakes.mail.box import PASSWORD, PATIENCE, USER, free_port


class Sent(msgspec.Struct, frozen=True):
    """A letter that was handed over, its envelope with it."""

    sender: str
    to: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """The letter, parsed."""
        parsed = message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def id(self) -> str:
        """Its Message-ID."""
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        """Its plain text."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())


class Post:
    """`grey`: so many tries of each recipient are put off; `refuse` names recipients that do not exist; `lose`: so many
    letters are taken without an answer; `thinks`: seconds until a letter that was taken is answered."""

    def __init__(self) -> None:
        self.port = free_port()
        self.sent: list[Sent] = []
        self.seen = threading.Condition()
        self.on_letter: Callable[[Sent], None] = lambda _: None
        self.grey = 0
        self.refuse: dict[str, str] = {}
        self.refuse_sender = ""
        self.refuse_data = ""
        self.lose = 0
        self.thinks = 0.0
        self.lost: list[str] = []
        self.tries: Counter[str] = Counter()
        self._controller: Controller | None = None

    def start(
        self, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """Listen, on the same port each time."""

        def authenticate(
            server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
        ) -> AuthResult:
            fits = isinstance(data, LoginPassword) and data.login == USER.encode()
            right = fits and data.password == PASSWORD.encode()
            return AuthResult(success=right, handled=False)

        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=authenticate,
            auth_required=False,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
            data_size_limit=60_000_000,
            tls_context=starttls,
            ssl_context=tls,
        )
        self._controller.start()

    def stop(self) -> None:
        """Nobody listens any more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_MAIL(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tries[address] += 1
        if self.tries[address] <= self.grey:
            return "451 4.7.1 Greylisted, come back later"
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse_data:
            return self.refuse_data
        assert isinstance(envelope.content, bytes)
        sent = Sent(str(envelope.mail_from), envelope.rcpt_tos[0], envelope.content)
        with self.seen:
            self.sent.append(sent)
            self.seen.notify_all()
        self.on_letter(sent)
        if self.lose > 0:
            self.lose -= 1
            self.lost.append(sent.id)
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        await asyncio.sleep(self.thinks)
        return "250 OK"

    def settings(self) -> dict[str, Any]:
        """The `smtp` of a channel's settings."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "user": USER,
            "password": PASSWORD,
        }

    def wait_for(self, count: int, what: str = "letters", patience: float = PATIENCE) -> list[Sent]:
        """Return when so many letters came."""
        with self.seen:
            came = self.seen.wait_for(lambda: len(self.sent) >= count, patience)
        assert came, f"{what}: {len(self.sent)} of {count} came"
        return self.sent

    def to(self, address: str) -> list[Sent]:
        """The letters to one address."""
        return [one for one in self.sent if one.to == address]
