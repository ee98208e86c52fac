"""What `doctor` looks at on this machine and in the memory, all of it without a network."""

import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal

import msgspec

from bot.commands.backup import last_backup
from bot.commands.terminal import speak
from bot.config.settings import Config
from bot.errors import StoreBroken, StoreInUse

_ENOUGH = 500_000_000
_PLAUSIBLE = 1_767_225_600  # 2026-01-01
_OLD = 7 * 86_400
_SLACK = 300
_OLDEST = (3, 11)
State = Literal["ok", "warning", "failure"]


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was looked at."""

    state: State
    what: str
    cure: str = ""


def machine(config: Config, now: float) -> Iterator[Line]:
    """Disk, clock and Python. `now` in seconds."""
    place = config.storage.path
    folder = place.parent if place else config.root
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    yield _writable(folder, existing)
    free = shutil.disk_usage(existing).free
    left = speak(f"свободно {free // 1_000_000} МБ", f"{free // 1_000_000} MB free")
    if free > _ENOUGH:
        yield Line("ok", left)
    else:
        yield Line("warning", left, speak("освободите место на диске", "make room on the disk"))
    yield _clock(place, now)
    local = config.business.hours.local(round(now * 1000))
    yield Line("ok", f"{config.business.timezone}: {local:%Y-%m-%d %H:%M}")
    yield _python()


def _writable(folder: Path, existing: Path) -> Line:
    if os.access(existing, os.W_OK):
        return Line("ok", speak(f"в {folder} можно писать", f"{folder} can be written to"))
    return Line(
        "failure",
        speak(f"в {folder} нельзя писать", f"{folder} cannot be written to"),
        speak("дайте права на эту папку", "give yourself the right to write there"),
    )


def _clock(place: Path | None, now: float) -> Line:
    """A clock that is behind what was already written would fire no timer and keep no order."""
    written = place.stat().st_mtime if place is not None and place.exists() else 0.0
    if now > _PLAUSIBLE and now + _SLACK > written:
        return Line("ok", speak("часы идут", "the clock is plausible"))
    return Line("failure", speak("часы отстали", "the clock is behind"), "timedatectl set-ntp true")


def _python() -> Line:
    versions = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    if sys.version_info >= _OLDEST:
        return Line("ok", versions)
    needed = ".".join(str(part) for part in _OLDEST)
    return Line("failure", versions, speak(f"нужен Python {needed}", f"Python {needed} is needed"))


def memory(config: Config, now: float) -> Iterator[Line]:
    """The database: is it ours and sound, who holds it, when was it copied last."""
    place = config.storage.path
    if place is None:
        what = speak("PostgreSQL в этой версии нет", "PostgreSQL is not in this version")
        yield Line("failure", what, "storage: sqlite:///data/frontdesk.db")
        return
    if not place.exists():
        yield Line(
            "ok", speak("базы ещё нет: появится при запуске", "no database yet: made at the start")
        )
        return
    yield _sound(place)
    yield _held(place)
    yield _copied(config, now)


def _sound(place: Path) -> Line:
    from bot.storage.migrate import check_version, migrations, version_of

    try:
        with closing(sqlite3.connect(place, timeout=10)) as connection:
            version, newest = version_of(connection), migrations()[-1].number
            check_version(version, newest)
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except (sqlite3.Error, StoreBroken) as problem:
        cure = speak("верните резервную копию", "put back a backup")
        return Line("failure", f"{place}: {problem}", cure)
    if found != "ok":
        what = speak(f"{place}: база повреждена", f"{place}: the database is damaged")
        return Line("failure", what, speak("верните резервную копию", "put back a backup"))
    if version < newest:
        what = speak(
            f"база версии {version}, нужна {newest}", f"database version {version} of {newest}"
        )
        return Line("warning", what, "frontdesk migrate")
    return Line(
        "ok", speak(f"база цела, версия {version}", f"the database is sound, version {version}")
    )


def _held(place: Path) -> Line:
    from bot.storage.lock import FileLock

    lock = FileLock(place.with_name(place.name + ".lock"))
    try:
        lock.take()
    except StoreInUse:
        return Line("ok", speak("программа работает", "the program is running"))
    except StoreBroken as problem:
        return Line("failure", str(problem), speak("дайте права на папку", "mend the rights"))
    lock.release()
    return Line("ok", speak("программа не запущена", "the program is not running"))


def _copied(config: Config, now: float) -> Line:
    made = last_backup(config)
    cure = speak("frontdesk backup ФАЙЛ, раз в день", "frontdesk backup FILE, every day")
    if made is None:
        return Line("warning", speak("резервной копии ещё нет", "no backup was made yet"), cure)
    days = int((now - made) // 86_400)
    what = speak(f"резервной копии дней: {days}", f"the last backup is {days} days old")
    return Line("warning", what, cure) if now - made > _OLD else Line("ok", what)


def seconds() -> float:
    """The clock that is looked at."""
    return time.time()
