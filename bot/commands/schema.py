"""`frontdesk schema`: JSON Schemas of the project's files, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import note, speak


def command(
    call: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="DIR", help="Where to write; .frontdesk by default."
        ),
    ] = None,
) -> None:
    """Write the JSON Schemas that editors complete from, with this project's own names."""
    from bot.commands.project import load_project
    from bot.schemas import schemas

    project = load_project(call.obj)
    folder = output or project.config.root / ".frontdesk"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas(project.config, project.script).items():
        (folder / name).write_text(text, "utf-8")
        note(speak(f"Записано: {folder / name}", f"Written: {folder / name}"))
