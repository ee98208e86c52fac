"""Days and times of day as people write them, in Russian and English. Pure: what day it is comes in as an argument.

Strict forms first (15.06, 15.06.2026, 15.06.26, 2026-06-15), then words (сегодня, завтра, в пятницу, 15 июня,
через 3 дня; today, on Friday, June 15, in 3 days). A day without a year is the next such day, today included; a day
of the week is the next one, today not included: who means today says so.
"""

import datetime as dt
import functools
import re
import zoneinfo

import msgspec

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

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d)(?::\d\d)?)?\Z", re.ASCII)
_SPOKEN_CLOCK = re.compile(
    r"(?:в |во |к |at |by )?(\d{1,2})(?:[:.](\d\d))?"
    r"(?: ?(?:ч|час|часа|часов|o'clock)\.?)?(?: ?(утра|дня|вечера|ночи|am|pm))?\Z",
)
_NUMBERS: dict[str, int] = {
    form: number
    for number, forms in enumerate(
        (
            "два двух двум",
            "три трех трем",
            "четыре четырех четырем",
            "пять пяти",
            "шесть шести",
            "семь семи",
            "восемь восьми",
            "девять девяти",
            "десять десяти",
            "одиннадцать одиннадцати",
            "двенадцать двенадцати",
        ),
        2,
    )
    for form in forms.split()
}
_NUMBER = re.compile(rf"\b(?:{'|'.join(_NUMBERS)})\b")
_ONE_O_CLOCK = re.compile(
    r"\A(?:(в |к |около )час[ау]?(?= дня\Z| ночи\Z|\Z)|час(?= дня\Z| ночи\Z))"
)
_ORDINALS = "перв втор треть четверт пят шест седьм восьм девят десят одиннадцат двенадцат".split()  # noqa: SIM905
_HALF_PAST = re.compile(
    rf"(?:в )?(?:пол|половин[аеу])[ -]?(?:(\d{{1,2}})|({'|'.join(_ORDINALS)})(?:ого|его))\b"
)
_HALF = dict.fromkeys(range(1, 12), 0)
_PARTS: dict[str, dict[int, int]] = {
    "утра": _HALF,
    "дня": {12: 0} | dict.fromkeys(range(1, 7), 12),
    "вечера": dict.fromkeys(range(4, 12), 12),
    "ночи": {12: -12} | dict.fromkeys(range(1, 6), 0) | {10: 12, 11: 12},
    "am": {12: -12} | _HALF,
    "pm": {12: 0} | dict.fromkeys(range(1, 12), 12),
}
"""What to add to an hour of twelve, by the part of the day."""
_NAMED_CLOCKS = {"полдень": "12:00", "полночь": "00:00", "noon": "12:00", "midnight": "00:00"}


_CIVIL = re.compile(
    r"\b(?:давайте|давай|лучше|можно|тогда|наверное|наверно|скорее всего|мне|удобно|ну|а|хочу|хотел[аи]? бы|хотелось бы|запишите"
    r"|приду|приедем|please|maybe|i want|i would like|i'd like)(?:,? |\Z)"
    r"|[, ]*(?:пожалуйста|если можно|можно|подойдет|подойдёт|please)[.!? ]*\Z",
)
_SOME_TIME = re.compile(
    r"(?:с |к |ближе к |в |по |in the |at |before |after |до |после |)"
    r"(?:утра|утром|утру|днём|днем|дня|вечера|вечером|вечеру|ночью|обед|обеда|обедом|обеду"
    r"|(?:перв|втор)(?:ой|ую) половин[еу] дня|полдень|полудня|полудню|morning|afternoon|evening|noon|midday|night|lunch)\Z"
)
_TO_TIME = re.compile(
    r"(?:(?:примерно|около|где-то|приблизительно|часов|часиков|часа|around|about) )?"
    r"(в|во|к|на|at|by|@) ?"
)
_FROM_TIME = re.compile(
    r"(?:(?:примерно|где-то) )?(?:с|со|от|до|после|около|не раньше|не позже|from|after|before|around|about|until|till) "
)
_ABOUT = re.compile(r"\A(?:примерно|около|где-то|приблизительно|часов|часиков|часа|around|about) ")
_BARE_HOUR = re.compile(
    r"(?:в |к |at |by )?(?:[1-9]|1[01])(?: ?(?:ч|час|часа|часов|o'clock)\.?)?(?::30)?\Z"
)
_SPLIT_CLOCK = re.compile(r"(?:в |к )?(\d{1,2})[ ,;-](\d\d)\Z", re.ASCII)
_WRITTEN_OUT = re.compile(
    r"(\d{1,2}) ?(?:ч|час|часа|часов)\.? ?(\d\d)(?: ?(?:м|мин|минут[аы]?)\.?)?\Z", re.ASCII
)
_OF_THE_DAY = {"утром": "утра", "днем": "дня", "вечером": "вечера", "ночью": "ночи"}
_PART_FIRST = re.compile(rf"({'|'.join(_OF_THE_DAY)}),? (.*\d)\Z")
_FOUR_FIGURES = re.compile(r"(?:в )?(\d\d)(\d\d)\Z", re.ASCII)
_HOURS = 24
_ENDING = re.compile(r"\W+\Z")
_TO_ANOTHER = re.compile(r" ?(?: до | по |[-–—]| to | till | until ) ?")
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
    words = _without_civility(text).split()
    for end in range(len(words), 0, -1) if len(words) <= _MOST_WORDS else ():
        front, back = " ".join(words[:end]).rstrip(","), " ".join(words[end:])
        for day, time in ((front, back), (back, front)):
            found = read_date(day, today) if day and (not time or _is_time(time)) else None
            if found is not None:
                return found, time
    return None


