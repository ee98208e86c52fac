"""`frontdesk migrate`: bring the database to this version of the program."""

import typer

from bot.commands.terminal import note, speak


def command(call: typer.Context) -> None:
    """Bring the database to this version; a copy of the old one is kept beside it. `run` does it too."""
    from bot.commands.project import configured
    from bot.commands.reading import holding

    holding(configured(call), lambda store: store.counts())
    note(speak("База в порядке.", "The database is up to date."))
