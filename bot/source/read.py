"""A file of the project, read with every caution: a tree, or findings that say why there is none."""

import gc
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from yaml.error import MarkedYAMLError

from bot.check.finding import Word
from bot.source.report import Report
from bot.source.traps import LONG_DASH, diagnose
from bot.source.tree import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    Source,
    Tree,
    composed,
    quoted,
    source_of,
)

MAX_BYTES = 8_000_000
MAX_DEPTH = 60
MAX_NODES = 200_000
_MAX_MENDS = 50
_BAD = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_BREAK = "\u00a0\u202f"
_CURLY, _CLOSING = ("“", "„", "‘"), ("”", "“", "’")
_QUOTES = frozenset({*_CURLY, *_CLOSING})
_BRACKET = re.compile(r"[\[\]{}]")
_STAIRS = re.compile(rf"^(?: {{{MAX_DEPTH}}}| *(?:[-?:][ \t]+){{{MAX_DEPTH}}})", re.MULTILINE)
_Composer: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Composer):  # type: ignore[misc]
    """Leaves types to the schema: looking for dates and numbers in every scalar would take a third of the time."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        return _UNTYPED

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        return None

    def ascend_resolver(self) -> None:
        return None


_UNTYPED = "tag:yaml.org,2002:str"


def read(project: Path, path: str, report: Report) -> Tree | None:
    """The tree of a YAML file; None, with findings in the report, where it cannot be had. An empty file is a blank
    `Scalar`."""
    text = read_text(project, path, report)
    return None if text is None else parse(text, report)


def read_text(project: Path, path: str, report: Report) -> str | None:
    """The text of a file below the project, decoded; None where the report says why not."""
    data = read_bytes(project, path, report)
    if data is None:
        return None
    text = _decode(data, report)
    if text is None:
        return None
    report.source = source_of(path, text)
    return text


def read_bytes(project: Path, path: str, report: Report, limit: int = MAX_BYTES) -> bytes | None:
    """The bytes of a regular file that lies inside the project."""
    full = find(project, path, report, limit)
    try:
        return full.read_bytes() if full is not None else None
    except OSError:
        report.mark("E015", reason=Word("unreadable_file"))
        return None


def find(project: Path, path: str, report: Report, limit: int) -> Path | None:
    """A regular file that lies inside the project and is not bigger than `limit` bytes."""
    full = project / path
    try:
        if not full.resolve().is_relative_to(project.resolve()):
            report.mark("E016", path=path)
            return None
        found = full.stat()
    except FileNotFoundError:
        report.mark("E015", reason=Word("missing_file"))
    except (OSError, RuntimeError, ValueError):
        report.mark("E015", reason=Word("unreadable_file"))
    else:
        if not stat.S_ISREG(found.st_mode):
            report.mark("E015", reason=Word("not_a_file"))
        elif found.st_size > limit:
            report.mark("E017", size=found.st_size // 1_000_000, limit=limit // 1_000_000)
        else:
            return full
    return None


def _decode(data: bytes, report: Report) -> str | None:
    if (
        data.startswith((b"\xff\xfe", b"\xfe\xff"))
        or data[1:8:2] == b"\0\0\0\0"
        or data[:7:2] == b"\0\0\0\0"
    ):
        report.mark("E014")
        return None
    if b"\0" in data:
        report.mark("E013")
        return None
    if data.startswith(b"\xef\xbb\xbf"):
        if not report.source.path.endswith(
            ".csv"
        ):  # Excel puts it there, and nobody can tell it not to
            report.mark("W001")
        data = data[3:]
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        if not _is_cp1251(data):
            report.mark("E013", line, column, column + 1)
        else:
            excel = Word("save_from_excel") if report.source.path.endswith(".csv") else ""
            report.mark("E010", line, column, column + 1, excel=excel)
        return None


def _is_cp1251(data: bytes) -> bool:
    """Whether the bytes beyond ASCII are mostly Russian letters of Windows-1251."""
    high = [byte for byte in data if byte >= 0x80]
    return sum(byte >= 0xC0 or byte in {0xA8, 0xB8, 0xB9} for byte in high) > 0.7 * len(high)


def parse(text: str, report: Report) -> Tree | None:
    """The tree of a text. What must be quoted is noted, quoted in memory, and read on, so that all is found at once."""
    source = report.source
    if _signs(text, report) or _too_deep(text, report):
        return None
    for _ in range(_MAX_MENDS):
        try:
            with no_collection():
                node = yaml.compose(text, Loader=_Loader)
        except MarkedYAMLError as error:
            trap = diagnose(source, error)
            report.mark(
                trap.code,
                trap.line,
                trap.column,
                trap.end_column,
                replacement=trap.replacement,
                **trap.arguments,
            )
            mended = _mend(source, trap.line, trap.column, trap.end_column, trap.replacement)
            if mended is None or mended.text == text:
                return None
            source, text = mended, mended.text
        else:
            growing = _Growing(report)
            tree = growing.tree(node) if node is not None else _nothing()
            return None if growing.no_list else tree
    return None


def _signs(text: str, report: Report) -> bool:
    """Whether there are signs that no text file should hold."""
    bad = _BAD.search(text)
    if bad:
        before = source_of("", text[: bad.start()]).lines
        line, column = len(before), len(before[-1]) + 1
        report.mark("E021", line, column, column + 1, sign=f"U+{ord(bad[0]):04X}")
    return bad is not None


def _nothing() -> Scalar:
    return Scalar(1, 1, 1, 1, "")


def _mend(
    source: Source, line: int, column: int, end: int, replacement: str | None
) -> Source | None:
    if replacement is None:
        return None
    lines = [*source.lines]
    written = lines[line - 1]
    lines[line - 1] = written[: column - 1] + replacement + written[end - 1 :]
    return source_of(source.path, "\n".join(lines))


@contextmanager
def no_collection() -> Iterator[None]:
    """Reading makes many small objects and no garbage: a third of the time would go to looking for some."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _too_deep(text: str, report: Report) -> bool:
    """libyaml's composer recurses in C and would end the process; its events do not."""
    if text.count("\n") + text.count(",") + text.count(":") + text.count("- ") > MAX_NODES * 5 // 4:
        report.mark("E019", limit=MAX_NODES)
        return True
    depth = deepest = 0
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
        if deepest >= MAX_DEPTH:
            break
    if deepest < MAX_DEPTH and not _STAIRS.search(text):
        return False
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    mark: Any = event.start_mark
                    report.mark(
                        "E018", mark.line + 1, mark.column + 1, mark.column + 2, limit=MAX_DEPTH
                    )
                    return True
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return False
    return False


