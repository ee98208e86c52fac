"""`frontdesk init DIR`: a new project from the example business."""

import shlex
import shutil
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import MISUSED, note, out, speak
from bot.starter import starter_files

EXAMPLE = "config.example.yaml"


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new project's folder.")],
) -> None:
    """A new project from the starter: flows with their tests, FAQ, configuration."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        note(
            speak(
                f"{folder} уже есть, и там что-то лежит: назовите новую или пустую папку",
                f"{folder} exists and is not empty: name a new or an empty folder",
            )
        )
        raise typer.Exit(MISUSED)
    copy_starter(folder)
    where = "" if folder == Path() else f"--project {shlex.quote(str(folder))} "
    out(
        speak(
            f"Готово: {folder}\n"
            f"  поговорить с ботом:   frontdesk {where}chat\n"
            f"  проверить файлы:      frontdesk {where}check\n"
            f"  прогнать тесты:       frontdesk {where}test",
            f"Done: {folder}\n"
            f"  talk to the bot:      frontdesk {where}chat\n"
            f"  check the files:      frontdesk {where}check\n"
            f"  play the tests:       frontdesk {where}test",
        )
    )


def copy_starter(folder: Path) -> None:
    """Copy every file of the example; its configuration becomes `config.yaml`."""
    for name, source in starter_files().items():
        target = folder / ("config.yaml" if name == EXAMPLE else name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
