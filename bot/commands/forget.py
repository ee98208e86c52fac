"""`frontdesk forget CUSTOMER`: erase a customer everywhere."""

import glob
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import FAILED, note, out, out_json, speak

if TYPE_CHECKING:
    from bot.config import Config
    from bot.storage.sqlite import SqliteStore


def command(
    call: typer.Context,
    customer: Annotated[str, typer.Argument(help="A number, channel:address, phone or e-mail.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would be erased.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Erase a customer everywhere: messages, files, kept answers, traces; counted."""
    from bot.commands.project import configured
    from bot.commands.reading import existing, holding

    config = configured(call)
    existing(config)
    counted = holding(config, lambda store: _forget(store, customer, dry_run=dry_run))
    if counted is None:
        note(speak(f"нет такого клиента: {customer}", f"no such customer: {customer}"))
        raise typer.Exit(FAILED)
    if not dry_run:
        _tell_of_copies(config)
    if as_json:
        out_json(counted)
        return
    for what, count in counted.items():
        out(f"{what:16} {count}")
    if dry_run:
        note(speak("Ничего не стёрто: это проба.", "Nothing was erased: a dry run."))


def _tell_of_copies(config: "Config") -> None:
    """Whoever was erased from the database is still in copies of it."""
    from bot.commands.backup import last_backup
    from bot.commands.reading import database

    file = database(config)
    copies = sorted(file.parent.glob(f"{glob.escape(file.name)}.before-*.bak"))
    if copies:
        names = ", ".join(map(str, copies))
        note(
            speak(
                f"В копиях, сделанных перед обновлением базы, этот клиент остался: {names}. Удалите их.",
                f"Copies made before the database was migrated still hold this customer: {names}. Delete them.",
            )
        )
    if last_backup(config) is not None:
        note(
            speak(
                "В резервных копиях, сделанных раньше, этот клиент остался.",
                "Backups that were made before still hold this customer.",
            )
        )


async def _forget(store: "SqliteStore", customer: str, *, dry_run: bool) -> dict[str, int] | None:
    number = await store.find_customer(customer)
    return None if number is None else await store.forget(number, dry_run=dry_run)
