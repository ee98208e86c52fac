"""The example business is found in a checkout and in an installed wheel alike."""

import tomllib
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from bot.starter import PARTS, starter_files

TOP = Path(__file__).parents[2]


def lay_out(top: Path) -> None:
    (top / "flows").mkdir(parents=True)
    (top / "flows" / "заявка.yaml").write_text("flow: заявка\n", encoding="utf-8")
    (top / "flows" / ".заявка.yaml.swp").write_text("an editor's own", encoding="utf-8")
    (top / "faq.yaml").write_text("[]\n", encoding="utf-8")
    (top / "pyproject.toml").write_text("no part of the example", encoding="utf-8")


def test_a_checkout_has_the_example_beside_the_package(tmp_path: Path) -> None:
    lay_out(tmp_path)
    (tmp_path / "bot").mkdir()

    assert starter_files(tmp_path / "bot") == {
        "faq.yaml": tmp_path / "faq.yaml",
        "flows/заявка.yaml": tmp_path / "flows" / "заявка.yaml",
    }


def test_a_wheel_has_the_example_inside_the_package(tmp_path: Path) -> None:
    lay_out(tmp_path / "bot" / "starter_files")
    lay_out(tmp_path)

    assert starter_files(tmp_path / "bot") == {
        "faq.yaml": tmp_path / "bot" / "starter_files" / "faq.yaml",
        "flows/заявка.yaml": tmp_path / "bot" / "starter_files" / "flows" / "заявка.yaml",
    }


def test_every_part_is_packed() -> None:
    house = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = house["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert wheel["hooks"]["custom"]["starter"] == list(PARTS)


def test_the_wheel_holds_the_whole_example_and_nothing_private(tmp_path: Path) -> None:
    [path] = WheelBuilder(str(TOP)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())

    assert {f"bot/starter_files/{name}" for name in starter_files()} <= names
    assert {"bot/__init__.py", "bot/py.typed", "adapters/__init__.py"} <= names
    folders = {name.split("/")[0].split("-")[0] for name in names}
    assert folders == {"bot", "adapters", "frontdesk"}
