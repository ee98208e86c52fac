"""What `doctor` looks at in the project: files, channels, tokens, queues."""

import re
import stat
from collections.abc import Iterator

from bot.commands.adapters import adapter_kinds
from bot.commands.doctor.machine import Line
from bot.commands.project import unset
from bot.commands.terminal import speak
from bot.config.settings import CALLED, Channel, Config
from bot.model.business import Business
from bot.project import Project

_FORMS = {
    # https://core.telegram.org/bots/api#authorizing-your-bot
    "telegram": (
        re.compile(r"\d{5,}:[\w-]{30,}", re.ASCII),
        (
            "возьмите токен у @BotFather: 123456789:AA…",
            "take the token from @BotFather: 123456789:AA…",
        ),
    ),
    "vk": (
        re.compile(r"(vk1\.a\.)?[\w-]{60,}", re.ASCII),
        (
            "ключ доступа: Управление сообществом, Работа с API, Ключи доступа",
            "the access key: Manage community, API usage, Access tokens",
        ),
    ),
}


def token(channel: Channel) -> Iterator[Line]:
    """Whether a token looks like one of its messenger's; one without a value is told elsewhere."""
    value, form = channel.settings.get("token"), _FORMS.get(channel.kind)
    if not value or form is None:
        return
    pattern, cure = form
    if pattern.fullmatch(str(value)):
        yield Line(
            "ok",
            speak(
                f"{channel.name}: токен похож на токен", f"{channel.name}: the token looks right"
            ),
        )
    else:
        what = speak(f"{channel.name}: это не похоже на токен", f"{channel.name}: that is no token")
        yield Line("failure", what, speak(*cure))


def hours(business: Business, now: int) -> Iterator[Line]:
    """Whether people are ever there, by each queue."""
    for queue in business.queues:
        week = queue.hours or business.hours
        name = speak(f"очередь «{queue.title}»", f"queue “{queue.title}”")
        if not week.is_open(now) and week.next_open(now) is None:
            yield Line(
                "failure",
                speak(f"{name}: никогда не открыта", f"{name}: never open"),
                speak("впишите часы в hours: в config.yaml", "write hours: in config.yaml"),
            )
        elif week.is_open(now) and week.closes(now) is None:
            yield Line(
                "warning",
                speak(f"{name}: часы не заданы, открыта всегда", f"{name}: no hours, always open"),
                speak(
                    "если ночью никого нет, впишите hours: в config.yaml",
                    "if nobody is there at night, write hours: in config.yaml",
                ),
            )
        else:
            yield Line("ok", speak(f"{name}: часы заданы", f"{name}: has its hours"))


def files(project: Project) -> Iterator[Line]:
    """The check of everything that was written, and names of the environment without a value."""
    errors, warnings = len(project.errors), len(project.findings) - len(project.errors)
    what = speak("конфигурация и сценарии", "configuration and flows")
    if errors:
        count = speak(f"ошибок: {errors}", f"errors: {errors}")
        yield Line("failure", f"{what}: {count}", "frontdesk check")
    elif warnings:
        count = speak(f"предупреждений: {warnings}", f"warnings: {warnings}")
        yield Line("warning", f"{what}: {count}", "frontdesk check")
    else:
        yield Line("ok", what)
    for finding in unset(project.findings):
        name = finding.arguments["name"]
        yield Line(
            "failure",
            speak(f"{name}: нет значения", f"{name}: has no value"),
            speak(
                f"впишите {name}=… в .env или в окружение",
                f"put {name}=… into .env or the environment",
            ),
        )


def tokens(config: Config) -> Iterator[Line]:
    """Whether everybody on this machine may read the tokens."""
    file = config.root / ".env"
    if file.exists() and file.stat().st_mode & stat.S_IROTH:
        what = speak(
            ".env может прочесть любой на этой машине", "anybody on this machine may read .env"
        )
        yield Line("warning", what, "chmod 600 .env")


def channels(project: Project) -> Iterator[Line]:
    """Every channel has its adapter, and the operators a room."""
    config = project.config
    known = adapter_kinds()
    if not config.channels:
        yield Line(
            "warning",
            speak("ни одного канала", "no channels"),
            speak("опишите channels: в config.yaml", "write channels: in config.yaml"),
        )
    for channel in config.channels.values():
        yield from token(channel)
        if channel.kind in known:
            yield Line("ok", f"{channel.name} ({channel.kind})")
        else:
            yield Line(
                "failure",
                speak(
                    f"{channel.name}: нет адаптера «{channel.kind}»",
                    f"{channel.name}: no adapter {channel.kind!r}",
                ),
                speak("есть: ", "there are: ") + ", ".join(known),
            )
    if config.operators.telegram is None:
        yield Line(
            "warning",
            speak("операторам некуда писать", "operators have no room"),
            speak("опишите operators.telegram", "write operators.telegram"),
        )


def listening(config: Config) -> Iterator[Line]:
    """Whether what waits to be called has somebody who listens."""
    listen = config.http.listen
    called = [one.name for one in config.channels.values() if one.settings.get("mode") in CALLED]
    if listen is not None:
        yield Line("ok", speak(f"слушает {listen}", f"listens on {listen}"))
    elif called or config.http.webhooks:
        names = ", ".join([*called, *(f"webhooks/{name}" for name in config.http.webhooks)])
        yield Line(
            "failure" if called else "warning",
            speak(f"{names}: никто не слушает", f"{names}: nobody listens"),
            speak("впишите http.listen: 127.0.0.1:8080", "write http.listen: 127.0.0.1:8080"),
        )
