"""Structured logs: readable on a terminal, JSON lines otherwise. Never a customer's words, never a secret.

An exception's text may quote what was being sent or parsed, so faults are logged by their class and place. Whatever a
line holds all the same passes a last guard that masks secrets.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO
from urllib.parse import quote

import structlog

MASK = "•••"
SHORTEST = 4
"""A secret of fewer characters cannot be told from other text."""

# What tokens look like, wherever they come from: a bot's alone, a bot's in a URL, VK's, what is named so in a query.
_TOKENS = re.compile(
    r"""\b\d{5,}:[\w-]{30,}
    | (?<=/bot)[^/\s'"]+
    | \bvk1\.a\.[\w-]{20,}
    | (?<=access_token[=:])[^&\s'"]+
    | (?<=://)[^/@\s]+:[^/@\s]+(?=@)""",
    re.ASCII | re.VERBOSE,
)


class Guard:
    """Masks secrets in every text of a log line, however deep; what is no text is told in text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for one in secrets for form in (one, quote(one, safe=""))}
        known = sorted((one for one in forms if len(one) >= SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(
        self, _: object, __: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        return {name: self._guarded(value) for name, value in line.items()}

    def mask(self, text: str) -> str:
        """The text without secrets."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        return _TOKENS.sub(MASK, text)

    def _guarded(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {self._guarded(name): self._guarded(one) for name, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._guarded(one) for one in value]
        return self.mask(str(value) if isinstance(value, str) else repr(value))


SPARED = 60.0
"""For so many seconds a complaint is not made again in the same words."""
COMPLAINTS = 1_000
"""So many of them are remembered."""


class Sparing:
    """Leaves out complaints that were made just so a moment ago: of a full disk six loops tell every second, and would fill
    it further. The next one that is written says how many were left out (`repeated`). `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made: dict[str, tuple[float, int]] = {}

    def __call__(
        self, _: object, __: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        if line["level"] not in {"warning", "error", "critical"}:
            return line
        words, now = repr(sorted(line.items())), self._clock()
        at, left_out = self._made.get(words, (-SPARED, 0))
        if now < at + SPARED:
            self._made[words] = at, left_out + 1
            raise structlog.DropEvent
        if len(self._made) >= COMPLAINTS:
            self._made.clear()
        self._made[words] = now, 0
        return {**line, "repeated": left_out} if left_out else line


def configure(
    level: int = logging.INFO, stream: TextIO | None = None, secrets: Iterable[str] = ()
) -> None:
    """Send all logs to `stream` (standard error by default), those of libraries too, from warnings on."""
    target = stream or sys.stderr
    last: structlog.typing.Processor
    if target.isatty():
        last = structlog.dev.ConsoleRenderer()
    else:
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            _by_class,
            Sparing(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            Guard(secrets),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Libraries(logging.WARNING)]
    root.setLevel(logging.WARNING)


def fault(problem: BaseException) -> dict[str, str]:
    """A problem as fields for a log line: its class, and the line of code it came from."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
    return {"problem": type(problem).__name__, "where": place}


def _by_class(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A traceback that somebody asked for would quote what was being said: the fault's class and place instead."""
    asked = line.pop("exc_info", None)
    problem = sys.exc_info()[1] if asked is True else asked
    if isinstance(problem, tuple):
        problem = problem[1]
    if isinstance(problem, BaseException):
        line = {**fault(problem), **line}
    return line


class _Libraries(logging.Handler):
    """What libraries log: who, where, and the words that stand in their code. What they filled in may be anybody's."""

    def emit(self, record: logging.LogRecord) -> None:
        problem = record.exc_info[1] if record.exc_info else None
        said = str(record.msg) if record.args or record.name == "asyncio" else ""
        words = said.splitlines()[0][:200] if said else ""
        where = {"where": f"{record.pathname}:{record.lineno}"}
        log = structlog.get_logger(record.name)
        log.log(
            record.levelno,
            "a library complains",
            library=record.name,
            **({"words": words} if words else {}),
            **(fault(problem) if problem is not None else where),
        )
