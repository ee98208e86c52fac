"""`frontdesk backup FILE`: a consistent copy of the database, while the program runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import MISUSED, note, speak

if TYPE_CHECKING:
    from bot.config import Config


def command(
    call: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
) -> None:
    """A consistent copy of the database into a new file; the program may be running."""
    import asyncio
    import sqlite3

    from bot.commands.project import configured
    from bot.commands.reading import existing, store_of
    from bot.errors import StoreBroken

    config = configured(call)
    if file.exists():
        note(speak(f"{file} уже есть: назовите новый файл", f"{file} exists: name a new file"))
        raise typer.Exit(MISUSED)
    database = existing(config)
    try:
        asyncio.run(store_of(config).backup(file.resolve()))
    except sqlite3.Error as problem:
        raise StoreBroken(
            f"{database} cannot be read: {problem}", ru=f"{database} не читается: {problem}"
        ) from None
    _mark(config).touch()
    note(
        speak(
            f"Копия: {file}. Файлы клиентов лежат отдельно: {config.attachments}",
            f"Copied: {file}. Customers' files are apart: {config.attachments}",
        )
    )


def _mark(config: "Config") -> Path:
    """An empty file beside the database, as old as the last copy: the copies themselves may lie anywhere."""
    return config.attachments.parent / ".last_backup"


def last_backup(config: "Config") -> float | None:
    """When the last copy was made by this command, in seconds; None: never."""
    mark = _mark(config)
    return mark.stat().st_mtime if mark.exists() else None
