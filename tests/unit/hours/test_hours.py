"""Working hours against a walk from minute to minute."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.hours import ALWAYS, DAY, MINUTE, WHOLE_DAY, Hours, HoursError, parse_hours

HOUR = 60 * MINUTE


def at(text: str, zone: str = "UTC", fold: int = 0) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(moment.timestamp() * 1000)


def wall_says_open(hours: Hours, now: int) -> bool:
    """The definition, said once more: the local date and time lie in a shift of today or yesterday."""
    wall = datetime.fromtimestamp(now / 1000, ZoneInfo(hours.timezone))
    today = wall.toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()
    minute = wall.hour * 60 + wall.minute
    unlike = dict(hours.exceptions)

    def shifts(day: int) -> tuple[tuple[int, int], ...]:
        return unlike.get(day, hours.week[(day + 3) % 7])

    return any(a <= minute < b for a, b in shifts(today)) or any(
        a <= minute + 1440 < b for a, b in shifts(today - 1)
    )


CLOCK_CHANGES = [
    ("Europe/Berlin", "2026-03-28T00:00"),
    ("Europe/Berlin", "2026-10-24T00:00"),
    ("America/New_York", "2026-03-07T00:00"),
    ("America/New_York", "2026-10-31T00:00"),
    ("America/Havana", "2026-03-07T00:00"),
    ("America/Havana", "2026-10-31T00:00"),
    ("Europe/Moscow", "2026-06-01T00:00"),
    ("Asia/Kathmandu", "2026-12-30T00:00"),
]

shift = st.tuples(st.integers(0, 95), st.integers(1, 96)).map(
    lambda s: (s[0] * 15, s[0] * 15 + s[1] * 15)
)
day = st.lists(shift, max_size=3).map(
    lambda shifts: tuple(
        s for i, s in enumerate(sorted(shifts)) if all(s[0] >= o[1] for o in sorted(shifts)[:i])
    )
)
week = st.one_of(st.tuples(*[day] * 7), st.just((WHOLE_DAY,) * 7), st.just(((),) * 7))


@st.composite
def some_hours(draw: st.DrawFn) -> tuple[Hours, int]:
    zone, start = draw(st.sampled_from(CLOCK_CHANGES))
    begin = at(start, zone)
    days = draw(
        st.lists(st.tuples(st.integers(-1, 5), day), max_size=3, unique_by=lambda pair: pair[0])
    )
    exceptions = tuple(sorted((begin // DAY + offset, shifts) for offset, shifts in days))
    return Hours(draw(week), exceptions, zone), begin + draw(st.integers(0, 2 * 1440)) * MINUTE


@settings(max_examples=60, deadline=None)
@given(some_hours())
def test_hours_agree_with_a_walk_from_minute_to_minute(given_hours: tuple[Hours, int]) -> None:
    hours, now = given_hours
    walk = [wall_says_open(hours, now + step * MINUTE) for step in range(2 * 1440)]
    asked = [hours.is_open(now + step * MINUTE) for step in range(2 * 1440)]
    assert asked == walk
    assert hours.working_between(now, now + 2 * DAY) == sum(walk) * MINUTE
    if True in walk:
        assert hours.next_open(now) == now + walk.index(True) * MINUTE
    else:
        later = hours.next_open(now)
        assert later is None or later >= now + 2 * DAY
    if walk[0] and False in walk:
        assert hours.closes(now) == now + walk.index(False) * MINUTE


@settings(max_examples=60, deadline=None)
@given(some_hours(), st.integers(1, 30 * 24 * 60))
def test_working_time_that_is_added_has_passed(
    given_hours: tuple[Hours, int], minutes: int
) -> None:
    hours, now = given_hours
    end = hours.add_working(now, minutes * MINUTE)
    if end is None:
        assert not any(hours.week)
        assert hours.working_between(now, now + 60 * DAY) < minutes * MINUTE
    else:
        assert hours.working_between(now, end) == minutes * MINUTE
        assert hours.is_open(end - 1)


OFFICE = parse_hours(
    {"mon-fri": "09:00-13:00, 14:00-19:00", "sat": "10:00-16:00"},
    timezone="Europe/Moscow",
    holidays=["2027-01-01"],
    moved={"2026-12-27": "mon", "2026-12-31": "10:00-12:00", "2026-12-28": "closed"},
)


@pytest.mark.parametrize(
    "text,is_open",
    [
        ("2026-06-10T08:59", False),
        ("2026-06-10T09:00", True),
        ("2026-06-10T13:00", False),
        ("2026-06-10T14:00", True),
        ("2026-06-10T19:00", False),
        ("2026-06-13T15:59", True),
        ("2026-06-14T12:00", False),
        ("2027-01-01T12:00", False),
        ("2026-12-27T09:30", True),
        ("2026-12-28T09:30", False),
        ("2026-12-31T11:00", True),
        ("2026-12-31T15:00", False),
    ],
)
def test_split_shifts_holidays_and_moved_days_hold(text: str, is_open: bool) -> None:
    assert OFFICE.is_open(at(text, "Europe/Moscow")) is is_open


def test_a_night_shift_reaches_into_a_closed_day() -> None:
    bar = parse_hours({"fri": "22:00-02:00"}, timezone="Europe/Moscow")
    assert bar.is_open(at("2026-06-13T01:59", "Europe/Moscow"))
    assert not bar.is_open(at("2026-06-13T02:00", "Europe/Moscow"))


def test_the_night_when_clocks_go_back_gives_a_shift_another_hour() -> None:
    guard = parse_hours({"sat": "22:00-06:00"}, timezone="Europe/Berlin")
    assert guard.working_between(at("2026-10-24T00:00"), at("2026-10-26T00:00")) == 9 * HOUR
    assert guard.working_between(at("2026-03-28T00:00"), at("2026-03-30T00:00")) == 7 * HOUR


def test_ten_working_minutes_wait_for_the_morning() -> None:
    evening = at("2026-06-12T18:55", "Europe/Moscow")
    assert OFFICE.add_working(evening, 10 * MINUTE) == at("2026-06-13T10:05", "Europe/Moscow")


def test_no_shift_is_skipped_when_a_limit_takes_many_weeks() -> None:
    sundays = parse_hours({"sun": "00:00-00:15"}, timezone="Europe/Berlin")
    start = at("2026-03-28T00:00", "Europe/Berlin")
    assert sundays.add_working(start, 46 * MINUTE) == at("2026-04-19T00:01", "Europe/Berlin")


def test_always_is_open_and_never_closes() -> None:
    now = at("2026-06-10T03:00")
    assert ALWAYS.is_open(now)
    assert ALWAYS.next_open(now) == now
    assert ALWAYS.closes(now) is None
    assert ALWAYS.add_working(now, 400 * DAY) == now + 400 * DAY


def test_hours_without_a_shift_never_open() -> None:
    never = parse_hours({}, timezone="Europe/Moscow")
    assert never.next_open(at("2026-06-10T03:00")) is None
    assert never.add_working(at("2026-06-10T03:00"), MINUTE) is None
    once = parse_hours({}, timezone="UTC", moved={"2031-05-01": "10:00-11:00"})
    assert once.next_open(at("2026-06-10T03:00")) == at("2031-05-01T10:00")


def test_a_single_day_overrides_the_range_that_holds_it() -> None:
    hours = parse_hours({"fri": "10:00-12:00", "mon-fri": "09:00-19:00", "сб, вс": "24h"})
    assert hours.week == (((540, 1140),),) * 4 + (((600, 720),), WHOLE_DAY, WHOLE_DAY)


@pytest.mark.parametrize(
    "week,extra,key",
    [
        ({"mon-frr": "09:00-10:00"}, {}, "mon-frr"),
        ({"mon": "9-10"}, {}, "mon"),
        ({"mon": "09:00"}, {}, "mon"),
        ({"mon": "09:00-25:00"}, {}, "mon"),
        ({"mon": "09:00-09:00"}, {}, "mon"),
        ({"mon": "09:00-12:00, 11:00-13:00"}, {}, "mon"),
        ({"mon": "24:00-01:00"}, {}, "mon"),
        ({}, {"holidays": ["01.01.2027"]}, "01.01.2027"),
        ({}, {"moved": {"2027-02-30": "mon"}}, "2027-02-30"),
        ({}, {"moved": {"2027-02-20": "monday"}}, "2027-02-20"),
        ({}, {"timezone": "Europe/Moskva"}, "timezone"),
    ],
)
def test_a_mistake_is_named_by_its_key_in_both_languages(
    week: dict[str, str], extra: dict[str, object], key: str
) -> None:
    with pytest.raises(HoursError) as caught:
        parse_hours(week, **extra)  # type: ignore[arg-type]
    assert caught.value.key == key
    assert caught.value.ru
    assert caught.value.en


def test_hours_survive_the_way_through_json_and_compare() -> None:
    import msgspec

    OFFICE.is_open(at("2026-06-10T09:00"))
    again = msgspec.json.decode(msgspec.json.encode(OFFICE), type=Hours)
    assert again == OFFICE
    assert hash(again) == hash(OFFICE)
