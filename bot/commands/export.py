"""`frontdesk export CUSTOMER`: everything kept about one customer."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import FAILED, note, out_json, speak

if TYPE_CHECKING:
    from bot.config import Config
    from bot.storage.reads import Reads
    from bot.storage.store import Kept


def command(
    call: typer.Context,
    customer: Annotated[str, typer.Argument(help="A number, channel:address, phone or e-mail.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="JSON and files into this folder."),
    ] = None,
) -> None:
    """Everything kept about one customer, as JSON; with -o the files they sent, too."""
    from bot.commands.project import configured
    from bot.commands.reading import reading

    config = configured(call)
    kept = reading(config, lambda store: _kept(store, customer))
    if kept is None:
        note(speak(f"нет такого клиента: {customer}", f"no such customer: {customer}"))
        raise typer.Exit(FAILED)
    if output is None:
        out_json(kept)
    else:
        _write(kept, config, output)


async def _kept(store: "Reads", customer: str) -> "Kept | None":
    number = await store.find_customer(customer)
    return None if number is None else await store.export(number)


def _write(kept: "Kept", config: "Config", folder: Path) -> None:
    import msgspec

    from bot.storage.files import Files

    folder.mkdir(0o700, parents=True, exist_ok=True)
    _closed(folder / "customer.json").write_bytes(msgspec.json.format(msgspec.json.encode(kept)))
    files = Files(config.attachments)
    for attachment in kept.attachments:
        source = files.path(attachment.digest) if attachment.digest else None
        if source is not None and source.is_file():
            # The customer's own name for a file is never used as one.
            shutil.copyfile(source, _closed(folder / attachment.digest))
    note(speak(f"Записано: {folder}", f"Written: {folder}"))


def _closed(file: Path) -> Path:
    """The file, which nobody else on this machine may read, from its first byte on."""
    file.touch(0o600)
    return file
