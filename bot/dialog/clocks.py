"""Times of day as people write them, in Russian and English: 15:30, «в три», «семь вечера», 3pm. Pure."""

import re

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
    text = without_civility(_ENDING.sub("", " ".join(text[:60].lower().split())))
    text = in_figures(text)
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
    text = without_civility(_ENDING.sub("", " ".join(text[:60].lower().split())))
    return bool(text) and is_time(text)


def in_figures(text: str) -> str:
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


def without_civility(text: str) -> str:
    """The text without what is said for politeness around it: «давайте», «пожалуйста», «можно»."""
    before = ""
    while text != before:
        before = text
        for found in _CIVIL.finditer(text.lower()):
            if found.start() == 0 or found.end() == len(text):
                text = text[: found.start()] + text[found.end() :]
                break
    return text


def is_time(text: str) -> bool:
    """Whether a text behind or before a day is a time of it, and no other day: «в 10», «10:00», «с 10 до 12», «утром»."""
    text = in_figures(text.lower().rstrip(",.!").strip())
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
