"""`frontdesk graph [FLOW]`: a flow, or how all flows lead to each other, as a picture."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import MISUSED, note, out, speak

if TYPE_CHECKING:
    from bot.commands.graph.drawing import Drawing, People
    from bot.config import Config
    from bot.dialog.script import Script


class Form(StrEnum):
    """How it is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"


def command(
    call: typer.Context,
    flow: Annotated[
        str, typer.Argument(help="One flow; without it, how they all hang together.")
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write here: .mmd or .svg."),
    ] = None,
    form: Annotated[Form | None, typer.Option("--format", help="Mermaid text or SVG.")] = None,
    database: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Whose people to count; the project's, if it is there."),
    ] = None,
) -> None:
    """A flow, or the whole project, as Mermaid text or as an SVG picture, with how many people passed each step."""
    from bot.commands.project import playable

    config, script = playable(call.obj)
    if flow and flow not in script.flows:
        known = ", ".join(script.flows)
        note(
            speak(f"нет сценария «{flow}»; есть: {known}", f"no flow {flow!r}; there are: {known}")
        )
        raise typer.Exit(MISUSED)
    asked = form or _form(output)
    if asked is None:
        note(
            speak(
                f"{output}: рисую только .svg и .mmd (Mermaid)",
                f"{output}: I draw .svg and .mmd (Mermaid) only",
            )
        )
        raise typer.Exit(MISUSED)
    drawing = _drawing(config, script, flow, _people(database, config, flow))
    text = _written(drawing, asked)
    if output is None:
        out(text)
    else:
        output.write_text(text + "\n", "utf-8")
        note(speak(f"Записано: {output}", f"Written: {output}"))


def _form(output: Path | None) -> Form | None:
    """What the file's name says; None where that is nothing that we draw."""
    suffix = output.suffix.lower() if output is not None else ".mmd"
    return {".svg": Form.SVG, ".mmd": Form.MERMAID, ".md": Form.MERMAID}.get(suffix)


def _written(drawing: "Drawing", form: Form) -> str:
    from bot.commands.graph.mermaid import mermaid
    from bot.commands.graph.svg import svg

    return svg(drawing) if form is Form.SVG else mermaid(drawing)


def _drawing(config: "Config", script: "Script", flow: str, people: "People | None") -> "Drawing":
    from bot.commands.graph.drawing import draw
    from bot.commands.graph.overview import overview

    if flow:
        return draw(script.flows[flow], people)
    return overview(script, people, tuple(queue.title for queue in config.business.queues))


def _people(database: Path | None, config: "Config", flow: str) -> "People | None":
    """How many passed and wait, by step, or by flow for the whole; None where there is no database."""
    from bot.commands.graph.overview import by_flow
    from bot.commands.reading import reading_file

    file = database or config.storage.path
    if database is None and (file is None or not file.exists()):
        return None
    assert file is not None
    passed = reading_file(file, lambda reads: reads.passed_counts())
    waiting: dict[str, int] = {}
    for (at, step, _), count in reading_file(file, lambda reads: reads.step_counts()).items():
        waiting[f"{at}/{step}"] = waiting.get(f"{at}/{step}", 0) + count
    if not flow:
        return by_flow(passed, waiting)
    return {
        place: (passed.get(place, 0), waiting.get(place, 0))
        for place in passed.keys() | waiting.keys()
    }
