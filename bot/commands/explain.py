"""`frontdesk explain CODE`: more about a mistake."""

from contextlib import suppress
from typing import Annotated

import typer

from bot.commands.terminal import MISUSED, note, out, speak

_TYPED = str.maketrans("ЕУЦ", "EEW")
"""A Russian letter that looks like ours, and those on the same keys."""


def command(
    call: typer.Context,
    code: Annotated[str, typer.Argument(help="A code that `check` printed: E103.")],
) -> None:
    """More about a mistake: why it is one, how to mend it, an example."""
    from bot.check.catalogue import codes
    from bot.check.render import explain
    from bot.config.load import load_config
    from bot.errors import NoProject

    with suppress(NoProject):
        speak.language = load_config(call.obj).config.business.language
    code = code.upper().translate(_TYPED)
    if code not in codes():
        near = [known for known in codes() if known.endswith(code[-3:])]
        known = ", ".join(near or codes())
        note(
            speak(
                f"нет такого кода: {code}; есть {known}", f"no such code: {code}; there are {known}"
            )
        )
        raise typer.Exit(MISUSED)
    out(explain(code, speak.language))