class _Growing:
    """From libyaml's nodes to ours: duplicate keys, tags, keys that are no text, aliases that grow too big."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._done: dict[int, tuple[Tree, int]] = {}
        self._open: set[int] = set()
        self.no_list = False
        """Whether a list was written with other signs than hyphens: what was read instead says nothing."""

    def tree(self, node: Any) -> Tree | None:
        try:
            return self._grow(node)[0]
        except RecursionError:
            self._report.mark("E019", limit=MAX_NODES)
            return None

    def _grow(self, node: Any) -> tuple[Tree, int]:
        known = self._done.get(id(node))
        if known:
            return known
        start, end = node.start_mark, node.end_mark
        place = (start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        if isinstance(node, yaml.ScalarNode):
            if not node.tag.startswith("tag:yaml.org,2002:"):
                self._report.add("E022", Node(*place), tag=node.tag)
            style = node.style or ""
            if not style and node.value[:1] in _CURLY:
                self._look_for_curly(node.value, place)
            return Scalar(*place, node.value if style else node.value.rstrip(_NO_BREAK), style), 1
        if id(node) in self._open:
            raise RecursionError
        self._open.add(id(node))
        grown = (
            self._sequence(node, place)
            if isinstance(node, yaml.SequenceNode)
            else self._mapping(node, place)
        )
        self._open.discard(id(node))
        self._done[id(node)] = grown
        if grown[1] > MAX_NODES:
            raise RecursionError
        return grown

    def _look_for_curly(self, text: str, place: tuple[int, int, int, int]) -> None:
        """`say: “Привет”`: what Word makes of quotes is part of the text to YAML."""
        inner = text[1:-1]
        if inner and text[-1] in _CLOSING and _QUOTES.isdisjoint(inner) and place[0] == place[2]:
            line, column = place[:2]
            self._report.mark(
                "W015",
                line,
                column,
                place[3],
                replacement=quoted(inner),
                first=text[0],
                last=text[-1],
            )

    def _sequence(self, node: Any, place: tuple[int, int, int, int]) -> tuple[Tree, int]:
        grown = [self._grow(item) for item in node.value]
        return Sequence(*place, [tree for tree, _ in grown]), 1 + sum(size for _, size in grown)

    def _mapping(self, node: Any, place: tuple[int, int, int, int]) -> tuple[Tree, int]:
        entries: list[tuple[Scalar, Tree]] = []
        seen: dict[str, Scalar] = {}
        size = 1
        for written, below in node.value:
            if not isinstance(written, yaml.ScalarNode):
                text = self._bad_key(written, place)
                if text is not None:
                    return text, 1
                continue
            key = self._grow(written)[0]
            assert isinstance(key, Scalar)
            self._look_for_dash(written)
            if below.start_mark.line > written.start_mark.line:
                self._look_for_dash(below)
            value, weight = self._grow(below)
            size += weight + 1
            name = composed(key.value)
            if name in seen:
                self._report.add("E023", key, key=key.value, other=seen[name].line)
                continue
            seen[name] = key
            entries.append((key, value))
        return Mapping(*place, entries), size

    def _look_for_dash(self, node: Any) -> None:
        """A list with dashes for hyphens is one long text to YAML."""
        if isinstance(node, yaml.ScalarNode) and not node.style:
            found = LONG_DASH.match(node.value)
            if found:
                line, column = node.start_mark.line + 1, node.start_mark.column + 1
                self._report.mark("E031", line, column, column + 1, sign=found[0])
                self.no_list = True

    def _bad_key(self, node: Any, place: tuple[int, int, int, int]) -> Scalar | None:
        """`say: {{ name }}` is a mapping within a mapping to YAML; the text that was meant is given back."""
        line = self._report.source.line(place[0])
        if not line.startswith("{{", place[1] - 1):
            mark = node.start_mark
            self._report.mark("E024", mark.line + 1, mark.column + 1, mark.column + 2)
            return None
        end = place[3] - 1 if place[2] == place[0] else len(line)
        text = line[place[1] - 1 : end]
        self._report.mark(
            "E003", place[0], place[1], end + 1, replacement=quoted(text), text=text, first="{{"
        )
        return Scalar(*place, text, '"')
