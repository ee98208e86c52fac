"""`frontdesk backup FILE`: a consistent copy of the database, while the program runs."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import MISUSED, note, speak


def command(
    call: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
) -> None:
    """A consistent copy of the database into a new file; the program may be running."""
    import asyncio

    from bot.commands.project import configured
    from bot.commands.reading import existing, store_of

    if file.exists():
        note(speak(f"{file} уже есть: назовите новый файл", f"{file} exists: name a new file"))
        raise typer.Exit(MISUSED)
    config = configured(call)
    existing(config)
    asyncio.run(store_of(config).backup(file.resolve()))
    note(
        speak(
            f"Копия: {file}. Файлы клиентов лежат отдельно: {config.attachments}",
            f"Copied: {file}. Customers' files are apart: {config.attachments}",
        )
    )
