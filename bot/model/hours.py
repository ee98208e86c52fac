"""Working hours: is anybody here, when next, and how long in working time.

Hours are what the clock on the wall says: a shift from 09:00 is open at every instant whose local time lies in it. So
on the night when clocks go forward a shift loses the hour that does not exist, and when they go back it gets the hour
that comes twice.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec

MINUTE, DAY = 60_000, 86_400_000
_CHUNK = 8 * DAY
_EPOCH = date(1970, 1, 1).toordinal()
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RUSSIAN = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
_NUMBER = {name: number for days in (_DAYS, _RUSSIAN) for number, name in enumerate(days)}
_CLOSED = frozenset({"", "closed", "off", "выходной", "закрыто"})
_KEPT_CHUNKS = 64

Shift = tuple[int, int]
"""Minutes after local midnight, `end` not included; above 1440 it reaches into the next day."""

Span = tuple[int, int]
"""A stretch of time, ms UTC, the end not included."""

WHOLE_DAY: tuple[Shift, ...] = ((0, 1440),)


class HoursError(ValueError):
    """Working hours that cannot be understood. `key` is the key or date that is wrong; `ru` and `en` say why."""

    def __init__(self, key: str, ru: str, en: str) -> None:
        super().__init__(f"{key}: {en}")
        self.key, self.ru, self.en = key, ru, en


class Hours(msgspec.Struct, frozen=True, dict=True, omit_defaults=True):
    """When people are here. `week` holds the shifts of Monday to Sunday; `exceptions` pairs (days since the epoch,
    shifts) of days that are unlike their weekday: holidays have none, moved days those of another weekday."""

    week: tuple[tuple[Shift, ...], ...] = (WHOLE_DAY,) * 7
    exceptions: tuple[tuple[int, tuple[Shift, ...]], ...] = ()
    timezone: str = "UTC"

    def is_open(self, now: int) -> bool:
        """Whether somebody is here at `now`."""
        start, end, is_open = self._last[0]
        if start <= now < end:
            return is_open
        number = now // _CHUNK
        spans = self._chunk(number)
        at = bisect_right(spans, (now, 1 << 62)) - 1
        is_open = at >= 0 and now < spans[at][1]
        if is_open:
            start, end = spans[at]
        else:
            start = spans[at][1] if at >= 0 else number * _CHUNK
            end = spans[at + 1][0] if at + 1 < len(spans) else (number + 1) * _CHUNK
        self._last[0] = (start, end, is_open)
        return is_open

    def next_open(self, now: int) -> int | None:
        """The first instant from `now` on when somebody is here (`now` itself while open), None for never."""
        span = next(self._spans(now), None)
        return None if span is None else max(now, span[0])

    def closes(self, now: int) -> int | None:
        """When the shift that is open at `now` ends; None if it never does, or if nobody is here now."""
        if not self.is_open(now):
            return None
        end = next(self._spans(now))[1]
        return None if end >= self._horizon(now) else end

    def add_working(self, start: int, duration: int) -> int | None:
        """The instant when `duration` ms of working time have passed since `start`, None for never."""
        if duration <= 0:
            return start
        if self.week == (WHOLE_DAY,) * 7 and not self.exceptions:
            return start + duration
        left = duration
        while True:
            horizon = self._horizon(start)
            for opens, closes in self._spans(start):
                begin = max(opens, start)
                if closes - begin >= left:
                    return begin + left
                left -= closes - begin
            if not any(self.week):
                return None
            start = horizon

    def working_between(self, start: int, end: int) -> int:
        """How many ms of working time lie between two instants; negative if they are the wrong way round."""
        if end < start:
            return -self.working_between(end, start)
        numbers = range(start // _CHUNK, end // _CHUNK + 1)
        return sum(
            max(0, min(closes, end) - max(opens, start))
            for number in numbers
            for opens, closes in self._chunk(number)
        )

    def local(self, at: int) -> datetime:
        """The wall clock's date and time at an instant."""
        return datetime.fromtimestamp(at / 1000, self._zone)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def _last(self) -> list[tuple[int, int, bool]]:
        # The stretch asked about last, as long as the hours do not change in it: the clock seldom leaves it.
        return [(0, 0, False)]

    @cached_property
    def _chunks(self) -> dict[int, list[Span]]:
        return {}

    @cached_property
    def _unusual(self) -> dict[int, tuple[Shift, ...]]:
        return dict(self.exceptions)

    def _horizon(self, now: int) -> int:
        """From here on every week is like the one before, but for the clocks."""
        last = max((day for day, _ in self.exceptions), default=0) * DAY
        return (max(now, last) // _CHUNK + 3) * _CHUNK

    def _spans(self, now: int) -> Iterator[Span]:
        """Stretches that end after `now`, merged, in order, up to the horizon."""
        held: Span | None = None
        for number in range(now // _CHUNK, self._horizon(now) // _CHUNK):
            for opens, closes in self._chunk(number):
                if closes <= now:
                    continue
                if held is None:
                    held = (opens, closes)
                elif opens == held[1]:
                    held = (held[0], closes)
                else:
                    yield held
                    held = (opens, closes)
        if held is not None:
            yield held

    def _chunk(self, number: int) -> list[Span]:
        """The open stretches inside one chunk of time, merged and sorted."""
        known = self._chunks.get(number)
        if known is None:
            if len(self._chunks) >= _KEPT_CHUNKS:
                self._chunks.clear()
            begin = number * _CHUNK
            known = self._chunks[number] = self._open_between(begin, begin + _CHUNK)
        return known

    def _open_between(self, begin: int, end: int) -> list[Span]:
        found: list[Span] = []
        for start, stop, offset in self._offsets(begin, end):
            found += _clipped(self._wall(start + offset, stop + offset), start, stop, offset)
        found.sort()
        return _merged(found)

    def _wall(self, begin: int, end: int) -> Iterator[Span]:
        """Shifts that may touch a stretch of local time, in ms of the wall clock."""
        for day in range(begin // DAY - 1, end // DAY + 1):
            shifts = self._unusual.get(day)
            for opens, closes in self.week[(day + 3) % 7] if shifts is None else shifts:
                yield day * DAY + opens * MINUTE, day * DAY + closes * MINUTE

    def _offsets(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """(start, stop, ms to add for local time) of stretches in which the clocks do not change."""
        start, offset = begin, self._offset(begin)
        for at in range(begin + DAY, end + DAY, DAY):
            after = self._offset(min(at, end))
            if after == offset:
                continue
            low, high = at - DAY, min(at, end)
            while high - low > MINUTE:
                middle = (low + high) // 2 // MINUTE * MINUTE
                low, high = (middle, high) if self._offset(middle) == offset else (low, middle)
            yield start, high, offset
            start, offset = high, after
        if start < end:
            yield start, end, offset

    def _offset(self, at: int) -> int:
        shift = self.local(at).utcoffset() or timedelta()
        return round(shift.total_seconds()) * 1000


ALWAYS = Hours()
"""Round the clock: what holds when nothing is configured."""


def _clipped(shifts: Iterator[Span], start: int, stop: int, offset: int) -> list[Span]:
    inside = [(max(a - offset, start), min(b - offset, stop)) for a, b in shifts]
    return [(a, b) for a, b in inside if a < b]


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for opens, closes in spans:
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return merged


def parse_hours(
    week: Mapping[str, str],
    *,
    timezone: str = "UTC",
    holidays: Sequence[str] = (),
    moved: Mapping[str, str] | None = None,
) -> Hours:
    """Hours as the configuration writes them: `{mon-fri: "09:00-13:00, 14:00-19:00", sat: "10:00-16:00"}`.

    Days that are not named are closed; a single day overrides a range that holds it. A shift may reach over midnight
    (`22:00-02:00`) or be `24h`. `holidays` are dates (YYYY-MM-DD); `moved` says what a date is like: another
    weekday (`2027-01-09: mon`), shifts of its own, or `closed`. Raises `HoursError`.
    """
    _check_timezone(timezone)
    days: list[tuple[Shift, ...]] = [()] * 7
    for key in sorted(week, key=lambda key: not _is_range(key)):
        shifts = _shifts(key, week[key])
        for number in _weekdays(key):
            days[number] = shifts
    exceptions: dict[int, tuple[Shift, ...]] = {_day(text): () for text in holidays}
    for text, like in (moved or {}).items():
        weekday = _NUMBER.get(like.strip().casefold())
        exceptions[_day(text)] = _shifts(text, like) if weekday is None else days[weekday]
    return Hours(tuple(days), tuple(sorted(exceptions.items())), timezone)


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        ru = f"нет такого часового пояса «{name}»; пример: Europe/Moscow"
        raise HoursError(
            "timezone", ru, f"no such time zone: {name!r}; write for example Europe/Moscow"
        ) from None


def _is_range(key: str) -> bool:
    return "-" in key or "," in key


def _weekdays(key: str) -> Iterator[int]:
    """The weekdays that a key names: `mon`, `mon-fri`, `sat, sun`, `sat-mon`."""
    for part in key.casefold().split(","):
        first, _, last = (piece.strip() for piece in part.partition("-"))
        begin, end = _NUMBER.get(first), _NUMBER.get(last or first)
        if begin is None or end is None:
            ru = "не день недели; пишите mon, tue, wed, thu, fri, sat, sun или промежуток mon-fri"
            raise HoursError(
                key,
                ru,
                "not a weekday; write mon, tue, wed, thu, fri, sat, sun or a range like mon-fri",
            )
        yield from ((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def _shifts(key: str, text: str) -> tuple[Shift, ...]:
    words = text.strip().casefold()
    if words in _CLOSED:
        return ()
    if words in {"24h", "24ч"}:
        return WHOLE_DAY
    shifts = sorted(_shift(key, part) for part in words.replace("–", "-").split(","))
    for (_, end), (begin, _) in pairwise(shifts):
        if begin < end:
            raise HoursError(key, f"промежутки пересекаются: {text}", f"shifts overlap: {text}")
    return tuple(shifts)


def _shift(key: str, text: str) -> Shift:
    first, _, last = text.partition("-")
    begin, end = _minutes(first), _minutes(last)
    if begin is None or end is None or begin == 1440:
        ru = f"не время работы: «{text.strip()}»; пишите 09:00-19:00, 24h или closed"
        raise HoursError(
            key, ru, f"not working hours: {text.strip()!r}; write 09:00-19:00, 24h or closed"
        )
    if begin == end:
        ru = f"пустой промежуток: «{text.strip()}»; для круглых суток пишите 24h"
        raise HoursError(
            key, ru, f"an empty shift: {text.strip()!r}; write 24h for round the clock"
        )
    return begin, end if end > begin else end + 1440


def _minutes(text: str) -> int | None:
    """`HH:MM` as minutes after midnight, 24:00 included."""
    hours, colon, minutes = text.strip().partition(":")
    if not (
        colon
        and hours.isdecimal()
        and minutes.isdecimal()
        and len(minutes) == 2
        and len(hours) <= 2
    ):
        return None
    total = int(hours) * 60 + int(minutes)
    return total if int(minutes) < 60 and total <= 1440 else None


def _day(text: str) -> int:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC).toordinal() - _EPOCH
    except ValueError:
        ru = f"не дата: «{text}»; пишите ГГГГ-ММ-ДД, например 2027-01-01"
        raise HoursError(
            text, ru, f"not a date: {text!r}; write YYYY-MM-DD, for example 2027-01-01"
        ) from None
