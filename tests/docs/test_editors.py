"""What docs/editors.md promises: an editor finds nothing wrong with files that are right, and underlines slips."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from bot.project import read_project
from bot.schemas import schemas

HERE = Path(__file__).parent
TOP = HERE.parents[1]
PROJECTS = [HERE / "reference", *sorted((HERE / "tutorial").iterdir()), TOP]
_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
    "number": (int, float), "null": type(None),
}  # fmt: skip


def fits(schema: Any, value: Any, root: Any) -> bool:
    """Whether a value is valid by a schema: as much of draft-07 as ours use."""
    if "$ref" in schema:
        return fits(root["definitions"][schema["$ref"].rpartition("/")[2]], value, root)
    if "anyOf" in schema and not any(fits(one, value, root) for one in schema["anyOf"]):
        return False
    kinds = schema.get("type", [])
    allowed = [_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    if allowed and not any(isinstance(value, kind) for kind in allowed):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        return all(fits(schema.get("items", {}), item, root) for item in value)
    return not isinstance(value, dict) or _fits_mapping(schema, value, root)


def _fits_mapping(schema: Any, value: dict[str, Any], root: Any) -> bool:
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    return all(key in value for key in schema.get("required", ())) and all(
        fits(known.get(key, others), inner, root) if key in known or others is not False else False
        for key, inner in value.items()
    )


def as_editors_read(text: str) -> Any:
    """YAML 1.2: `off` is a text, `3` a number."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(StringIO(text)), default=str))


def files(project: Path) -> Iterator[tuple[Path, str]]:
    """Every file of a project with the name of its schema, as the settings of VS Code pair them."""
    for file in sorted((project / "flows").rglob("*.yaml")):
        yield file, "test" if ".test." in file.name else "flow"
    for name, schema in (("faq", "faq"), ("config", "config"), ("config.example", "config")):
        if (project / f"{name}.yaml").exists():
            yield project / f"{name}.yaml", schema


def made(project: Path) -> dict[str, Any]:
    read = read_project(project)
    texts = schemas(read.config, read.script)
    return {name.partition(".")[0]: json.loads(text) for name, text in texts.items()}


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_an_editor_finds_nothing_wrong_with_files_that_are_right(project: Path) -> None:
    by_name = made(project)
    wrong = [
        file.relative_to(project).as_posix()
        for file, name in files(project)
        if not fits(by_name[name], as_editors_read(file.read_text("utf-8")), by_name[name])
    ]
    assert wrong == []


def test_an_editor_underlines_a_slip() -> None:
    schema = made(HERE / "tutorial" / "2")["flow"]
    text = (HERE / "tutorial" / "2" / "flows" / "торт.yaml").read_text("utf-8")

    assert fits(schema, as_editors_read(text), schema)
    for right, slip in (
        ("retry: На", "rety: На"),
        ("type: date", "type: data"),
        ("flow: ", "flw: "),
    ):
        assert text.count(right), right
        assert not fits(schema, as_editors_read(text.replace(right, slip)), schema)


def test_the_hooks_of_the_page_are_published() -> None:
    published = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))
    page = (TOP / "docs" / "editors.md").read_text("utf-8")

    assert set(re.findall(r"- id: (\S+)", page)) == {hook["id"] for hook in published}
    pattern = re.compile(published[0]["files"])
    for name in ("flows/заявка.yaml", "desk/faq.yaml", "tables/услуги.csv", "config.yaml"):
        assert pattern.search(name)
    assert not pattern.search("README.md")
