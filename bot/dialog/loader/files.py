"""The files of a project by their kind."""

import os
from collections.abc import Iterator
from pathlib import Path

_LEFT_OUT = (".git", ".venv", "node_modules")


def below(
    project: Path, folder: str, suffixes: tuple[str, ...], *, deep: bool = True
) -> Iterator[str]:
    """The paths, relative to the project and with slashes, of the files below a folder, sorted; hidden ones and
    those in folders that may not be read are left out."""
    found: list[str] = []
    for root, folders, names in os.walk(project / folder):
        folders[:] = [
            name for name in folders if deep and not name.startswith(".") and name not in _LEFT_OUT
        ]
        found += [
            (Path(root) / name).relative_to(project).as_posix()
            for name in (*names, *folders)
            if name.endswith(suffixes) and not name.startswith(".")
        ]
    yield from sorted(found)


def shown(path: str) -> str:
    """A path that can be printed: bytes that are no text are replaced."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
