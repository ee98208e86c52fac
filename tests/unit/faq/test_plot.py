"""The curve as a picture."""

from xml.etree import ElementTree as ET

from bot.faq import Point
from bot.faq.plot import precision_coverage_svg

CURVE = [Point(0.99, 1.0, 0.2), Point(0.9, 0.97, 0.5), Point(0.2, 0.85, 1.0)]
SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_shows_every_point_and_the_chosen_threshold() -> None:
    root = ET.fromstring(precision_coverage_svg(CURVE, "покрытие <%>", "точность", chosen=0.9))
    line = root.find(f"{SVG}polyline")
    assert line is not None
    points = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted(y for _, y in points)
    dot = root.find(f"{SVG}circle")
    assert dot is not None
    assert (float(dot.attrib["cx"]), float(dot.attrib["cy"])) == points[1]
    assert "покрытие <%>" in {text.text for text in root.iter(f"{SVG}text")}


def test_an_empty_curve_is_an_empty_picture() -> None:
    assert "polyline" in precision_coverage_svg([], chosen=0.9)
