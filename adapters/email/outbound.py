"""A message on its way out, as a letter. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

import msgspec

from adapters.email.bodies import body_of
from adapters.email.settings import Settings
from adapters.email.threads import REFERENCES, Marks, Thread, bare
from adapters.email.words import phrase
from bot.channel import Delivery, Undeliverable
from bot.model.message import Attachment

_POLICY = SMTP.clone(cte_type="7bit")
_LONGEST_NAME, _FOLDED = 120, 40
_SPECIAL = re.compile(r"[^\w !#$%&'*+/=?^`{|}~-]")
REPLY = "reply:"
"""What the key of an operator's line begins with: a person answers, not the program."""


class Enclosed(msgspec.Struct, frozen=True):
    """A file that goes with a letter."""

    attachment: Attachment
    content: bytes


def is_automatic(delivery: Delivery) -> bool:
    """Whether the program says it, and no person."""
    return not delivery.key.startswith(REPLY) and not delivery.message.signed


def letter_of(
    delivery: Delivery,
    thread: Thread | None,
    settings: Settings,
    marks: Marks,
    files: Sequence[Enclosed],
    now: datetime,
) -> EmailMessage:
    """The letter of a delivery. `now` is aware. Raises `Undeliverable` for an address that is none."""
    to = _recipient(delivery.address)
    mail = EmailMessage(policy=_POLICY if str(to.addr_spec).isascii() else SMTPUTF8)
    mail["From"] = _from(delivery, settings)
    mail["To"] = to
    mail["Subject"] = _subject(delivery, thread, settings, marks)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = marks.message_id(delivery.id)
    _thread(mail, delivery, thread)
    if is_automatic(delivery):
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    body = body_of(delivery.message, thread, settings)
    mail.set_content(body.plain)
    mail.add_alternative(body.html, subtype="html")
    for one in files:
        _enclose(mail, one)
    return mail


def _recipient(address: str) -> Address:
    local, at, domain = bare(address).rpartition("@")
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode()
        if not at or not local:
            raise ValueError(address)
        return Address(username=local, domain=plain)
    except (ValueError, UnicodeError, IndexError):
        raise Undeliverable("there is no address to write to", unreachable=True) from None


def _from(delivery: Delivery, settings: Settings) -> Address:
    names = (_one_line(delivery.message.signed), _one_line(settings.name))
    shown = ", ".join(name for name in names if name)[:_LONGEST_NAME]
    if shown.isascii() and len(shown) > _FOLDED:
        # Python loses the quotes of a name that it has to fold.
        shown = " ".join(_SPECIAL.sub(" ", shown).split())
    local, _, domain = settings.address.rpartition("@")
    return Address(display_name=shown, username=local, domain=domain)


def _subject(delivery: Delivery, thread: Thread | None, settings: Settings, marks: Marks) -> str:
    known = _one_line(thread.subject) if thread is not None else ""
    subject = _one_line(delivery.message.subject) or (f"Re: {known}" if known else "")
    if not subject:
        subject = f"Re: {settings.name}" if thread is not None and settings.name else ""
    subject = subject or _one_line(settings.name) or phrase(settings.language, "subject")
    return f"{subject} [#{marks.token(delivery.address)}]" if settings.subject_token else subject


def _thread(mail: EmailMessage, delivery: Delivery, thread: Thread | None) -> None:
    """In-Reply-To is the letter that is answered: the one that a person answered, else the last one."""
    known = (*thread.references, thread.id) if thread is not None else ()
    answered = delivery.reply_external_id or (thread.id if thread is not None else "")
    chain = [one for one in known if one and one != answered]
    if answered.startswith("<"):
        mail["In-Reply-To"] = answered
        chain.append(answered)
    if chain:
        mail["References"] = " ".join(chain[-REFERENCES:])


def _enclose(mail: EmailMessage, one: Enclosed) -> None:
    main, _, sub = (one.attachment.mime or "application/octet-stream").partition("/")
    if main in {"message", "multipart", "text"} or not sub:
        main, sub = "application", "octet-stream"
    name = _one_line(one.attachment.name) or one.attachment.kind
    mail.add_attachment(one.content, maintype=main, subtype=sub, filename=name)


def _one_line(words: str) -> str:
    return " ".join(words.split())[:300]
