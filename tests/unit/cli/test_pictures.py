"""Pictures of flows: nothing left out, nothing upon anything else, any text as it is."""

import itertools
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.commands.graph.drawing import ENTRY, Box, Drawing, draw
from bot.commands.graph.layers import lay_out
from bot.commands.graph.lines import route
from bot.commands.graph.mermaid import mermaid
from bot.commands.graph.overview import overview
from bot.commands.graph.svg import svg
from bot.commands.project import playable
from bot.commands.terminal import speak
from bot.dialog.flow import Choose, Flow, Goto
from bot.dialog.script import Script

TOP = Path(__file__).parents[3]
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def script() -> Script:
    return playable(TOP)[1]


@pytest.fixture(autouse=True)
def _russian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speak, "language", "ru")


def _words(picture: str) -> str:
    """All letters of an SVG's texts: lines are wrapped anywhere."""
    texts = ElementTree.fromstring(picture).iter(f"{_SVG}text")
    return "".join("".join("".join(text.itertext()).split()) for text in texts)


def _expected(flow: Flow) -> list[str]:
    steps = [step for step in flow.steps.values() if not isinstance(step, Goto)]
    options = [
        option.text.default.source
        for step in steps
        if isinstance(step, Choose)
        for option in step.options
    ]
    return [*(step.id for step in steps), *options]


def test_every_step_and_option_of_the_example_is_in_the_picture(script: Script) -> None:
    for flow in script.flows.values():
        seen = _words(svg(draw(flow)))
        assert [name for name in _expected(flow) if "".join(name.split()) not in seen] == []


def test_every_step_and_option_of_the_example_is_in_the_mermaid_text(script: Script) -> None:
    for flow in script.flows.values():
        seen = mermaid(draw(flow)).replace("#95;", "_").replace("#40;", "(").replace("#41;", ")")
        assert [name for name in _expected(flow) if name not in seen] == []


def test_no_box_stands_upon_another(script: Script) -> None:
    for flow in script.flows.values():
        drawing = draw(flow)
        sizes = {box.id: (120.0 + len(box.label), 40.0) for box in drawing.boxes}
        layout = lay_out(sizes, drawing.arrows)
        _, tops, _ = route(layout)
        for layer in layout.layers:
            for left, right in itertools.pairwise(layer):
                assert left.x + left.width / 2 < right.x - right.width / 2
        assert tops == sorted(tops)


def test_every_way_begins_at_its_box_and_ends_at_the_other(script: Script) -> None:
    for flow in script.flows.values():
        drawing = draw(flow)
        layout = lay_out({box.id: (150.0, 40.0) for box in drawing.boxes}, drawing.arrows)
        lines, tops, _ = route(layout)
        assert len(lines) == len(drawing.arrows)
        ends = zip([*layout.chains, *layout.back], lines, strict=True)
        for way, line in ends:
            for id, (x, y), height in (
                (way[0], line.points[0], 40.0),
                (way[-1], line.points[-1], 0.0),
            ):
                node = layout.nodes[id]
                assert abs(x - node.x) <= node.width / 2
                assert y == tops[node.layer] + height
            pieces = zip(line.points, line.points[1:], strict=False)
            assert all(a[0] == b[0] or a[1] == b[1] or abs(a[0] - b[0]) <= 1 for a, b in pieces)


def test_any_text_makes_a_picture_that_is_well_formed() -> None:
    lines = json.loads((TOP / "tests/data/naughty/blns.json").read_text("utf-8"))
    lines += ['"]:::x', "</text><script>", "a --> b", "\x00\x08\ufffe", "]]>", "&amp;"]
    for line in lines:
        drawing = Drawing(line, (Box("a", line, "says", line), Box("b", "b", "end")), (("a", "b"),))
        texts = [text.text for text in ElementTree.fromstring(svg(drawing)).iter(f"{_SVG}text")]
        assert texts[-1] == "b"
        text = mermaid(drawing)
        assert text.count("-->") == 1
        assert text.count(":::") == 2
        assert text.count("\n") == 8


def test_escaped_text_is_read_back_as_it_was() -> None:
    label = "<b>&\"']]> {{ имя }} --> №5"
    drawing = Drawing("x", (Box("a", label, "says"),), ())
    assert "".join(label.split()) in _words(svg(drawing))


def test_the_whole_project_shows_flows_faq_and_people(script: Script) -> None:
    drawing = overview(script)
    shown = {box.id for box in drawing.boxes}

    assert set(script.flows) <= shown
    assert (ENTRY, script.menu) in drawing.arrows
    assert (script.menu, "заявка") in drawing.arrows
    assert {"\0faq", "\0people"} <= shown
    ElementTree.fromstring(svg(drawing))


def test_a_picture_tells_how_many_passed_and_wait(script: Script) -> None:
    drawing = draw(script.flows["заявка"], {"заявка/имя": (12, 3)})

    assert "дошли 12, ждут 3" in mermaid(drawing)
    assert "дошли12,ждут3" in _words(svg(drawing))
    assert "дошли" not in mermaid(draw(script.flows["заявка"]))


def test_no_two_ways_run_upon_each_other() -> None:
    sizes = dict.fromkeys("abcdefgh", (100.0, 40.0))
    arrows = [(start, end) for start in "abc" for end in "defgh"] + [("d", "h"), ("h", "b")]
    lines, _, _ = route(lay_out(sizes, arrows))

    uprights = [
        (a[0], min(a[1], b[1]), max(a[1], b[1]), line.end)
        for line in lines
        for a, b in itertools.pairwise(line.points)
        if a[0] == b[0]
    ]
    for one, other in itertools.combinations(uprights, 2):
        if one[3] != other[3] and abs(one[0] - other[0]) < 2:
            assert one[2] <= other[1] or other[2] <= one[1]
