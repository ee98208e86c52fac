"""A drawing as Mermaid text, which many places show as a picture."""

import unicodedata

from bot.commands.graph.drawing import Box, Drawing, Look
from bot.commands.terminal import speak

_SHAPES: dict[Look, tuple[str, str]] = {
    "start": ('(["', '"])'),
    "waits": ('("', '")'),
    "says": ('["', '"]'),
    "works": ('["', '"]'),
    "calls": ('[["', '"]]'),
    "people": ('{{"', '"}}'),
    "interrupt": ('(["', '"])'),
    "end": ('(["', '"])'),
    "answer": ('(["', '"])'),
    "trouble": ('(["', '"])'),
}
_COLOURS: dict[Look, str] = {
    "start": "fill:#dff6e3,stroke:#2da44e",
    "waits": "fill:#ddf1ff,stroke:#218bff",
    "says": "fill:#f6f8fa,stroke:#afb8c1",
    "works": "fill:#eceff2,stroke:#6e7781",
    "calls": "fill:#efe7fd,stroke:#8250df",
    "people": "fill:#fff1d6,stroke:#bf8700",
    "interrupt": "fill:#ffe9f3,stroke:#bf3989,stroke-dasharray:5 3",
    "end": "fill:#dff6e3,stroke:#2da44e",
    "answer": "fill:#ffffff,stroke:#218bff",
    "trouble": "fill:#ffebe9,stroke:#cf222e",
}


def mermaid(drawing: Drawing) -> str:
    """A flowchart; what stands aside is a box without arrows."""
    boxes = [*drawing.boxes, *drawing.aside]
    names = {box.id: f"n{number}" for number, box in enumerate(boxes)}
    looks = dict.fromkeys(box.look for box in boxes)
    lines = ["---", f'title: "{_safe(drawing.title)}"', "---", "flowchart TD"]
    lines += [f"  {names[box.id]}{_shaped(box)}:::{box.look}" for box in boxes]
    lines += [f"  {names[start]} --> {names[end]}" for start, end in drawing.arrows]
    lines += [f"  classDef {look} {_COLOURS[look]},color:#1b1f24" for look in looks]
    return "\n".join(lines)


def _shaped(box: Box) -> str:
    opening, closing = _SHAPES[box.look]
    label = _safe(box.label)
    if box.caption:
        label = f"<small>{_safe(box.caption)}</small><br>{label}"
    if box.people is not None:
        passed, waiting = box.people
        said = speak(f"дошли {passed}, ждут {waiting}", f"{passed} came, {waiting} wait")
        label += f"<br><small>{said}</small>"
    return opening + label + closing


_ENTITIES = {ord(letter): f"#{ord(letter)};" for letter in ':#"<>&`\\{}[]()|;*_~'}
_ENTITIES[ord("\n")] = "<br>"


def _safe(text: str) -> str:
    """Mermaid's own entities for whatever would end a label or mean something in it; control characters fall away."""
    kept = (letter for letter in text if letter == "\n" or unicodedata.category(letter) != "Cc")
    return "".join(kept).translate(_ENTITIES)
