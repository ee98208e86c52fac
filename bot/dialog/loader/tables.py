"""`tables/<name>.yaml` and `.csv`: rows for `find`. Cells that are numbers are numbers."""

import csv
import io
from pathlib import Path
from typing import Any

from bot.check.finding import Word
from bot.dialog.loader.files import below, shown
from bot.dialog.loader.ids import check_id
from bot.dialog.loader.known import Table
from bot.source import Node, Report, Scalar, composed, read, read_text
from bot.source.plain import plain, plain_value

_SUFFIXES = (".yaml", ".yml", ".csv")


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
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[dict[str, Any]] = []
    places: list[dict[str, Node]] = []
    columns: list[str] = []
    try:
        columns = [composed(cell.strip()) for cell in next(reader, [])]
        if not all(columns) or len(set(columns)) < len(columns):
            report.mark("E242", 1, 1, len(first) + 1)
        for cells in reader:
            if len(cells) > len(columns):
                end = len(report.source.line(reader.line_num)) + 1
                report.mark("E243", reader.line_num, 1, end, cells=len(cells), columns=len(columns))
            elif any(cell.strip() for cell in cells):
                rows.append(dict(zip(columns, map(_cell, cells), strict=False)))
                places.append(_places(columns, cells, report, reader.line_num))
    except csv.Error:
        report.mark("E245", reader.line_num, 1, 2)
    return Table(tuple(rows), tuple(columns), tuple(places), report)


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
