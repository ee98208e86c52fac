"""Flows as an SVG picture: steps from top to bottom, ways that leap drawn beside them."""

from collections.abc import Sequence
from html import escape

from bot.commands.drawing import Arrow, Drawing, draw
from bot.dialog.flow import Flow

_LEFT, _WIDTH, _HEIGHT, _STEP, _TITLE = 20, 420, 40, 68, 50
_LANE = 16
_LETTERS = 54
_FILLS = {
    "waits": "#e3f2fd",
    "says": "#ffffff",
    "works": "#eeeeee",
    "people": "#fff3e0",
    "end": "#e8f5e9",
}
_STYLE = (
    "text{font:13px sans-serif;fill:#222} .title{font-weight:bold;font-size:16px}"
    " .when{font-size:11px;fill:#555} rect{stroke:#555;rx:8} path{stroke:#555;fill:none}"
)
_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
    ' orient="auto"><path d="M0,0 L8,4 L0,8 z" style="fill:#555"/></marker></defs>'
)


def svg(flows: Sequence[Flow]) -> str:
    """One picture with the flows below each other."""
    parts: list[str] = []
    top, widest = 20, 0
    for drawing in map(draw, flows):
        body, width = _flow(drawing, top)
        parts += body
        widest = max(widest, width)
        top += _TITLE + _STEP * len(drawing.boxes) + 20
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{widest}" height="{top}">'
    return "\n".join([head, f"<style>{_STYLE}</style>", _HEAD, *parts, "</svg>"])


def _flow(drawing: Drawing, top: int) -> tuple[list[str], int]:
    rows = {box.id: number for number, box in enumerate(drawing.boxes)}
    parts = [f'<text class="title" x="{_LEFT}" y="{top + 18}">{escape(drawing.title)}</text>']
    first = top + _TITLE - 16
    for box in drawing.boxes:
        y = first + rows[box.id] * _STEP
        label = box.label if len(box.label) <= _LETTERS else box.label[: _LETTERS - 1] + "…"
        parts.append(
            f'<rect x="{_LEFT}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" fill="{_FILLS[box.look]}"/>'
        )
        parts.append(f'<text x="{_LEFT + 12}" y="{y + 25}">{escape(label)}</text>')
    lane = 0
    for arrow in drawing.arrows:
        if arrow.end not in rows:
            continue
        start, end = rows[arrow.start], rows[arrow.end]
        if end == start + 1 and not arrow.label:
            parts.append(_straight(first, start))
        else:
            lane += 1
            parts += _leap(first, start, end, lane, arrow)
    longest = max((len(arrow.label) for arrow in drawing.arrows), default=0)
    return parts, _LEFT + _WIDTH + _LANE * (lane + 2) + 7 * longest + 20


def _straight(first: int, row: int) -> str:
    x, y = _LEFT + _WIDTH // 2, first + row * _STEP + _HEIGHT
    return f'<path d="M{x},{y} V{y + _STEP - _HEIGHT}" marker-end="url(#head)"/>'


def _leap(first: int, start: int, end: int, lane: int, arrow: Arrow) -> list[str]:
    """Out on the right, along a lane of its own, and back in."""
    right = _LEFT + _WIDTH
    out = first + start * _STEP + 8 + lane % 5 * 6
    back = first + end * _STEP + 6 + lane % 5 * 6
    x = right + lane * _LANE
    path = f'<path d="M{right},{out} H{x} V{back} H{right}" marker-end="url(#head)"/>'
    if not arrow.label:
        return [path]
    return [
        path,
        f'<text class="when" x="{x + 3}" y="{(out + back) // 2}">{escape(arrow.label)}</text>',
    ]
