"""Days as people write them, in Russian and English. Pure: what day it is comes in as an argument.

Strict forms first (15.06, 15.06.2026, 15.06.26, 2026-06-15), then words (сегодня, завтра, в пятницу, 15 июня,
через 3 дня; today, on Friday, June 15, in 3 days). A day without a year is the next such day, today included; a day
of the week is the next one, today not included: who means today says so.
"""

import datetime as dt
import functools
import re
import zoneinfo

import msgspec

from bot.dialog.clocks import in_figures, is_time, without_civility
from bot.faq import normalise

Date = dt.date

# Words read better than quotes.
_RUSSIAN_MONTHS = """
    январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр
    """.split()  # noqa: SIM905
_ENGLISH_MONTHS = """
    january february march april may june july august september october november december
    """.split()  # noqa: SIM905
_WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "понедельник понедельнику пн monday mon",
            "вторник вторнику вт tuesday tue",
            "среда среду среде ср wednesday wed",
            "четверг четвергу чт thursday thu",
            "пятница пятницу пятнице пт friday fri",
            "суббота субботу субботе субота суботу сб saturday sat",
            "воскресенье воскресенью воскресение вс sunday sun",
        )
    )
    for name in names.split()
}
_NEAR_DAYS = {
    "сегодня": 0, "завтра": 1, "послезавтра": 2, "today": 0, "tomorrow": 1, "day after tomorrow": 2,
    "через неделю": 7, "через день": 2, "in a week": 7, "завтро": 1, "зафтра": 1, "послезавтро": 2,
}  # fmt: skip
_LEADING = re.compile(
    r"\A(?:на|в|во|к|ко|on|by|the|this|эту|этот|это|ближайшую|ближайший|ближайшее) "
)
_STRICT = re.compile(
    r"(\d{1,2})[./,-](\d{1,2})(?:[./,-](\d{4}|\d\d))?\.?(?: ?(?:г|год|года)\.?)?\Z", re.ASCII
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)\Z", re.ASCII)
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th| ?го| ?ого| ?е)? ?(?:of )?([^\W\d]+)(?: (\d{4})(?: (?:г|год|года))?)?\Z"
)
_MONTH_DAY = re.compile(r"([^\W\d]+) (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?\Z")
_DAY_ONLY = re.compile(r"(\d{1,2}) ?(?:го числа|ого числа|е число|числа|го|ого|е)\Z", re.ASCII)
_IN_DAYS = re.compile(r"(?:через|in) (\d{1,3}) (день|дня|дней|неделю|недели|недель|days?|weeks?)\Z")

_MOST_WORDS = 12


