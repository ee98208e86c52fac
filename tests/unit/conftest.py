"""What goes into the log."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """What goes into the log, line by line: its fields, with `event` and `level`."""
    lines: list[dict[str, Any]] = []

    def keep(_: object, level: str, line: Any) -> Any:
        lines.append({**line, "level": level})
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, keep],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )
    yield lines
    structlog.configure(**before)
