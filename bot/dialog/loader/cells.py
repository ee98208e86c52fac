"""Doubts about tables: texts in columns of numbers, which nothing is wrong with until they are compared, and names of
columns that one row writes in another way."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from bot.dialog.filters import as_number
from bot.dialog.flow import Find, Flow
from bot.dialog.loader.known import Table
from bot.source.nearest import nearest

_COMPARED = frozenset({"<", "<=", ">", ">="})
_FEW = 5
"""Of a column that nothing compares at most one cell in so many (or a single one) may be a slip; more are meant so."""


def check_cells(tables: Mapping[str, Table], flows: Iterable[Flow]) -> None:
    """Note texts in columns of numbers, and misspelt columns."""
    compared = set(_compared(flows))
    for name, table in tables.items():
        for column in table.columns:
            _check_column(table, column, compared=(name, column) in compared)
        _check_names(table)


def _compared(flows: Iterable[Flow]) -> Iterable[tuple[str, str]]:
    """Tables and columns that flows compare as numbers or sort by."""
    for flow in flows:
        for step in flow.steps.values():
            if isinstance(step, Find):
                yield from (
                    (step.table, one.column) for one in step.where if one.operator in _COMPARED
                )
                yield step.table, step.sort


def _check_column(table: Table, column: str, *, compared: bool) -> None:
    values = [
        (row.get(column), cells.get(column))
        for row, cells in zip(table.rows, table.cells, strict=False)
    ]
    numbers = sum(1 for value, _ in values if as_number(value) is not None)
    texts = [(value, node) for value, node in values if _is_text(value) and node is not None]
    few = len(texts) <= max(1, numbers // _FEW)
    if numbers < 2 or table.report is None or not (few or (compared and len(texts) < numbers)):
        return
    for text, node in texts:
        table.report.add("W247", node, name=column, value=str(text))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != "" and as_number(value) is None


def _check_names(table: Table) -> None:
    """Note a column of one row alone, where another one very like it is missing there and nowhere else."""
    many = Counter(column for cells in table.cells for column in cells)
    rows = len(table.cells)
    for cells in table.cells:
        missing = [column for column in table.columns if column not in cells]
        usual = [column for column in missing if many[column] == rows - 1 > 1]
        for column, node in cells.items() if usual else ():
            near = nearest(column, usual) if many[column] == 1 else ""
            if near and table.report is not None:
                table.report.add("W248", node, name=column, near=near)