@functools.lru_cache(maxsize=64)
def zone(name: str) -> dt.tzinfo:
    """The time zone of that name; UTC if there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return dt.UTC


def local(now: int, timezone: str) -> dt.datetime:
    """What the calendar and the clock on the wall say at that ms."""
    return dt.datetime.fromtimestamp(now / 1000, zone(timezone))


def read_date(text: str, today: Date) -> Date | None:
    """The day that a text is, or None."""
    text = " ".join(text[:100].split())
    try:
        return _strict(text, today) or _words(text.lower(), today)
    except (ValueError, OverflowError):
        return None


def read_day(text: str, today: Date) -> tuple[Date, str] | None:
    """The day that a text names, and what it says about the time beside it («завтра в 15:00», "3pm tomorrow"); None if it
    names no day or says anything else."""
    text = " ".join(text[:100].split())
    words = without_civility(text).split()
    for end in range(len(words), 0, -1) if len(words) <= _MOST_WORDS else ():
        front, back = " ".join(words[:end]).rstrip(","), " ".join(words[end:])
        for day, time in ((front, back), (back, front)):
            found = read_date(day, today) if day and (not time or is_time(time)) else None
            if found is not None:
                return found, time
    return None


def _strict(text: str, today: Date) -> Date | None:
    iso = _ISO.match(text)
    if iso:
        return Date(int(iso[1]), int(iso[2]), int(iso[3]))
    found = _STRICT.match(text)
    if not found:
        return None
    return _day(int(found[1]), int(found[2]), found[3], today)


def _words(text: str, today: Date) -> Date | None:
    text = text if text in _NEAR_DAYS else _without_prepositions(normalise(text))
    if text in _NEAR_DAYS:
        return today + dt.timedelta(days=_NEAR_DAYS[text])
    if text in _WEEKDAYS:
        ahead = (_WEEKDAYS[text] - today.weekday() - 1) % 7 + 1
        return today + dt.timedelta(days=ahead)
    only = _DAY_ONLY.match(text)
    if only:
        return _next_of_month(int(only[1]), today)
    later = _IN_DAYS.match(in_figures(text))
    if later:
        week = later[2].startswith(("нед", "week"))
        return today + dt.timedelta(days=int(later[1]) * (7 if week else 1))
    return _named_month(text, today) or _with_weekday(text, today)


def _with_weekday(text: str, today: Date) -> Date | None:
    """«понедельник 15 июня», «15.06, пн»: where both are the same day."""
    words = [word for word in text.split() if word not in {"в", "во", "on"}]
    for name, rest in ((words[0], words[1:]), (words[-1], words[:-1])) if len(words) > 1 else ():
        if name in _WEEKDAYS and rest[-1] not in _WEEKDAYS:
            day = _strict(".".join(rest), today) if rest[0].isdecimal() else None
            day = day or _words(" ".join(rest), today)
            return day if day is not None and day.weekday() == _WEEKDAYS[name] else None
    return None


def _without_prepositions(text: str) -> str:
    for _ in range(2):
        text = _LEADING.sub("", text, count=1)
    return text


def _named_month(text: str, today: Date) -> Date | None:
    found = _DAY_MONTH.match(text)
    if found:
        day, word, year = found[1], found[2], found[3]
    else:
        found = _MONTH_DAY.match(text)
        if not found:
            return None
        day, word, year = found[2], found[1], found[3]
    month = _month(word)
    return _day(int(day), month, year, today) if month else None


def _month(word: str) -> int | None:
    for number, stem in enumerate(_RUSSIAN_MONTHS, 1):
        if (len(word) > 2 and stem.startswith(word)) or word in _forms(number, stem):
            return number
    for number, name in enumerate(_ENGLISH_MONTHS, 1):
        if word in (name, name[:3]):
            return number
    return None


def _forms(number: int, stem: str) -> tuple[str, ...]:
    if number == 5:
        return ("май", "мая")
    if number in (3, 8):
        return (stem, stem + "а")
    return (stem + "ь", stem + "я")


def _day(day: int, month: int, year: str | None, today: Date) -> Date:
    if year is None:
        return _next(day, month, today)
    if len(year) == 4:
        return Date(int(year), month, day)
    century = today.year // 100 * 100
    full = century + int(year)
    return Date(full if full <= today.year + 20 else full - 100, month, day)


def _next(day: int, month: int, today: Date) -> Date:
    for year in range(today.year, today.year + 9):
        try:
            found = Date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(f"{day}.{month}")


def _next_of_month(day: int, today: Date) -> Date:
    for ahead in range(13):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        try:
            found = Date(year, month + 1, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(f"{day}")


class Day(msgspec.Struct, frozen=True):
    """A limit of dates: a day, or `today` and a distance: `today+30d`, `today-18y`, `today+2w`, `today+1m`."""

    fixed: str = ""
    days: int = 0
    months: int = 0

    @classmethod
    def read(cls, text: str) -> "Day":
        """Raises ValueError."""
        text = "".join(text.lower().split())
        found = re.fullmatch(r"(?:today|сегодня)(?:([+-])(\d{1,5})([dwmyднмг]))?", text)
        if not found:
            return cls(fixed=_fixed(text).isoformat())
        if not found[1]:
            return cls()
        size = int(found[2]) * (-1 if found[1] == "-" else 1)
        unit = found[3]
        if unit in "dд":
            return cls(days=size)
        if unit in "wн":
            return cls(days=7 * size)
        return cls(months=size * (12 if unit in "yг" else 1))

    def on(self, today: Date) -> str:
        """The limit as ISO, seen from that day."""
        if self.fixed:
            return self.fixed
        try:
            moved = today + dt.timedelta(days=self.days)
        except OverflowError:
            return "9999-12-31" if self.days > 0 else "0001-01-01"
        if not self.months:
            return moved.isoformat()
        year, month = divmod(moved.year * 12 + moved.month - 1 + self.months, 12)
        for day in range(moved.day, moved.day - 4, -1):
            try:
                return Date(year, month + 1, day).isoformat()
            except ValueError:
                continue
        return "9999-12-31" if self.months > 0 else "0001-01-01"


def _fixed(text: str) -> Date:
    found = _ISO.match(text) or re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    if not found:
        raise ValueError(text)
    parts = [int(part) for part in found.groups()]
    return Date(*parts) if parts[0] > 31 else Date(parts[2], parts[1], parts[0])