def _without_civility(text: str) -> str:
    before = ""
    while text != before:
        before = text
        for found in _CIVIL.finditer(text.lower()):
            if found.start() == 0 or found.end() == len(text):
                text = text[: found.start()] + text[found.end() :]
                break
    return text


def _is_time(text: str) -> bool:
    """Whether a text behind or before a day is a time of it, and no other day: «в 10», «10:00», «с 10 до 12», «утром»."""
    text = _in_figures(text.lower().rstrip(",.!").strip())
    if _SOME_TIME.match(text):
        return True
    sure, loose = _TO_TIME.match(text), _FROM_TIME.match(text)
    led = sure or loose
    parts = _TO_ANOTHER.split(text[led.end() :] if led else text, maxsplit=1)
    return all(_is_clock(part, sure=sure is not None, led=led is not None) for part in parts)


def _is_clock(text: str, *, sure: bool, led: bool) -> bool:
    if read_clock(text) is None:
        return False
    if ":" in text or not text.replace(".", "").isdecimal():
        return True
    # «15» alone is a day as well as an hour, «16.06» a day as well as a time.
    return sure or (led and "." not in text)


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
    later = _IN_DAYS.match(_in_figures(text))
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


def read_clock(text: str) -> str | None:
    """`HH:MM` of `9:30`, `09.30`, `9`, `в 9 утра`, `7 вечера`, `полдень`, `9 am`; None if it is no time of day."""
    text = " ".join(text[:60].lower().split())
    if text.removeprefix("в ") in _NAMED_CLOCKS:
        return _NAMED_CLOCKS[text.removeprefix("в ")]
    found = _CLOCK.match(text)
    part = None
    if not found:
        found = _SPOKEN_CLOCK.match(text)
        if not found:
            return None
        part = found[3]
    hour: int | None = int(found[1])
    if part:
        hour = _of_the_day(int(found[1]), part)
    minute = int(found[2] or 0)
    return f"{hour:02}:{minute:02}" if hour is not None and hour < 24 and minute < 60 else None


def read_time(text: str) -> tuple[str, bool] | None:
    """A time of day as customers write it, beside `read_clock` «примерно в 15:00», «15-30», «в семь вечера», «полседьмого»;
    and whether it is an hour of twelve without a word which half of the day is meant («в 3»). None if it is none."""
    text = _without_civility(_ENDING.sub("", " ".join(text[:60].lower().split())))
    text = _in_figures(text)
    if part := _PART_FIRST.match(text):
        text = f"{part[2]} {_OF_THE_DAY[part[1]]}"
    text = _ABOUT.sub("", text)
    split = _SPLIT_CLOCK.match(text)
    if split and (split[2] == "00" or int(split[2]) > _HOURS):
        text = f"{split[1]}:{split[2]}"
    elif apart := _WRITTEN_OUT.match(text) or _FOUR_FIGURES.match(text):
        text = f"{apart[1]}:{apart[2]}"
    clock = read_clock(text)
    return (clock, _BARE_HOUR.match(text) is not None) if clock is not None else None


def is_some_time(text: str) -> bool:
    """Whether a text speaks of a time of day, without one that can be written down: «после обеда», «с 12 до 15»."""
    text = _without_civility(_ENDING.sub("", " ".join(text[:60].lower().split())))
    return bool(text) and _is_time(text)


def _in_figures(text: str) -> str:
    """Hours and small numbers in words as figures: «семь вечера» is `7 вечера`, «полседьмого» `6:30`, «в час» `в 1`."""
    text = _NUMBER.sub(lambda found: str(_NUMBERS[found[0]]), text.replace("ё", "е"))
    text = _ONE_O_CLOCK.sub(lambda found: f"{found[1] or ''}1", text)
    return _HALF_PAST.sub(_half_past, text, count=1)


def _half_past(found: re.Match[str]) -> str:
    hour = int(found[1]) if found[1] else _ORDINALS.index(found[2]) + 1
    return f"{hour - 1 or 12}:30" if 1 <= hour <= 12 else found[0]


def _of_the_day(hour: int, part: str) -> int | None:
    """The hour of 24 that a spoken one is: «3 дня» is 15; None for what nobody says («12 вечера»)."""
    return hour + _PARTS[part][hour] if hour in _PARTS[part] else None
