"""The curve of precision against coverage as a picture: figures in, SVG text out."""

from collections.abc import Sequence
from html import escape

from bot.faq.evaluate import Point

_WIDTH, _HEIGHT, _MARGIN = 640, 420, 56
_TICKS = 5
_GOAL = 0.95


def precision_coverage_svg(
    curve: Sequence[Point],
    coverage: str = "coverage",
    precision: str = "precision",
    chosen: float | None = None,
) -> str:
    """Return an SVG of the curve of an `Evaluation`.

    `coverage` and `precision` name the axes; `chosen` is a threshold to mark with a dot. The
    dashed line is a precision of 95 %.
    """
    floor = _floor(curve)
    line = " ".join(f"{_x(p.coverage):.1f},{_y(p.precision, floor):.1f}" for p in curve)
    goal = _y(_GOAL, floor)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            'font-family="sans-serif" font-size="12">'
        ),
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        *_grid(floor),
        (
            f'<line x1="{_x(0)}" x2="{_x(1)}" y1="{goal:.1f}" y2="{goal:.1f}" '
            'stroke="#b33" stroke-dasharray="6 4"/>'
        ),
        f'<polyline points="{line}" fill="none" stroke="#2266aa" stroke-width="2"/>',
        *_dot(curve, floor, chosen),
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 12}" text-anchor="middle">{escape(coverage)}</text>',
        (
            f'<text x="16" y="{_HEIGHT / 2}" text-anchor="middle" '
            f'transform="rotate(-90 16 {_HEIGHT / 2})">{escape(precision)}</text>'
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _floor(curve: Sequence[Point]) -> float:
    """Return where the precision axis starts: the tenth below the worst point, 0.8 at most."""
    worst = min((point.precision for point in curve), default=0.8)
    return min(int(worst * 10) / 10, 0.8)


def _x(coverage: float) -> float:
    return _MARGIN + coverage * (_WIDTH - 2 * _MARGIN)


def _y(precision: float, floor: float) -> float:
    return _HEIGHT - _MARGIN - (precision - floor) / (1 - floor) * (_HEIGHT - 2 * _MARGIN)


def _grid(floor: float) -> list[str]:
    lines = []
    for step in range(_TICKS + 1):
        share = step / _TICKS
        x, level = _x(share), floor + share * (1 - floor)
        y = _y(level, floor)
        lines += [
            (
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_MARGIN}" y2="{_HEIGHT - _MARGIN}" '
                'stroke="#ddd"/>'
            ),
            (
                f'<line x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="{y:.1f}" y2="{y:.1f}" '
                'stroke="#ddd"/>'
            ),
            (
                f'<text x="{x:.1f}" y="{_HEIGHT - _MARGIN + 18}" text-anchor="middle">'
                f"{share:.0%}</text>"
            ),
            f'<text x="{_MARGIN - 8}" y="{y + 4:.1f}" text-anchor="end">{level:.0%}</text>',
        ]
    return lines


def _dot(curve: Sequence[Point], floor: float, chosen: float | None) -> list[str]:
    answered = [point for point in curve if chosen is not None and point.threshold >= chosen]
    if not answered:
        return []
    x, y = _x(answered[-1].coverage), _y(answered[-1].precision, floor)
    return [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#2266aa"/>']
