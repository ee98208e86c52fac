"""`check --against-db`: how many people each edit touches."""

from typing import TYPE_CHECKING

import msgspec

from bot.commands.reading import reading
from bot.commands.terminal import note, out, speak

if TYPE_CHECKING:
    from bot.commands.project import Project
    from bot.dialog.script import Script

Counts = dict[tuple[str, str, str], int]


class Touched(msgspec.Struct, frozen=True):
    """People who wait at a step that is not what they were asked: `gone`, or its shape changed."""

    flow: str
    step: str
    people: int
    gone: bool


def touched(script: "Script", counts: Counts) -> list[Touched]:
    """What the present files do to those who are inside."""
    found = []
    for (flow_id, step_id, shape), people in sorted(counts.items()):
        flow = script.flows.get(flow_id)
        step = flow.steps.get(step_id) if flow else None
        if step is None:
            found.append(Touched(flow_id, step_id, people, gone=True))
        elif shape and step.shape != shape:
            found.append(Touched(flow_id, step_id, people, gone=False))
    return found


def tell_touched(project: "Project") -> None:
    """Print a line for every edit that touches somebody."""
    if project.script is None:
        return
    counts = reading(project.config, lambda reads: reads.step_counts())
    for one in touched(project.script, counts):
        place = f"{one.flow}/{one.step}"
        if one.gone:
            what = speak(
                "шага больше нет, людям скажут об этом и спросят следующее",
                "the step is gone; they are told and asked what comes next",
            )
        else:
            what = speak(
                "вопрос изменился, его зададут снова", "the question changed; it is asked again"
            )
        out(
            speak(
                f"{place}: {what} (людей: {one.people})", f"{place}: {what} (people: {one.people})"
            )
        )
    inside = sum(counts.values())
    note(speak(f"Сейчас внутри сценариев: {inside}", f"Inside flows now: {inside}"))
