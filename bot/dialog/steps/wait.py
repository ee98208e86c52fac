"""`wait`: go on when the time is up. Until then messages are answered as outside a flow, or run `on_message`."""

import datetime

from bot.dialog.dates import local, zone
from bot.dialog.flow import Wait
from bot.dialog.work import WAIT, Place, Work
from bot.model.effect import SetTimer

_DAY = datetime.timedelta(days=1)


def walk(work: Work, place: Place, step: Wait) -> bool:
    """Set the timer and wait."""
    place.step = step.id
    place.shape = step.shape
    place.visit = work.next_visit()
    place.asked_at = work.now
    _set(work, place, step)
    return True


def due(step: Wait, since: int, timezone: str) -> int:
    """When a wait that began at `since` is over, in ms."""
    if step.until is None:
        return since + step.duration
    here = local(since, timezone)
    wall = datetime.time(step.until // 60 % 24, step.until % 60)
    moment = datetime.datetime.combine(here.date(), wall, zone(timezone))
    if _ms(moment) <= since:
        moment = datetime.datetime.combine(here.date() + _DAY, wall, zone(timezone))
    return _ms(moment)


def again(work: Work, place: Place, step: Wait) -> bool:
    """Take the wait up again after people gave the conversation back; whether it still lasts."""
    if due(step, place.asked_at, work.business.timezone) <= work.now:
        over(place, step)
        return False
    _set(work, place, step)
    return True


def over(place: Place, step: Wait) -> None:
    """The time is up: the flow goes on behind the step."""
    place.step = step.next or ""
    place.asked_at = 0


def _set(work: Work, place: Place, step: Wait) -> None:
    when = due(step, place.asked_at, work.business.timezone)
    work.effects.append(SetTimer(f"{WAIT}:{place.visit}", when, place.visit))


def _ms(moment: datetime.datetime) -> int:
    return round(moment.timestamp() * 1000)
