"""Commands that look into the database beside a running program, or hold it alone to change it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import typer

from bot.commands.terminal import FAILED, MISUSED, note, speak
from bot.config.settings import Config
from bot.storage.reads import Reads
from bot.storage.sqlite import SqliteStore

T = TypeVar("T")


def database(config: Config) -> Path:
    """The file of the configured store; leaves the program where it is none that we have."""
    if config.storage.path is None:
        note(
            speak(
                "PostgreSQL в этой версии нет: напишите storage: sqlite:///data/frontdesk.db",
                "PostgreSQL is not in this version: write storage: sqlite:///data/frontdesk.db",
            )
        )
        raise typer.Exit(MISUSED)
    return config.storage.path


def store_of(config: Config) -> SqliteStore:
    """The configured store, not opened yet."""
    return SqliteStore(
        database(config), synchronous=config.storage.synchronous, files=config.attachments
    )


def reading(config: Config, look: Callable[[Reads], Awaitable[T]]) -> T:
    """What `look` finds. The program may be running. Leaves the program where there is no database yet."""
    return reading_file(existing(config), look)


def existing(config: Config) -> Path:
    """The database's file; leaves the program where there is none yet."""
    file = database(config)
    _look_for(file)
    return file


def _look_for(file: Path) -> None:
    if not file.exists():
        note(
            speak(
                f"базы {file} ещё нет: она появится, когда бота запустят (frontdesk run)",
                f"there is no database at {file} yet: it is made when the bot first runs (frontdesk run)",
            )
        )
        raise typer.Exit(FAILED)


def reading_file(file: Path, look: Callable[[Reads], Awaitable[T]]) -> T:
    """What `look` finds in a database. Leaves the program where there is none."""
    _look_for(file)

    async def looked() -> T:
        async with Reads(file) as reads:
            return await look(reads)

    return asyncio.run(looked())


def holding(config: Config, change: Callable[[SqliteStore], Awaitable[T]]) -> T:
    """What `change` does with the store held alone. Raises `StoreInUse` while the program runs."""

    async def changed() -> T:
        store = store_of(config)
        await store.open()
        try:
            return await change(store)
        finally:
            await store.close()

    return asyncio.run(changed())
