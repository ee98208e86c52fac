"""Structured logs: readable on a terminal, JSON lines otherwise. Never a customer's words, never a secret.

An exception's text may quote what was being sent or parsed, so faults are logged by their class and place.
"""

import logging
import sys
from typing import TextIO

import structlog


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send all logs to `stream` (standard error by default)."""
    target = stream or sys.stderr
    last: structlog.typing.Processor
    if target.isatty():
        last = structlog.dev.ConsoleRenderer()
    else:
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )


def fault(problem: BaseException) -> dict[str, str]:
    """A problem as fields for a log line: its class, and the line of code it came from."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
    return {"problem": type(problem).__name__, "where": place}
