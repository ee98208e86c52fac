"""Letters as customers' programs write them."""

import itertools
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

_count = itertools.count(1)
START = datetime(2026, 6, 12, 10, 15, tzinfo=UTC)


def letter(
    text: str = "Здравствуйте",
    *,
    sender: str = "anna@example.org",
    name: str = "Анна",
    subject: str = "Ремонт",
    to: str = "help@example.ru",
    html: str = "",
    files: tuple[tuple[str, bytes], ...] = (),
    id: str = "",
    **headers: str,
) -> bytes:
    """One letter; `headers` with `_` for `-`."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{name} <{sender}>" if name else sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(START)
    mail["Message-ID"] = id or f"<{next(_count)}.{sender}>"
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for file, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=file)
    return bytes(mail)


def vouched(
    raw: bytes, server: str = "mx.example.ru", result: str = "dmarc=pass header.from=example.org"
) -> bytes:
    """A letter as our own mail server hands it on, with its verdict on top."""
    return f"Authentication-Results: {server};\r\n {result}\r\n".encode() + raw


def answer(raw: bytes, text: str, *, sender: str = "anna@example.org", **headers: Any) -> bytes:
    """The answer to a letter of ours, as a program writes it: References, and the letter quoted."""
    from email import message_from_bytes
    from email.policy import default

    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body is not None
    quoted = "\n".join(f"> {line}" for line in str(body.get_content()).splitlines())
    said = f"{text}\n\nпт, 12 июн. 2026 г. в 13:15, Мастерская <help@example.ru>:\n\n{quoted}\n"
    before = str(mail.get("References", ""))
    return letter(
        said,
        sender=sender,
        subject=str(mail["Subject"]),
        In_Reply_To=str(mail["Message-ID"]),
        References=f"{before} {mail['Message-ID']}".strip(),
        **headers,
    )
