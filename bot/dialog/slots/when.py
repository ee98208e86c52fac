"""Dates, kept as `2026-06-15`, and times of day, kept as `09:30`."""

import datetime as dt

from bot.dialog.clocks import is_some_time, read_clock, read_time
from bot.dialog.dates import Day, local, read_date, read_day
from bot.dialog.filters import date as shown_date
from bot.dialog.slots.base import Asking, Bad, Parameter, Simple, SlotError, TypeDescription, Value
from bot.model.message import Message


class DateType(Simple, frozen=True):
    """A day, between limits that may move with today."""

    first: Day | None = None
    last: Day | None = None
    kind: str = "date"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """The day as ISO."""
        text = message.text.plain
        if not text:
            return Bad("no_text")
        today = local(asking.now, asking.timezone).date()
        found = read_day(text, today) if len(text) < 100 else None
        if found is None:
            return Bad("not_a_date")
        iso = found[0].isoformat()
        if self.first is not None and iso < self.first.on(today):
            return Bad("too_small", limits=True)
        if self.last is not None and iso > self.last.on(today):
            return Bad("too_big", limits=True)
        return iso

    def beside(self, message: Message, asking: Asking) -> str:
        """What the message says of the time of that day: «в 15:00», «утром»; often nothing."""
        today = local(asking.now, asking.timezone).date()
        found = read_day(message.text.plain, today)
        return found[1] if found is not None else ""

    def show(self, value: Value, language: str = "ru") -> str:
        """The day as `15.06.2026`."""
        return shown_date(value, language=language)

    def equal(self, value: Value, written: object) -> bool:
        """The same day, written as ISO or ДД.ММ.ГГГГ."""
        day = read_date(str(written), dt.date(1, 1, 1))
        return bool(value == written) or (day is not None and value == day.isoformat())


class TimeType(Simple, frozen=True):
    """A time of day, between limits."""

    first: str | None = None
    last: str | None = None
    kind: str = "time"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """The time as `09:30`."""
        text = message.text.plain
        if not text:
            return Bad("no_text")
        found = read_time(text) if len(text) < 60 else None
        if found is None:
            today = local(asking.now, asking.timezone).date()
            day = read_day(text, today) if len(text) < 60 else None
            if day is not None and day[1]:
                return Bad("with_a_day")
            return Bad("not_a_time", limits=len(text) < 60 and is_some_time(text))
        clock, bare = found
        if bare and self.first is not None and clock < self.first:
            clock = self._afternoon(clock)
        if self.first is not None and clock < self.first:
            return Bad("too_small", limits=True)
        if self.last is not None and clock > self.last:
            return Bad("too_big", limits=True)
        return clock

    def _afternoon(self, clock: str) -> str:
        """Who is asked for an hour between 9 and 19 means the afternoon by «в 3», and nobody comes at six in the morning;
        from seven on it may be the morning, unless only the evening lies within the limits."""
        later = f"{int(clock[:2]) + 12}{clock[2:]}"
        sure = clock < "07:00" or (self.last is not None and later <= self.last)
        return later if sure else clock

    def equal(self, value: Value, written: object) -> bool:
        """The same time, however it is written."""
        return bool(value == written) or value == read_clock(str(written))


def _date(**limits: Day | None) -> DateType:
    first, last = limits["from"], limits["to"]
    some_day = dt.date(2026, 1, 1)
    # A fixed day and a moving one cannot be compared for all days to come.
    if (
        first
        and last
        and bool(first.fixed) == bool(last.fixed)
        and first.on(some_day) > last.on(some_day)
    ):
        raise SlotError("bad_order", "from", least="from", most="to")
    return DateType(first, last)


def _time(**limits: str | None) -> TimeType:
    first, last = limits["from"], limits["to"]
    if first and last and first > last:
        raise SlotError("bad_order", "from", least="from", most="to")
    return TimeType(first, last)


DATE = TypeDescription(
    "date",
    "a day: 15.06, 15.06.2026, tomorrow, on Friday",
    "день: 15.06, 15.06.2026, завтра, в пятницу",
    {
        "from": Parameter(
            "date",
            "the first day: ISO, today, today+1d",
            "первый день: 2026-06-15, today, today+1d",
        ),
        "to": Parameter(
            "date", "the last day: ISO, today+30d", "последний день: 2026-06-15, today+30d"
        ),
    },
    _date,
)
TIME = TypeDescription(
    "time",
    "a time of day: 9:30, 9, 9 am",
    "время: 9:30, 9, 9 утра",
    {
        "from": Parameter("time", "the earliest, 09:00", "самое раннее, 09:00"),
        "to": Parameter("time", "the latest, 18:00", "самое позднее, 18:00"),
    },
    _time,
)
