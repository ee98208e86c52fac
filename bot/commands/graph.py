"""`frontdesk graph [FLOW]`: the flows as a picture."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import MISUSED, note, out, speak


class Form(StrEnum):
    """How it is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"


def command(
    call: typer.Context,
    flow: Annotated[str, typer.Argument(help="One flow; all of them without it.")] = "",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write here: .mmd or .svg."),
    ] = None,
    form: Annotated[Form | None, typer.Option("--format", help="Mermaid text or SVG.")] = None,
) -> None:
    """The flows as Mermaid text, or as an SVG picture."""
    from bot.commands.drawing import mermaid
    from bot.commands.project import playable
    from bot.commands.svg import svg

    _, script = playable(call.obj)
    if flow and flow not in script.flows:
        known = ", ".join(script.flows)
        note(
            speak(f"нет сценария «{flow}»; есть: {known}", f"no flow {flow!r}; there are: {known}")
        )
        raise typer.Exit(MISUSED)
    flows = [script.flows[flow]] if flow else list(script.flows.values())
    asked = form or (Form.SVG if output and output.suffix == ".svg" else Form.MERMAID)
    text = svg(flows) if asked is Form.SVG else mermaid(flows)
    if output is None:
        out(text)
    else:
        output.write_text(text + "\n", "utf-8")
        note(speak(f"Записано: {output}", f"Written: {output}"))
