"""A tree of nodes, read by a table of keys into plain values; every mistake goes into the report."""

import re
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import msgspec

from bot.check.finding import Word
from bot.config.keys import ADAPTERS, CHANNELS, Key
from bot.config.settings import Secret
from bot.source import Fields, Node, Report, Scalar, Tree
from bot.source.nearest import nearest
from bot.source.plain import number, plain

_ADDRESS = re.compile(r"https?://[^\s/:?#]+(?::\d{1,5})?(?:[/?#]\S*)?\Z")

_SECRET_LENGTH = 8
"""What is shorter is no secret that anybody uses."""


class Reader:
    """Reads the groups of one file; secrets in files lie relative to `project`."""

    def __init__(self, project: Path, report: Report) -> None:
        self._project = project
        self._report = report

    def group(
        self, tree: Tree | None, keys: Mapping[str, Key], where: str | Word
    ) -> dict[str, Any]:
        """The values of a mapping with known keys, defaults filled in."""
        fields = self._report.fields(tree, _allowed(keys), where)
        values = {name: self._value(fields, name, key) for name, key in keys.items()}
        required = [name for name, key in keys.items() if key.required and values[name] is None]
        fields.require(*(name for name in required if f"{name}_file" not in fields))
        return values

    def channel(self, name: str, tree: Tree, key: Node) -> tuple[str, dict[str, Any]]:
        """A channel's kind and settings: the kind is the key itself unless `kind` says another. `key`: where it
        stands."""
        asked = self._report.fields(tree, None, name)
        kind = asked.text("kind") or name
        keys = CHANNELS.get(kind)
        if isinstance(tree, Scalar) and tree.null:
            for needed in (one for one, said in (keys or {}).items() if said.required):
                self._report.add("E603", key, where=name, key=needed)
        if keys is None:
            near = nearest(kind, CHANNELS)
            installed = {point.name for point in entry_points(group=ADAPTERS)}
            if kind not in installed:
                place = asked.at("kind") if asked.text("kind") else key
                self._report.add(
                    "E604", place, value=kind, where="channels", near=near,
                    allowed=", ".join(CHANNELS), replacement=near or None,
                )  # fmt: skip
            settings = _guarded(plain(tree))
            return kind, settings if isinstance(settings, dict) else {}
        settings = self.group(tree, keys, name)
        del settings["kind"]
        return kind, {key: value for key, value in settings.items() if value is not None}

    def _value(self, fields: Fields, name: str, key: Key) -> Any:
        if key.kind == "secret":
            return self._secret(fields, name)
        tree = fields.get(name)
        if key.kind == "group":
            return None if tree is None and _demanding(key) else self.group(tree, key.keys, name)
        if key.kind == "named":
            return self._named(fields, name, key)
        return key.default if tree is None else self._written(fields, name, key, tree)

    def _written(self, fields: Fields, name: str, key: Key, tree: Tree) -> Any:
        match key.kind:
            case "integer":
                return fields.integer(name, key.default, low=key.low, high=key.high)
            case "number":
                return self._number(fields, name)
            case "duration":
                return fields.duration(name, key.default)
            case "yes":
                return fields.yes(name, key.default)
            case "one_of":
                return fields.one_of(name, key.choices, key.default)
            case "texts":
                return fields.texts(name)
            case "any":
                return tree
            case _:
                written = fields.text(name, key.default)
                if key.address and written and not _ADDRESS.match(written) and "${" not in written:
                    self._report.add("E617", fields.at(name), name=name, value=written)
                return written

    def _named(self, fields: Fields, name: str, key: Key) -> dict[str, Any]:
        assert key.of is not None
        if key.of.kind == "group":
            return {
                entry.value: self.group(tree, key.of.keys, entry.value)
                for entry, tree in fields.entries(name)
            }
        if key.of.kind == "secret":
            nested = fields.fields(name, None)
            named = (entry.removesuffix("_file") for entry in nested.keys())  # noqa: SIM118
            return {entry: self._secret(nested, entry) for entry in named}
        return {entry.value: tree for entry, tree in fields.entries(name)}

    def _number(self, fields: Fields, name: str) -> float | None:
        written = fields.text(name)
        found = number(written)
        if found is not None and found > 0:
            return float(found)
        if written:
            self._report.add(
                "E602", fields.at(name), expected=Word("number"), where=name, found=written
            )
        return None

    def _secret(self, fields: Fields, name: str) -> Secret | None:
        file = fields.text(f"{name}_file")
        if not file:
            written = fields.text(name)
            self._look_for_secret(fields.get(name), written, name)
            return Secret(written) if written else None
        try:
            return Secret((self._project / file).read_text("utf-8").strip())
        except (OSError, UnicodeDecodeError):
            self._report.add("E612", fields.at(f"{name}_file"), path=file)
            return None

    def _look_for_secret(self, node: Tree | None, written: str, name: str) -> None:
        """A secret that stands in the file itself; one of another place, `${NAME}`, is found there as it is written."""
        if not isinstance(node, Scalar) or len(written) < _SECRET_LENGTH:
            return
        here = self._report.source.line(node.line)[node.column - 1 : node.end_column - 1]
        if "${" in here or (_ADDRESS.match(written) and "@" not in written):
            return
        variable = name.upper()
        self._report.mark(
            "W611", node.line, node.column, node.end_column,
            name=name, variable=variable, reference=f"${{{variable}}}",
        )  # fmt: skip
        found = self._report.findings
        found[:] = [
            msgspec.structs.replace(one, source=one.source.replace(here, "•" * len(here)))
            for one in found
        ]


def _allowed(keys: Mapping[str, Key]) -> list[str]:
    files = [f"{name}_file" for name, key in keys.items() if key.kind == "secret"]
    return [*keys, *files]


def _demanding(key: Key) -> bool:
    """A group that cannot stand on defaults alone is None where it is not written."""
    return any(inner.required for inner in key.keys.values())


def _guarded(value: Any) -> Any:
    """Every text as a secret: of a kind that we do not know we cannot tell which are."""
    match value:
        case str():
            return Secret(value)
        case list():
            return [_guarded(item) for item in value]
        case dict():
            return {key: _guarded(inner) for key, inner in value.items()}
        case _:
            return value
