"""Lengths of time as a maintainer writes them."""

import re

_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_DURATION = re.compile(r"(?:\d{1,9}(?:ms|s|m|h|d|w)\s*)+", re.ASCII)
_PART = re.compile(r"(\d+)(ms|s|m|h|d|w)", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def duration(text: str) -> int | None:
    """Milliseconds of `15m`, `24h`, `1h 30m`, `30d`; None for anything else."""
    if not _DURATION.fullmatch(text.strip()):
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def clock(text: str) -> int | None:
    """Minutes after midnight of `09:00`; None for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None
