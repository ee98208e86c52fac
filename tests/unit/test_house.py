"""The rules of the house that no tool checks for us."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parents[2]
SAY_NOTHING = {"manager", "handler", "service", "helper", "util", "processor", "context"}


def locked_versions() -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    lock = (TOP / "requirements.lock").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", lock, re.MULTILINE):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


def declared(*, for_use: bool = False) -> Iterator[Requirement]:
    """What pyproject.toml asks for; with `for_use` only what the installed product may import."""
    house = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    project = house["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    if not for_use:
        groups += [house["build-system"]["requires"], house["dependency-groups"]["dev"]]
    for group in groups:
        yield from map(Requirement, group)


def test_the_lock_holds_everything_that_is_declared() -> None:
    locked = locked_versions()
    for requirement in declared():
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not locked: run make lock"
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_the_lock_names_no_place_that_only_one_machine_has() -> None:
    lock = (TOP / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)[1:]

    assert not re.search(r"://|^-|^/| @ ", lock, re.MULTILINE)
    assert all("--hash=sha256:" in entry for entry in entries)


def imported() -> set[str]:
    trees = (
        ast.parse(path.read_text(encoding="utf-8"))
        for folder in ("bot", "adapters")
        for path in (TOP / folder).rglob("*.py")
    )
    modules: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module)
    return {module.split(".")[0] for module in modules} - set(sys.stdlib_module_names)


def test_what_is_imported_is_declared() -> None:
    names = {canonicalize_name(requirement.name) for requirement in declared(for_use=True)}
    owners = packages_distributions()
    undeclared = {
        module
        for module in imported() - {"bot", "adapters"}
        if not names & {canonicalize_name(owner) for owner in owners.get(module, [])}
    }
    assert undeclared == set()


def names_in(path: Path) -> Iterator[str]:
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def words_of(name: str) -> set[str]:
    words = re.findall(r"[A-ZА-ЯЁ]?[a-zа-яё]+", name)
    return {word.lower().removesuffix("s") for word in words}


def test_every_name_says_something() -> None:
    empty = [
        f"{path.relative_to(TOP)}: {name}"
        for folder in ("bot", "adapters")
        for path in sorted((TOP / folder).rglob("*.py"))
        for name in names_in(path)
        if words_of(name) & SAY_NOTHING
    ]
    assert empty == []
