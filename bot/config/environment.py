"""What comes from outside the file: `${NAME}` from the environment or `.env`, and secrets in files."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from bot.source import Mapping as MappingNode
from bot.source import Report, Scalar, Sequence, Tree, read_text

_NAME = re.compile(r"\$\{(\w+)\}")
_LINE = re.compile(r"\s*(?:export\s+)?([^\W\d]\w*)\s*=\s*(.*?)\s*$")


def environment(project: Path, report: Report) -> dict[str, str]:
    """The process's environment over the lines of `.env`."""
    values = _dotenv(project, report) if (project / ".env").is_file() else {}
    return {**values, **os.environ}


def _dotenv(project: Path, report: Report) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, line in enumerate((read_text(project, ".env", report) or "").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None:
            # The line itself is not shown: it may be half a secret.
            report.source.lines[number - 1] = ""
            report.mark("E611", number, 1, 2)
        else:
            values[found[1]] = _unquoted(found[2])
    return values


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value.split(" #", maxsplit=1)[0].rstrip()


def fill_in(tree: Tree, values: Mapping[str, str], report: Report) -> None:
    """Put values where their names stand; a name without a value is noted and left as it is."""
    match tree:
        case Scalar():
            tree.value = _filled(tree, values, report)
        case Sequence():
            for item in tree.items:
                fill_in(item, values, report)
        case MappingNode():
            for _, value in tree.entries:
                fill_in(value, values, report)


def _filled(scalar: Scalar, values: Mapping[str, str], report: Report) -> str:
    names = _NAME.findall(scalar.value)
    for name in names:
        if not values.get(name):
            report.add("W610", scalar, name=name)
    return (
        _NAME.sub(lambda found: values.get(found[1]) or found[0], scalar.value)
        if names
        else scalar.value
    )
