"""Flows as boxes and arrows, and as Mermaid text."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from bot.dialog.flow import (
    MENU,
    START,
    Action,
    Ask,
    Call,
    Choose,
    End,
    Find,
    Flow,
    Goto,
    Handoff,
    Http,
    If,
    Phrase,
    Say,
    Set,
    Step,
    Wait,
    Waiting,
)

Look = Literal["waits", "says", "works", "people", "end"]
_LONGEST = 60


class Box(msgspec.Struct, frozen=True):
    """A step: `look` is what kind of thing it is to a reader."""

    id: str
    label: str
    look: Look


class Arrow(msgspec.Struct, frozen=True):
    """From a step to another; `label` says when."""

    start: str
    end: str
    label: str = ""


class Drawing(msgspec.Struct, frozen=True):
    """One flow."""

    flow: str
    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(flow: Flow) -> Drawing:
    """The boxes in the order of the file, and every way between them; a goto is only an arrow."""
    boxes = [_box(step) for step in flow.steps.values() if not isinstance(step, Goto)]
    arrows = [
        Arrow(step.id, _landing(flow, arrow.end), arrow.label)
        for step in flow.steps.values()
        if not isinstance(step, Goto)
        for arrow in _arrows(step)
    ]
    if any(arrow.end == MENU for arrow in arrows):
        boxes.append(Box(MENU, MENU, "end"))
    return Drawing(flow.id, flow.title or flow.id, tuple(boxes), tuple(dict.fromkeys(arrows)))


def _landing(flow: Flow, target: str) -> str:
    """Where a way ends: through gotos to a step, or at the menu."""
    for _ in flow.steps:
        if target == START:
            target = flow.first
        step = flow.steps.get(target)
        if not isinstance(step, Goto):
            break
        target = step.target
    return target


def _box(step: Step) -> Box:
    match step:
        case Waiting():
            return Box(step.id, f"? {_words(step.question)}", "waits")
        case Say():
            return Box(step.id, _words(step.texts[0]), "says")
        case Handoff():
            return Box(step.id, f"{step.queue or 'handoff'}: {_words(step.reason)}", "people")
        case End():
            return Box(step.id, f"end: {step.label}", "end")
        case _:
            return Box(step.id, _work(step), "works")


def _work(step: Step) -> str:
    match step:
        case If():
            return f"if {step.condition.source}"
        case Call():
            return f"call {step.flow}"
        case Action():
            return step.verb
        case Http():
            return f"{step.method} …"
        case Find():
            return f"find {step.table}"
        case Set():
            return "set " + ", ".join([*(name for name, _ in step.values), *step.clear])
        case Wait():
            return "wait"
        case _:
            return type(step).__name__.lower()


def _words(phrase: Phrase) -> str:
    words = " ".join(phrase.default.source.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _arrows(step: Step) -> Iterator[Arrow]:
    if isinstance(step, Choose):
        for option in step.options:
            target = option.target or step.next
            if target and not option.url:
                yield Arrow(step.id, target, " ".join(option.text.default.source.split()))
    straight = not (isinstance(step, Choose) and step.options) and not isinstance(step, End)
    if straight and step.next and not isinstance(step, If):
        yield Arrow(step.id, step.next)
    if isinstance(step, If):
        for target, label in ((step.then, "then"), (step.otherwise, "else")):
            if target or step.next:
                yield Arrow(step.id, target or step.next or "", label)
    if isinstance(step, Ask | Choose) and step.on_fail:
        yield Arrow(step.id, step.on_fail, "on_fail")
    if isinstance(step, Action | Http) and step.on_error:
        yield Arrow(step.id, step.on_error, "on_error")
    if isinstance(step, Wait) and step.on_message:
        yield Arrow(step.id, step.on_message, "on_message")


_SHAPES = {
    "waits": ('(["', '"])'),
    "says": ('["', '"]'),
    "works": ('[["', '"]]'),
    "people": ('{{"', '"}}'),
    "end": ('(("', '"))'),
}


def mermaid(flows: Sequence[Flow]) -> str:
    """A flowchart with a subgraph for each flow."""
    lines = ["flowchart TD"]
    for number, flow in enumerate(flows):
        drawing = draw(flow)
        names = {box.id: f"f{number}s{place}" for place, box in enumerate(drawing.boxes)}
        lines.append(f'  subgraph f{number}["{_safe(drawing.title)}"]')
        for box in drawing.boxes:
            opening, closing = _SHAPES[box.look]
            lines.append(f"    {names[box.id]}{opening}{_safe(box.label)}{closing}")
        for arrow in drawing.arrows:
            if arrow.end in names:
                label = f'|"{_safe(arrow.label)}"|' if arrow.label else ""
                lines.append(f"    {names[arrow.start]} -->{label} {names[arrow.end]}")
        lines.append("  end")
    return "\n".join(lines)


def _safe(text: str) -> str:
    """Mermaid's own entities for what would end a label."""
    return (
        text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
    )
