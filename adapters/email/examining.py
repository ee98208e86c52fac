"""A look at the mailbox and the way out, for `doctor --online`."""

from collections.abc import Iterator

import aiosmtplib

from adapters.email.api import connect
from adapters.email.mailbox import LoginRefused, Mailbox, MailboxError
from adapters.email.settings import Language, Settings
from bot.channel import Finding

SECONDS = 10.0
_WORDS: dict[Language, dict[str, str]] = {
    "ru": {
        "imap": "{name}: ящик открыт, писем в папке {folder}: {count}",
        "login": "{name}: сервер IMAP не принял логин и пароль",
        "login_cure": "проверьте imap.user и imap.password; часто нужен пароль приложения и разрешённый IMAP",
        "closed": "{name}: сервер IMAP {host}:{port} не отвечает как надо ({problem})",
        "closed_cure": "проверьте imap.host, imap.port, imap.security и имя папки imap.folder",
        "idle": "{name}: сервер сам сообщает о новых письмах (IDLE)",
        "poll": "{name}: сервер не умеет IDLE, новые письма ищем раз в {seconds} с",
        "poll_cure": "если это редко, уменьшите check_every",
        "smtp": "{name}: сервер SMTP впустил",
        "smtp_login": "{name}: сервер SMTP не принял логин и пароль",
        "smtp_login_cure": "проверьте smtp.user и smtp.password",
        "smtp_closed": "{name}: сервер SMTP {host}:{port} не отвечает как надо ({problem})",
        "smtp_closed_cure": "проверьте smtp.host, smtp.port и smtp.security",
        "trusted": "{name}: проверке отправителя верим от {servers}",
        "nobody": "{name}: не сказано, чьей проверке отправителя верить: каждый отправитель считается неподтверждённым",
        "nobody_cure": "впишите в trusted имя из заголовка Authentication-Results своих писем",
    },
    "en": {
        "imap": "{name}: the mailbox is open, letters in {folder}: {count}",
        "login": "{name}: the IMAP server refused the login",
        "login_cure": "check imap.user and imap.password; often an app password and IMAP access are needed",
        "closed": "{name}: the IMAP server {host}:{port} does not answer as it should ({problem})",
        "closed_cure": "check imap.host, imap.port, imap.security and the folder's name imap.folder",
        "idle": "{name}: the server tells of new mail by itself (IDLE)",
        "poll": "{name}: the server has no IDLE, new mail is looked for every {seconds} s",
        "poll_cure": "if that is seldom, make check_every less",
        "smtp": "{name}: the SMTP server let us in",
        "smtp_login": "{name}: the SMTP server refused the login",
        "smtp_login_cure": "check smtp.user and smtp.password",
        "smtp_closed": "{name}: the SMTP server {host}:{port} does not answer as it should ({problem})",
        "smtp_closed_cure": "check smtp.host, smtp.port and smtp.security",
        "trusted": "{name}: the sender is believed where {servers} vouches",
        "nobody": "{name}: nobody is trusted to vouch for senders: every sender counts as unproven",
        "nobody_cure": "write into trusted the name that stands in Authentication-Results of your letters",
    },
}


class _Saying:
    """Findings in the channel's language."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._known = {"name": name, "folder": settings.imap.folder}
        self._words = _WORDS[settings.language]

    def ok(self, key: str, **values: object) -> Finding:
        return Finding("ok", self._words[key].format(**self._known, **values))

    def warning(self, key: str, **values: object) -> Finding:
        return Finding(
            "warning", self._words[key].format(**self._known, **values), self._words[f"{key}_cure"]
        )

    def failure(self, key: str, **values: object) -> Finding:
        return Finding(
            "failure", self._words[key].format(**self._known, **values), self._words[f"{key}_cure"]
        )


async def examine(name: str, settings: Settings) -> list[Finding]:
    """Look, change nothing."""
    say = _Saying(name, settings)
    return [*await _mailbox(say, settings), await _way_out(say, settings), *_trust(say, settings)]


async def _mailbox(say: _Saying, settings: Settings) -> list[Finding]:
    server = settings.imap
    box = Mailbox(server, SECONDS)
    try:
        glance = await box.open()
    except LoginRefused:
        return [say.failure("login")]
    except (MailboxError, OSError) as problem:
        told = str(problem) if isinstance(problem, MailboxError) else type(problem).__name__
        return [say.failure("closed", host=server.host, port=server.port, problem=told)]
    finally:
        box.close()
    idle = (
        say.ok("idle")
        if box.can_idle
        else say.warning("poll", seconds=settings.check_every // 1000)
    )
    return [say.ok("imap", count=glance.exists), idle]


async def _way_out(say: _Saying, settings: Settings) -> Finding:
    server = settings.smtp
    try:
        client = await connect(server, SECONDS)
    except aiosmtplib.SMTPAuthenticationError:
        return say.failure("smtp_login")
    except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
        told = type(problem).__name__
        return say.failure("smtp_closed", host=server.host, port=server.port, problem=told)
    client.close()
    return say.ok("smtp")


def _trust(say: _Saying, settings: Settings) -> Iterator[Finding]:
    if settings.trusted:
        yield say.ok("trusted", servers=", ".join(settings.trusted))
    else:
        yield say.warning("nobody")
