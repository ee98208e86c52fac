"""The ways between boxes: down, across and down again, each in a track of its own between two layers."""

import itertools

import msgspec

from bot.commands.graph.layers import Layout, settled

Point = tuple[float, float]
_BACK = ""
"""Whom all ways that lead back to a box come from: they share its leftmost port."""
_GAP, _TRACK, _LANE, _PORT, _NEAR = 30.0, 11.0, 14.0, 16.0, 6.0


class Line(msgspec.Struct, frozen=True):
    """A way of straight pieces to the box `end`. `back`: it leads up again."""

    end: str
    points: list[Point]
    back: bool = False


class _Piece(msgspec.Struct):
    """One way through one gap: from x to x, with the track it goes across on. `shared` pieces may lie on each other."""

    start: float
    end: float
    shared: str = ""
    track: int = 0


def route(layout: Layout) -> tuple[list[Line], list[float], tuple[float, float, float]]:
    """The lines, the top of every layer, and (left, right, height) of it all."""
    gaps: list[list[_Piece]] = [[] for _ in range(len(layout.layers) + 1)]
    outs, ins = _ports(layout)
    down = [_down(layout, chain, outs, ins, gaps) for chain in layout.chains]
    left = min(node.x - node.width / 2 for node in layout.nodes.values())
    right = max(node.x + node.width / 2 for node in layout.nodes.values())
    lanes = _lanes(layout, left)
    up = [_up(layout, arrow, outs, ins, lanes, gaps) for arrow in layout.back]
    heights = [_tracks(gap) for gap in gaps]
    tops, bottoms = _tops(layout, heights)
    lines = [
        *(_drawn_down(layout, chain, pieces, tops, bottoms) for chain, pieces in down),
        *(
            _drawn_up(layout, arrow, pieces, lanes, tops, bottoms)
            for arrow, pieces in zip(layout.back, up, strict=True)
        ),
    ]
    furthest = min([left, *lanes.values()])
    return lines, tops, (furthest, right, bottoms[-1] + (heights[-1] if gaps[-1] else 0))


def _ports(layout: Layout) -> tuple["Ports", "Ports"]:
    """Where each way leaves and enters a box: straight above or below its other end where there is room."""
    leaving: dict[str, list[tuple[float, str]]] = {}
    entering: dict[str, list[tuple[float, str]]] = {}
    links = [pair for chain in layout.chains for pair in itertools.pairwise(chain)]
    for start, end in links:
        leaving.setdefault(start, []).append((layout.nodes[end].x, end))
    for start, end in layout.back:
        leaving.setdefault(start, []).append((float("-inf"), end))
    outs = _spread(layout, leaving)
    for start, end in links:
        entering.setdefault(end, []).append((outs[start, end], start))
    for end in dict.fromkeys(end for _, end in layout.back):
        entering.setdefault(end, []).append((float("-inf"), _BACK))
    return outs, _spread(layout, entering)


def _spread(layout: Layout, ends: dict[str, list[tuple[float, str]]]) -> "Ports":
    places: Ports = {}
    for id, others in ends.items():
        node = layout.nodes[id]
        reach = max(0.0, node.width / 2 - (4.0 if node.crossing else 20.0))
        left, right = node.x - reach, node.x + reach
        others.sort()
        apart = min(_PORT, 2 * reach / max(1, len(others) - 1))
        wanted = [min(max(x, left), right) for x, _ in others]
        found = settled(wanted, [apart] * (len(others) - 1), [1.0] * len(others))
        for number, ((_, other), x) in enumerate(zip(others, found, strict=True)):
            most = right - apart * (len(others) - 1 - number)
            places[id, other] = min(max(x, left + apart * number), most)
    return places


Ports = dict[tuple[str, str], float]


def _down(
    layout: Layout, chain: tuple[str, ...], outs: Ports, ins: Ports, gaps: list[list[_Piece]]
) -> tuple[tuple[str, ...], list[_Piece]]:
    pieces = []
    for start, end in itertools.pairwise(chain):
        piece = _Piece(outs[start, end], ins[end, start])
        gaps[layout.nodes[end].layer].append(piece)
        pieces.append(piece)
    return chain, pieces


