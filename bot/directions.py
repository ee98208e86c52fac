"""Lines of `chat`: a customer's message, or a stage direction that begins with a colon."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import msgspec

from bot.rehearsal import Rehearsal, StageError
from bot.source.durations import duration

HELP = {
    "ru": """\
:tap НАДПИСЬ        нажать кнопку (или :1, :2 по её номеру)
:wait 15m           пусть пройдёт время: 30s, 15m, 2h, 3d
:operator ТЕКСТ     написать от имени оператора
:press НАДПИСЬ      нажать кнопку на карточке оператора
:share phone +79…   поделиться номером; :share location 55.75 37.61
:send ФАЙЛ [ТЕКСТ]  прислать файл, с подписью или без
:edit ТЕКСТ         исправить последнее сообщение
:event ИМЯ          событие извне
:http 503           что получит следующий шаг http; :http 200 {"цена": 5}
:restart            остановить программу и запустить снова
:quit               закончить""",
    "en": """\
:tap LABEL          press a button (or :1, :2 by its number)
:wait 15m           let time pass: 30s, 15m, 2h, 3d
:operator TEXT      write as an operator
:press LABEL        press a button of the operators' card
:share phone +79…   share the phone number; :share location 55.75 37.61
:send FILE [TEXT]   send a file, with a caption or without
:edit TEXT          change the last message
:event NAME         something happens outside
:http 503           what the next http step gets; :http 200 {"price": 5}
:restart            stop the program and start it again
:quit               leave""",
}


class Leave(Exception):
    """The person at the terminal has had enough."""


async def perform(rehearsal: Rehearsal, line: str) -> None:
    """Do what a line says. Raises `StageError` if it cannot be done, `Leave` at `:quit`."""
    verb, _, rest = line.removeprefix(":").partition(" ")
    if not line.startswith(":") or not verb[:1].isalnum():
        # «:)» is something that customers write.
        await rehearsal.user(line)
    elif verb.isdecimal():
        await rehearsal.tap_number(int(verb))
    elif (act := _VERBS.get(verb)) is not None:
        await act(rehearsal, rest.strip())
    else:
        known = " ".join(f":{name}" for name in _VERBS)
        raise StageError(
            f"нет такой команды: :{verb}; есть: {known}",
            f"no such direction: :{verb}; there are: {known}",
        )


async def _wait(rehearsal: Rehearsal, rest: str) -> None:
    length = duration(rest)
    if length is None:
        raise StageError(
            "сколько ждать? например :wait 15m (s, m, h, d)",
            "how long? for example :wait 15m (s, m, h, d)",
        )
    await rehearsal.wait(length)


async def _share(rehearsal: Rehearsal, rest: str) -> None:
    what, _, value = rest.partition(" ")
    match what, value.replace(",", " ").split():
        case "phone", [_, *_]:
            await rehearsal.share(phone=value.strip())
        case "location", [latitude, longitude]:
            await rehearsal.share(location=(_degrees(latitude), _degrees(longitude)))
        case _:
            raise StageError(
                "напишите :share phone +79123456789 или :share location 55.75 37.61",
                "write :share phone +79123456789 or :share location 55.75 37.61",
            )


def _degrees(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise StageError(
            f"{text} - не градусы: напишите 55.75", f"{text} is no number of degrees: write 55.75"
        ) from None


async def _send(rehearsal: Rehearsal, rest: str) -> None:
    """A file, and what is said of it behind its name."""
    whole = await asyncio.to_thread(Path(rest).is_file)
    name, _, words = (rest, "", "") if whole else rest.partition(" ")
    await rehearsal.send(Path(name), words.strip())


async def _event(rehearsal: Rehearsal, rest: str) -> None:
    if not rest:
        raise StageError(
            "назовите событие: :event ticket_closed", "name the event: :event ticket_closed"
        )
    await rehearsal.event(rest)


async def _http(rehearsal: Rehearsal, rest: str) -> None:
    status, _, body = rest.partition(" ")
    if not (status.isdecimal() and 100 <= int(status) <= 599):
        raise StageError(
            'напишите код и, если нужно, JSON: :http 200 {"цена": 5}',
            'write a status and, if you like, JSON: :http 200 {"price": 5}',
        )
    try:
        read = {"json": msgspec.json.decode(body)} if body.strip() else {}
    except msgspec.DecodeError as problem:
        raise StageError(f"это не JSON: {problem}", f"that is no JSON: {problem}") from None
    rehearsal.answer({"status": int(status), **read})


async def _restart(rehearsal: Rehearsal, _: str) -> None:
    await rehearsal.restart()


async def _quit(_: Rehearsal, __: str) -> None:
    raise Leave


_VERBS: Mapping[str, Callable[[Rehearsal, str], Awaitable[None]]] = {
    "tap": Rehearsal.tap,
    "wait": _wait,
    "operator": Rehearsal.operator,
    "press": Rehearsal.press,
    "share": _share,
    "send": _send,
    "edit": Rehearsal.edit,
    "event": _event,
    "http": _http,
    "restart": _restart,
    "quit": _quit,
}
