"""Cells of tables that are no numbers where a column holds numbers: nothing is wrong with them until they are compared."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.dialog.filters import as_number
from bot.dialog.flow import Find, Flow
from bot.dialog.loader.known import Table

_COMPARED = frozenset({"<", "<=", ">", ">="})
_FEW = 5
"""Of a column that nothing compares at most one cell in so many (or a single one) may be a slip; more are meant so."""


def check_cells(tables: Mapping[str, Table], flows: Iterable[Flow]) -> None:
    """Note texts in columns of numbers."""
    compared = set(_compared(flows))
    for name, table in tables.items():
        for column in table.columns:
            _check_column(table, column, compared=(name, column) in compared)


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
