"""Lengths of time as a maintainer writes them."""

import re

_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_DURATION = re.compile(r"(?:\d{1,9}(?:ms|s|m|h|d|w)\s*)+", re.ASCII)
_PART = re.compile(r"(\d+)(ms|s|m|h|d|w)", re.ASCII)
_UNIT_OF = {
    "сек": "s", "с": "s", "sec": "s", "мин": "m", "м": "m", "min": "m", "час": "h", "ч": "h", "hou": "h",
    "ден": "d", "дня": "d", "дне": "d", "дн": "d", "д": "d", "day": "d", "нед": "w", "wee": "w",
}  # fmt: skip
_SPOKEN = re.compile(
    r"(\d{1,6}) ?(сек(?:унд[аы]?)?|с|sec(?:onds?)?|мин(?:ут[аы]?)?|м|min(?:utes?)?|час(?:а|ов)?|ч|hours?|день|дня|дней|дн"
    r"|д|days?|недел[яию]|недель|нед|weeks?)\.?"
)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def duration(text: str) -> int | None:
    """Milliseconds of `15m`, `24h`, `1h 30m`, `30d`; None for anything else."""
    if not _DURATION.fullmatch(text.strip()):
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def meant(text: str) -> str:
    """`20m` for «20 минут», «20 min» and the like; "" where no such thing was meant."""
    found = _SPOKEN.fullmatch(text.strip().casefold())
    return f"{found[1]}{_UNIT_OF[found[2][:3]]}" if found else ""


def clock(text: str) -> int | None:
    """Minutes after midnight of `09:00`; None for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None
