"""When people are back, in words, and other times for people to read."""

from datetime import datetime

from bot.desk.texts import phrase
from bot.model.business import Business
from bot.model.hours import DAY, Hours
from bot.model.months import MONTHS

_WEEKDAYS = {
    "ru": (
        "в понедельник",
        "во вторник",
        "в среду",
        "в четверг",
        "в пятницу",
        "в субботу",
        "в воскресенье",
    ),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def promised(business: Business, hours: Hours, now: int) -> str:
    """The off-hours notice: «Ответим завтра в 9:00»; without a time if nobody will ever be back."""
    opens = hours.next_open(now)
    if opens is None:
        return phrase(business, "desk_off_hours_unknown")
    return phrase(business, "desk_off_hours", when=in_words(business, hours, opens, now))


def in_words(business: Business, hours: Hours, at: int, now: int) -> str:
    """«сегодня в 14:00», «завтра в 9:00», «в понедельник, 8 июня, в 9:00»."""
    day, today = hours.local(at), hours.local(now)
    clock = _clock(day)
    away = day.toordinal() - today.toordinal()
    if away in (0, 1):
        return phrase(business, "desk_tomorrow" if away else "desk_today", time=clock)
    return phrase(
        business,
        "desk_on_day",
        weekday=_WEEKDAYS[business.language][day.weekday()],
        day=day.day,
        month=MONTHS[business.language][day.month - 1],
        time=clock,
    )


def short_time(hours: Hours, at: int, now: int) -> str:
    """`14:05`, with the date in front if it is another day's: `08.06 14:05`."""
    day = hours.local(at)
    clock = f"{day.hour:02}:{day.minute:02}"
    if abs(at - now) < DAY and day.day == hours.local(now).day:
        return clock
    return f"{day.day:02}.{day.month:02} {clock}"


def _clock(day: datetime) -> str:
    return f"{day.hour}:{day.minute:02}"
