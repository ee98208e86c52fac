"""Where the boxes of a picture stand: layers from top to bottom, few crossings, nothing upon anything else.

The steps of Sugiyama, Tagawa and Toda (1981): ways back are set apart, every box gets a layer, long ways a place in
each layer they cross, layers are ordered by the means of their neighbours, and then pulled towards them.
"""

import itertools
from collections.abc import Mapping, Sequence

import msgspec

WIDEST = 860.0
_APART, _BESIDE, _SWEEPS = 26.0, 14.0, 12


class Node(msgspec.Struct):
    """A box, or the place where a long way crosses a layer; `x` is its middle. All in pixels."""

    id: str
    width: float
    height: float
    layer: int = 0
    x: float = 0.0
    crossing: bool = False


class Layout(msgspec.Struct, frozen=True):
    """`layers` from top to bottom, each from left to right; `chains` the ways down, through the places they cross;
    `back` the ways up."""

    layers: list[list[Node]]
    chains: list[tuple[str, ...]]
    back: list[tuple[str, str]]
    nodes: Mapping[str, Node]


def lay_out(sizes: Mapping[str, tuple[float, float]], arrows: Sequence[tuple[str, str]]) -> Layout:
    """Places for boxes of these (width, height), the first of them on top."""
    back = _ways_back(list(sizes), arrows)
    down = [arrow for arrow in arrows if arrow not in back]
    nodes = {id: Node(id, *size) for id, size in sizes.items()}
    _give_layers(nodes, down)
    chains = [_chain(nodes, start, end) for start, end in down]
    layers: list[list[Node]] = [[] for _ in range(1 + max(node.layer for node in nodes.values()))]
    for node in nodes.values():
        layers[node.layer].append(node)
    links = [pair for chain in chains for pair in itertools.pairwise(chain)]
    _order(layers, links)
    _place(layers, nodes, links)
    return Layout(layers, chains, sorted(back, key=arrows.index), nodes)


def _ways_back(ids: list[str], arrows: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """The arrows that close a circle, seen from the first box on."""
    after: dict[str, list[str]] = {id: [] for id in ids}
    for start, end in arrows:
        after[start].append(end)
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    for root in ids:
        path = [(root, iter(after[root]))] if root not in done else []
        inside = {root}
        while path:
            at, rest = path[-1]
            following = next(rest, None)
            if following is None:
                done.add(at)
                inside.discard(at)
                path.pop()
            elif following in inside:
                back.add((at, following))
            elif following not in done:
                inside.add(following)
                path.append((following, iter(after[following])))
    return back


def _give_layers(nodes: dict[str, Node], down: list[tuple[str, str]]) -> None:
    """Every box below all that lead to it; where a layer is full, the next one that has room."""
    before: dict[str, list[str]] = {id: [] for id in nodes}
    for start, end in down:
        before[end].append(start)
    used: dict[int, float] = {}
    waiting = list(nodes)
    placed: set[str] = set()
    while waiting:
        id = next(one for one in waiting if all(way in placed for way in before[one]))
        waiting.remove(id)
        placed.add(id)
        node = nodes[id]
        node.layer = max((nodes[way].layer + 1 for way in before[id]), default=0)
        while used.get(node.layer, 0.0) and used[node.layer] + node.width > WIDEST:
            node.layer += 1
        used[node.layer] = used.get(node.layer, 0.0) + node.width + _APART


def _chain(nodes: dict[str, Node], start: str, end: str) -> tuple[str, ...]:
    crossed = range(nodes[start].layer + 1, nodes[end].layer)
    names = [f"{start}\0\0{end}\0{layer}" for layer in crossed]
    for name, layer in zip(names, crossed, strict=True):
        nodes[name] = Node(name, 8.0, 0.0, layer, crossing=True)
    return (start, *names, end)


def _neighbours(links: list[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for start, end in links:
        above.setdefault(end, []).append(start)
        below.setdefault(start, []).append(end)
    return above, below


def _order(layers: list[list[Node]], links: list[tuple[str, str]]) -> None:
    """Sort each layer by the means of the neighbours' places, down and up in turn; keep the best."""
    above, below = _neighbours(links)
    best, fewest = [list(layer) for layer in layers], _crossings(layers, below)
    for sweep in range(_SWEEPS):
        near = below if sweep % 2 else above
        order = reversed(layers) if sweep % 2 else layers
        for layer in order:
            places = {node.id: place for one in layers for place, node in enumerate(one)}
            layer.sort(key=lambda node: _mean(places, near.get(node.id, []), places[node.id]))
        now = _crossings(layers, below)
        if now < fewest:
            best, fewest = [list(layer) for layer in layers], now
    layers[:] = best


def _mean(places: Mapping[str, float], ids: list[str], otherwise: float) -> float:
    return sum(places[id] for id in ids) / len(ids) if ids else otherwise


def _crossings(layers: list[list[Node]], below: Mapping[str, list[str]]) -> int:
    places = {node.id: place for layer in layers for place, node in enumerate(layer)}
    crossed = 0
    for layer in layers:
        ends = [[places[id] for id in below.get(node.id, [])] for node in layer]
        for left, firsts in enumerate(ends):
            for seconds in ends[left + 1 :]:
                crossed += sum(first > second for first in firsts for second in seconds)
    return crossed


def _place(
    layers: list[list[Node]], nodes: Mapping[str, Node], links: list[tuple[str, str]]
) -> None:
    """Pull every box towards the middle of its neighbours, as far as those beside it give way."""
    above, below = _neighbours(links)
    for layer in layers:
        _settle(layer, [0.0] * len(layer))
    for sweep in range(_SWEEPS * 2):
        order = reversed(layers) if sweep % 2 else layers
        for layer in order:
            near = below if sweep % 2 else above
            xs = {id: node.x for id, node in nodes.items()}
            _settle(layer, [_mean(xs, near.get(node.id, []), node.x) for node in layer])


def _settle(layer: list[Node], wanted: list[float]) -> None:
    """A crossing is worth more than a box: long ways become straight."""
    apart = [
        (left.width + right.width) / 2 + (_BESIDE if left.crossing or right.crossing else _APART)
        for left, right in itertools.pairwise(layer)
    ]
    weights = [4.0 if node.crossing else 1.0 for node in layer]
    for node, x in zip(layer, settled(wanted, apart, weights), strict=True):
        node.x = x


def settled(wanted: list[float], apart: list[float], weights: list[float]) -> list[float]:
    """The places nearest to those wanted that keep the order and the distances (`apart`: from each to the next):
    neighbours that would collide move as one block (pool adjacent violators)."""
    offsets = [0.0]
    for distance in apart:
        offsets.append(offsets[-1] + distance)
    blocks: list[tuple[float, float, int]] = []
    for place, offset, own in zip(wanted, offsets, weights, strict=False):
        total, weight, size = (place - offset) * own, own, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / weight:
            before = blocks.pop()
            total, weight, size = total + before[0], weight + before[1], size + before[2]
        blocks.append((total, weight, size))
    starts = [total / weight for total, weight, size in blocks for _ in range(size)]
    return [start + offset for start, offset in zip(starts, offsets, strict=False)]
