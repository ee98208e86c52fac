"""`frontdesk explain CODE`: more about a mistake."""

from contextlib import suppress
from typing import Annotated

import typer

from bot.commands.terminal import MISUSED, note, out, speak


def command(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="A code that `check` printed: E103.")],
) -> None:
    """More about a mistake: why it is one, how to mend it, an example."""
    from bot.check.catalogue import codes
    from bot.config.load import load_config
    from bot.errors import NoProject

    with suppress(NoProject):
        speak.language = load_config(context.obj).config.business.language
    entry = codes().get(code.upper())
    if entry is None:
        known = ", ".join(codes())
        note(
            speak(
                f"нет такого кода: {code}; есть {known}", f"no such code: {code}; there are {known}"
            )
        )
        raise typer.Exit(MISUSED)
    words = entry[speak.language]
    out(f"{code.upper()}\n\n{words['more'].strip()}")
    for name, heading in (
        ("bad", speak("Так неверно:", "Wrong:")),
        ("good", speak("Так верно:", "Right:")),
    ):
        if entry.get(name):
            out(f"\n{heading}\n" + "\n".join(f"    {line}" for line in entry[name].splitlines()))
