"""`tables/<name>.yaml` and `.csv`: rows for `find`. Cells that are numbers are numbers."""

import csv
import io
import re
from pathlib import Path
from typing import Any

from bot.check.finding import Word
from bot.dialog.loader.files import below, shown
from bot.dialog.loader.ids import check_id
from bot.dialog.loader.known import Table
from bot.source import Mapping, Node, Report, Scalar, composed, read, read_text
from bot.source.plain import plain, plain_value

_SUFFIXES = (".yaml", ".yml", ".csv")
_EXCEL = re.compile(r"\ufeff?\"?sep=(.)\"?", re.IGNORECASE)


def read_tables(project: Path) -> tuple[dict[str, Table], list[Report]]:
    """Every table of a project by its name, and the reports of their files."""
    tables: dict[str, Table] = {}
    reports: list[Report] = []
    for path in below(project, "tables", _SUFFIXES, deep=False):
        report = Report(shown(path))
        reports.append(report)
        if shown(path) != path:
            report.mark("E015", reason=Word("bad_file_name"))
            continue
        name = check_id(Scalar(1, 1, 1, 1, Path(path).stem), report, Word("file_name"))
        read_one = _read_csv if path.endswith(".csv") else _read_yaml
        table = read_one(project, report)
        if name in tables:
            report.mark("E244", name=name)
        else:
            # One that cannot be read is there all the same, for those who name it.
            tables[name] = table or Table((), ())
    return tables, reports


def _read_yaml(project: Path, report: Report) -> Table | None:
    root = read(project, report.source.path, report)
    if root is None:
        return None
    if (
        isinstance(root, Mapping)
        and root.entries
        and all(isinstance(value, Mapping) for _, value in root.entries)
    ):
        report.add(
            report.codes.kind,
            root,
            expected=Word("rows"),
            where=Word("table"),
            found=Word("mapping"),
        )
        return None
    rows, cells = [], []
    for node in report.items(root):
        fields = report.fields(node, None, Word("row"))
        if fields.node:
            rows.append({name: plain(value) for name, value in fields.pairs()})
            cells.append(dict(fields.pairs()))
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    return Table(tuple(rows), columns, tuple(cells), report)


def _read_csv(project: Path, report: Report) -> Table | None:
    text = read_text(project, report.source.path, report)
    if text is None:
        return None
    delimiter, head = _delimiter(text)
    lines = io.StringIO(text, newline="")
    for _ in range(head):
        lines.readline()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    begins = head + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((head + reader.line_num, cells))
            begins = head + reader.line_num + 1
    except csv.Error:
        report.mark("E245", begins, 1, len(report.source.line(begins)) + 1)
        return None
    return _of_lines(found, report)


def _delimiter(text: str) -> tuple[str, int]:
    """What parts the cells, and how many lines stand before the names of the columns: `sep=;` is a note for Excel."""
    first = text.partition("\n")[0].rstrip("\r")
    note = _EXCEL.fullmatch(first)
    if note:
        return note[1], 1
    return max(";,\t", key=first.count), 0


def _of_lines(found: list[tuple[int, list[str]]], report: Report) -> Table | None:
    """The rows below the line with the names; columns without a name and a value, as Excel leaves them, are none."""
    line, names = found[0] if found else (1, [])
    columns = [composed(cell.strip()) for cell in names]
    while columns and not columns[-1] and not any(_has(cells, len(columns)) for _, cells in found):
        columns.pop()
    if not all(columns) or len(set(columns)) < len(columns):
        report.mark("E242", line, 1, len(report.source.line(line)) + 1)
        return None
    rows: list[dict[str, Any]] = []
    places: list[dict[str, Node]] = []
    for number, cells in found[1:]:
        if any(_has(cells, at) for at in range(len(columns) + 1, len(cells) + 1)):
            end = len(report.source.line(number)) + 1
            report.mark("E243", number, 1, end, cells=len(cells), columns=len(columns))
            continue
        rows.append(dict(zip(columns, map(_cell, cells), strict=False)))
        places.append(_places(columns, cells, report, number))
    return Table(tuple(rows), tuple(columns), tuple(places), report)


def _has(cells: list[str], at: int) -> bool:
    """Whether the cell number `at`, counted from 1, holds something."""
    return len(cells) >= at and cells[at - 1].strip() != ""


def _cell(text: str) -> Any:
    text = text.strip()
    return None if not text else plain_value(Scalar(1, 1, 1, 1, text, "" if text != "~" else '"'))


def _places(columns: list[str], cells: list[str], report: Report, line: int) -> dict[str, Node]:
    """Where the cells of a line stand; of a value in quotes or with line breaks only about where."""
    text, at, found = report.source.line(line), 0, {}
    for column, cell in zip(columns, cells, strict=False):
        start = max(text.find(cell.strip(), at), 0)
        at = start + len(cell.strip())
        found[column] = Node(line, start + 1, line, at + 1)
    return found
