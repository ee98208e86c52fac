"""A drawing as an SVG picture: dark where the reader's page is dark, every label in full."""

import re
import unicodedata
from html import escape
from typing import get_args

import msgspec

from bot.commands.graph.drawing import Box, Drawing, Look
from bot.commands.graph.layers import Layout, Node, lay_out
from bot.commands.graph.lines import Line, route
from bot.commands.terminal import speak

_SIZE, _LEADING, _SMALL = 14, 19, 15
_MARGIN, _TITLE, _INSET = 24, 58, 14
_WIDE_BOX, _NARROW_BOX = 280, 190
_STYLE = """
svg{--page:#fff;--ink:#1b1f24;--soft:#59636e;--line:#6e7781;
--start:#dff6e3;--start-line:#2da44e;--waits:#ddf1ff;--waits-line:#218bff;--says:#f6f8fa;--says-line:#afb8c1;
--works:#eceff2;--works-line:#6e7781;--calls:#efe7fd;--calls-line:#8250df;--people:#fff1d6;--people-line:#bf8700;
--interrupt:#ffe9f3;--interrupt-line:#bf3989;--end:#dff6e3;--end-line:#2da44e;--answer:#fff;--answer-line:#218bff;
--trouble:#ffebe9;--trouble-line:#cf222e}
@media (prefers-color-scheme:dark){svg{--page:#0d1117;--ink:#e6edf3;--soft:#9198a1;--line:#8b949e;
--start:#12361f;--start-line:#3fb950;--waits:#0c2d4f;--waits-line:#58a6ff;--says:#1c2128;--says-line:#57606a;
--works:#262c34;--works-line:#8b949e;--calls:#2b1d4a;--calls-line:#a371f7;--people:#3d2c05;--people-line:#d29922;
--interrupt:#42172f;--interrupt-line:#db61a2;--end:#12361f;--end-line:#3fb950;--answer:#0d1117;--answer-line:#58a6ff;
--trouble:#4a1517;--trouble-line:#f85149}}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",Arial,sans-serif;fill:var(--ink)}
.title{font-size:21px;font-weight:600}.small{font-size:11.5px;fill:var(--soft)}
.way{fill:none;stroke:var(--line);stroke-width:1.5}.back{stroke-dasharray:6 4}.head{fill:context-stroke;stroke:none}
"""
_LOOKS: tuple[Look, ...] = get_args(Look)
_MARKED: tuple[Look, ...] = ("people", "interrupt", "trouble")
_RULES = "".join(
    f".{look}{{fill:var(--{look});stroke:var(--{look}-line);stroke-width:1.5}}" for look in _LOOKS
)
_WAYS = "".join(f".to-{look}{{stroke:var(--{look}-line)}}" for look in _MARKED)
_DASHED = ".interrupt{stroke-dasharray:5 3}.calls{stroke-width:2.5}"
_OPEN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
    ' viewBox="0 0 {width} {height}" role="img">'
)
_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    ' orient="auto"><path class="head" d="M0,0 L8,4 L0,8 z"/></marker></defs>'
)


class _Sized(msgspec.Struct, frozen=True):
    """A box with its text in lines, and how big that makes it."""

    box: Box
    caption: list[str]
    lines: list[str]
    foot: str
    width: float
    height: float


def svg(drawing: Drawing) -> str:
    """The picture. Its width and height stand in `viewBox` and as attributes, in pixels."""
    sized = {box.id: _sized(box) for box in drawing.boxes}
    aside = [_sized(box) for box in drawing.aside]
    layout = lay_out({id: (one.width, one.height) for id, one in sized.items()}, drawing.arrows)
    lines, tops, bounds = route(layout)
    left, right, height = bounds
    shift = _MARGIN - left
    wide = shift + right + _MARGIN
    parts = [_way(line, sized[line.end].box.look, shift) for line in lines]
    parts += [_painted(sized[node.id], node, tops, shift) for node in _standing(layout)]
    tall = height + _TITLE
    if aside:
        column, right, low = _beside(aside, layout, tops, shift, wide)
        parts += column
        wide, tall = max(wide, right), max(tall, low)
    return _whole(drawing.title, parts, max(wide, _wide(drawing.title, 21) + 60), tall + _MARGIN)


def _whole(title: str, parts: list[str], wide: float, tall: float) -> str:
    width, height = round(wide), round(tall)
    return "\n".join(
        [
            _OPEN.format(width=width, height=height),
            f"<title>{_safe(title)}</title>",
            f"<style>{_STYLE}{_RULES}{_WAYS}{_DASHED}</style>",
            _HEAD,
            f'<rect width="{width}" height="{height}" rx="10" style="fill:var(--page)"/>',
            f'<text class="title" x="{_MARGIN}" y="40">{_safe(title)}</text>',
            *parts,
            "</svg>",
        ]
    )


def _standing(layout: Layout) -> list[Node]:
    return [node for layer in layout.layers for node in layer if not node.crossing]