def _lanes(layout: Layout, left: float) -> dict[str, float]:
    """A lane on the left for each box that ways lead back to; the shortest is the innermost."""
    reach: dict[str, int] = {}
    for start, end in layout.back:
        span = layout.nodes[start].layer - layout.nodes[end].layer
        reach[end] = max(reach.get(end, 0), span)
    order = sorted(reach, key=lambda end: reach[end])
    return {end: left - _LANE * (2 + number) for number, end in enumerate(order)}


def _up(
    layout: Layout,
    arrow: tuple[str, str],
    outs: Ports,
    ins: Ports,
    lanes: dict[str, float],
    gaps: list[list[_Piece]],
) -> tuple[_Piece, _Piece]:
    start, end = arrow
    target = layout.nodes[end]
    out = _Piece(outs[start, end], lanes[end], end)
    into = _Piece(lanes[end], ins[end, _BACK], end)
    gaps[layout.nodes[start].layer + 1].append(out)
    gaps[target.layer].append(into)
    return out, into


def _tracks(gap: list[_Piece]) -> float:
    """Give every piece that goes across a track that nothing else uses there; the height the gap needs.

    One that starts where another ends must lie above it, or their upright parts would run into each other.
    """
    across = [piece for piece in gap if abs(piece.start - piece.end) > 1]
    rightwards = sorted((p for p in across if p.end > p.start), key=lambda p: -p.start)
    leftwards = sorted((p for p in across if p.end <= p.start), key=lambda p: p.start)
    waiting, done = [*rightwards, *leftwards], list[_Piece]()
    while waiting:
        piece = next((p for p in waiting if not _above(p, waiting)), waiting[0])
        waiting.remove(piece)
        piece.track = max((other.track + 1 for other in _above(piece, done)), default=0)
        while not all(_clear(piece, other) for other in done if other.track == piece.track):
            piece.track += 1
        done.append(piece)
    return _GAP + _TRACK * max((piece.track for piece in done), default=0)


def _above(piece: _Piece, others: list[_Piece]) -> list[_Piece]:
    """Those that must lie above a piece: they start where it ends."""
    return [o for o in others if o is not piece and abs(o.start - piece.end) < _NEAR]


def _clear(one: _Piece, other: _Piece) -> bool:
    if one.shared and one.shared == other.shared:
        return True
    low, high = sorted((one.start, one.end))
    left, right = sorted((other.start, other.end))
    return high + _NEAR < left or low - _NEAR > right


def _tops(layout: Layout, heights: list[float]) -> tuple[list[float], list[float]]:
    tops, bottoms, y = [], [], 0.0
    for number, layer in enumerate(layout.layers):
        y += heights[number] if number or heights[0] > _GAP else 14.0
        tops.append(y)
        y += max((node.height for node in layer), default=0.0)
        bottoms.append(y)
    return tops, bottoms


def _level(layer: int, piece: _Piece, bottoms: list[float]) -> float:
    """The height of a piece's track in the gap above a layer."""
    top = bottoms[layer - 1] if layer else 0.0
    return top + _GAP / 2 - 4 + _TRACK * piece.track


def _drawn_down(
    layout: Layout,
    chain: tuple[str, ...],
    pieces: list[_Piece],
    tops: list[float],
    bottoms: list[float],
) -> Line:
    first = layout.nodes[chain[0]]
    points = [(pieces[0].start, tops[first.layer] + first.height)]
    for piece, end in zip(pieces, chain[1:], strict=True):
        layer = layout.nodes[end].layer
        if abs(piece.start - piece.end) > 1:
            y = _level(layer, piece, bottoms)
            points += [(piece.start, y), (piece.end, y)]
    points.append((pieces[-1].end, tops[layout.nodes[chain[-1]].layer]))
    return Line(chain[-1], points)


def _drawn_up(
    layout: Layout,
    arrow: tuple[str, str],
    pieces: tuple[_Piece, _Piece],
    lanes: dict[str, float],
    tops: list[float],
    bottoms: list[float],
) -> Line:
    start = layout.nodes[arrow[0]]
    end = layout.nodes[arrow[1]]
    out, into = pieces
    below = _level(start.layer + 1, out, bottoms)
    above = _level(end.layer, into, bottoms)
    lane = lanes[arrow[1]]
    points = [
        (out.start, tops[start.layer] + start.height),
        (out.start, below),
        (lane, below),
        (lane, above),
        (into.end, above),
        (into.end, tops[end.layer]),
    ]
    return Line(arrow[1], points, back=True)
