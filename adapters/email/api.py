"""Handing a letter to the SMTP server, and the naming of what may go wrong there."""

import asyncio
import ssl
from email.message import EmailMessage
from typing import Any

import structlog

from adapters.email.settings import Server, Settings
from bot.channel import RetryLater, Undeliverable

log = structlog.get_logger("email")

GIVE_UP = 60
"""Tries after which an address whose server only ever says "later" is given up: about two days."""
LONGEST_RETRY = 3600.0
_NO_SUCH_BOX = {550, 551, 553}


def tls_trust(server: Server) -> ssl.SSLContext:
    """The usual trust, and the business's own authority where it has one."""
    context = ssl.create_default_context()
    if server.ca_file:
        context.load_verify_locations(server.ca_file)
    return context


async def connect(server: Server, seconds: float) -> Any:
    """A client that is connected and logged in (`client.Client`). Raises its errors."""
    from adapters.email.client import Client

    secure = server.security != "none"
    client = Client(
        hostname=server.host,
        port=server.port,
        timeout=seconds,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        tls_context=tls_trust(server) if secure else None,
    )
    try:
        await client.connect()
        if server.user:
            await client.login(server.user, server.password)
    except BaseException:
        client.close()
        raise
    return client


async def send(mail: EmailMessage, to: str, settings: Settings, attempts: int) -> None:
    """Hand it over. Raises `RetryLater` and `Undeliverable`; `InDoubt` where the server's answer was lost: it may have the
    letter, and gets it again under the same Message-ID."""
    import aiosmtplib

    try:
        client = await connect(settings.smtp, settings.timeout / 1000)
    except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
        raise _closed(problem) from None
    utf8 = not to.isascii()
    try:
        content = await asyncio.to_thread(mail.as_bytes)
        options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
        await client.sendmail(settings.address, [to], content, mail_options=options)
    except aiosmtplib.SMTPException as problem:
        raise named(problem, settings, attempts) from None
    except OSError as problem:
        raise RetryLater(type(problem).__name__, after=settings.retry / 1000) from None
    finally:
        await _part(client)


def named(problem: Exception, settings: Settings, attempts: int) -> Exception:
    """What an error of aiosmtplib's means for this delivery."""
    import aiosmtplib

    match problem:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[first, *_]):
            return _answered(first.code, first.message, settings, attempts, unreachable=True)
        case aiosmtplib.SMTPSenderRefused(code=code):
            # Our own address is refused: no letter will go until a person mends it, and none may be lost by it.
            log.error("the mail server refuses our sender", code=code)
            return RetryLater(f"our sender is refused ({code})", everywhere=True)
        case aiosmtplib.SMTPResponseException(code=421):
            return RetryLater("the server is busy (421)", everywhere=True)
        case aiosmtplib.SMTPResponseException(code=code, message=message):
            return _answered(code, message, settings, attempts, unreachable=False)
        case aiosmtplib.SMTPNotSupported():
            return Undeliverable("the mail server does not take such addresses")
        case _:
            return RetryLater(type(problem).__name__, after=settings.retry / 1000)


def _answered(
    code: int, message: str, settings: Settings, attempts: int, *, unreachable: bool
) -> Exception:
    told = " ".join(message.split())[:200]
    if code < 500 and attempts < GIVE_UP:
        # Grey lists want a quarter of an hour of patience at most; who is not ready then is asked seldom.
        pause = min(settings.retry / 1000 * 2 ** min(attempts, 12), LONGEST_RETRY)
        return RetryLater(f"{code}", after=max(pause, settings.retry / 1000))
    gone = unreachable and code in _NO_SUCH_BOX and _is_about_the_box(told)
    return Undeliverable(f"{code} {told}", unreachable=gone)


def _is_about_the_box(told: str) -> bool:
    """Servers say 550 to spam too; that a box does not exist they say in the enhanced code, or with no code at all."""
    return "5.1." in told or "5.2.1" in told or "5." not in told


def _closed(problem: Exception) -> RetryLater:
    import aiosmtplib

    if isinstance(problem, aiosmtplib.SMTPAuthenticationError):
        log.error("the mail server refuses our login", code=problem.code)
        return RetryLater(f"login refused ({problem.code})", everywhere=True)
    return RetryLater(type(problem).__name__, everywhere=True)


async def _part(client: Any) -> None:
    import aiosmtplib

    try:
        await client.quit()
    except (aiosmtplib.SMTPException, OSError):
        client.close()