def _sized(box: Box) -> _Sized:
    most = _NARROW_BOX if box.look in ("answer", "trouble", "interrupt") else _WIDE_BOX
    lines = _wrapped(box.label, most, _SIZE)
    caption = _wrapped(box.caption, most, 11.5) if box.caption else []
    foot = ""
    if box.people is not None:
        passed, waiting = box.people
        foot = speak(f"дошли {passed}, ждут {waiting}", f"{passed} came, {waiting} wait")
    widest = max(
        *(_wide(line, _SIZE) for line in lines),
        *(_wide(line, 11.5) for line in [*caption, foot]),
        40.0,
    )
    small = len(caption) + bool(foot)
    height = 2 * 9 + _LEADING * len(lines) + _SMALL * small
    pointed = 18 if box.look == "people" else 0
    return _Sized(box, caption, lines, foot, widest + 2 * (_INSET + pointed), height)


_WORDS = re.compile(r"\{\{[^{}]{1,28}\}\}[^\s{]{0,2}|\{%[^{}]{1,28}%\}|[^\s{]+|\{+[^\s{]*")


def _wrapped(text: str, most: float, size: float) -> list[str]:
    """Lines no wider than `most` pixels; a word that is wider is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _WORDS.findall(paragraph) or [""]:
            longer = f"{line} {word}" if line else word
            if line and _wide(longer, size) > most:
                lines.append(line)
                longer = word
            while _wide(longer, size) > most and len(longer) > 1:
                cut = max(1, int(len(longer) * most / _wide(longer, size)))
                lines.append(longer[:cut])
                longer = longer[cut:]
            line = longer
        lines.append(line)
    return lines


def _wide(text: str, size: float) -> float:
    """About how wide a line is, in pixels: fonts differ, so rather too much than too little."""
    return sum(_letter(letter) for letter in text) * size


def _letter(letter: str) -> float:
    if letter in " .,:;!|'`il()[]Iјі":
        return 0.38
    if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x2600:
        return 1.3
    if letter in "MWmw@%ЖМШЩЮФжмшщюфы№—…":
        return 0.92
    if letter.isupper():
        return 0.72
    return 0.63


def _painted(one: _Sized, node: Node, tops: list[float], shift: float) -> str:
    x = node.x - node.width / 2 + shift
    y = tops[node.layer] + _TITLE
    return _shape(one, x, y) + _texts(one, x, y)


def _shape(one: _Sized, x: float, y: float) -> str:
    look, wide, tall = one.box.look, one.width, one.height
    if look == "people":
        cut = 16.0
        points = [(x + cut, y), (x + wide - cut, y), (x + wide, y + tall / 2)]
        points += [(x + wide - cut, y + tall), (x + cut, y + tall), (x, y + tall / 2)]
        listed = " ".join(f"{_n(px)},{_n(py)}" for px, py in points)
        return f'<polygon class="{look}" points="{listed}"/>'
    round_ = {"works": 2, "says": 4, "calls": 4, "waits": 10}.get(look, 18)
    return (
        f'<rect class="{look}" x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(tall)}" '
        f'rx="{min(round_, tall / 2):g}"/>'
    )


def _texts(one: _Sized, x: float, y: float) -> str:
    middle, parts = _n(x + one.width / 2), []
    at = y + 9.0
    small = [("small", line, _SMALL) for line in one.caption]
    plain = [("", line, _LEADING) for line in one.lines]
    feet = [("small", one.foot, _SMALL)] if one.foot else []
    for name, line, leading in [*small, *plain, *feet]:
        at += leading
        named = f' class="{name}"' if name else ""
        parts.append(
            f'<text{named} x="{middle}" y="{_n(at - 4.5)}" text-anchor="middle">{_safe(line)}</text>'
        )
    return "".join(parts)


def _beside(
    aside: list[_Sized], layout: Layout, tops: list[float], shift: float, wide: float
) -> tuple[list[str], float, float]:
    """A column in the upper right corner, beside what stands there; the right and the lower end of it."""
    tall = sum(one.height + _MARGIN for one in aside)
    width = max(one.width for one in aside)
    high = [node for node in layout.nodes.values() if tops[node.layer] < tall]
    taken = shift + max(node.x + node.width / 2 for node in high)
    x = max(wide - _MARGIN - width, taken + 2 * _MARGIN)
    y, parts = float(_TITLE), []
    for one in aside:
        parts.append(_shape(one, x, y) + _texts(one, x, y))
        y += one.height + _MARGIN
    return parts, x + width + _MARGIN, y


def _way(line: Line, to: Look, shift: float) -> str:
    """A way of straight pieces with its corners rounded."""
    points = [(x + shift, y + _TITLE) for x, y in line.points]
    path = f"M{_n(points[0][0])},{_n(points[0][1])}"
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        near, far = _towards(at, before), _towards(at, after)
        path += f" L{near} Q{_n(at[0])},{_n(at[1])} {far}"
    path += f" L{_n(points[-1][0])},{_n(points[-1][1])}"
    names = ["way", *(["back"] if line.back else []), *([f"to-{to}"] if to in _MARKED else [])]
    return f'<path class="{" ".join(names)}" d="{path}" marker-end="url(#head)"/>'


def _towards(corner: tuple[float, float], other: tuple[float, float]) -> str:
    """The point where the rounding of a corner begins."""
    across, along = other[0] - corner[0], other[1] - corner[1]
    length = max(abs(across), abs(along))
    step = min(7.0, length / 2) / length if length else 0.0
    return f"{_n(corner[0] + across * step)},{_n(corner[1] + along * step)}"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _safe(text: str) -> str:
    """As XML takes it: some control characters may not stand there in any form."""
    return escape(_FORBIDDEN.sub("\ufffd", text))
