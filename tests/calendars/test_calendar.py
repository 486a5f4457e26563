"""Calendars: working days and hours, against a walk day by day."""

import copy
import datetime as dt
import pickle
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.calendars import MONDAY_TO_FRIDAY, Calendar, Hours, WeekCalendar, add_working_hours, in_hours

DAY = dt.timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
dates = st.dates(dt.date(2023, 1, 1), dt.date(2027, 12, 31))
calendars = st.builds(
    WeekCalendar,
    st.sets(st.integers(0, 6), min_size=1),
    holidays=st.lists(dates, max_size=40),
    workdays=st.lists(dates, max_size=40),
)


def walk(calendar, date, n):
    """The nth working day from ``date``, one day at a time."""
    step = DAY if n > 0 else -DAY
    while n:
        date += step
        n -= calendar.is_working_day(date) * (1 if n > 0 else -1)
    return date


@given(calendars, dates, st.integers(-400, 400))
def test_the_nth_working_day_is_what_a_walk_finds(calendar, date, n):
    """The arithmetic over whole years agrees with walking day by day; the start itself does not count."""
    assert calendar.add_working_days(date, n) == walk(calendar, date, n)


@given(calendars, dates, dates)
def test_working_days_between_are_what_a_walk_counts(calendar, a, b):
    """Those after the earlier and up to the later date, negative if the second is earlier."""
    low, high = sorted([a, b])
    count = sum(calendar.is_working_day(low + k * DAY) for k in range(1, (high - low).days + 1))
    assert calendar.working_days_between(a, b) == (count if a <= b else -count)


@given(calendars, dates, dates, dates)
def test_working_days_between_add_up(calendar, a, b, c):
    """From a to c is from a to b and from b to c, in any order."""
    between = calendar.working_days_between
    assert between(a, c) == between(a, b) + between(b, c)


@given(calendars, dates, st.integers(1, 400))
def test_adding_and_counting_are_inverse(calendar, date, n):
    """``n`` working days lie between a date and the nth working day after it; from there one gets back."""
    end = calendar.add_working_days(date, n)
    assert calendar.is_working_day(end)
    assert calendar.working_days_between(date, end) == n
    if calendar.is_working_day(date):
        assert calendar.add_working_days(end, -n) == date


@given(calendars, dates)
def test_exceptions_are_stronger_than_the_week(calendar, date):
    """A day that is listed as worked is, one that is listed as a holiday is not, all others follow the week."""
    if date in calendar.workdays:
        assert calendar.is_working_day(date)
    elif date in calendar.holidays:
        assert not calendar.is_working_day(date)
    else:
        assert calendar.is_working_day(date) == (date.weekday() in calendar.days)


def test_the_next_working_day_may_be_the_day_itself():
    """``next_working_day`` rolls forward only from a day off."""
    assert MONDAY_TO_FRIDAY.next_working_day(dt.date(2026, 5, 29)) == dt.date(2026, 5, 29)
    assert MONDAY_TO_FRIDAY.next_working_day(dt.date(2026, 5, 30)) == dt.date(2026, 6, 1)


def test_the_calendar_ends_with_the_year_9999():
    """Beyond the first and the last year there is no working day, and no exception."""
    assert MONDAY_TO_FRIDAY.add_working_days(dt.date(9999, 12, 31), 1) is None
    assert MONDAY_TO_FRIDAY.add_working_days(dt.date(1, 1, 1), -1) is None
    thursday = dt.date(2026, 1, 1)
    assert MONDAY_TO_FRIDAY.add_working_days(thursday, 100_000) == thursday + dt.timedelta(weeks=20_000)
    assert WeekCalendar([0]).add_working_days(dt.date(9000, 1, 1), 100_000) is None


@given(calendars)
def test_a_calendar_is_a_value(calendar):
    """Equal parts make equal calendars, also after a pickle or a copy."""
    again = pickle.loads(pickle.dumps(calendar))
    assert again == calendar == copy.deepcopy(calendar)
    assert hash(again) == hash(calendar)
    assert again != WeekCalendar(calendar.days, country="XX")
    protocol: Calendar = again
    assert not protocol.provisional(dt.date(2030, 1, 1))


def test_a_calendar_needs_a_working_weekday():
    """Without one there would be no nth working day; weekdays are numbers from 0 to 6, hours do not overlap."""
    for days in ([], [7], [-1]):
        with pytest.raises(ValueError, match="weekdays"):
            WeekCalendar(days)
    with pytest.raises(ValueError, match="overlap"):
        WeekCalendar(hours=[Hours(0, 60), Hours(30, 90)])
    for bounds in ((600, 600), (700, 600), (-1, 600), (0, 1441)):
        with pytest.raises(ValueError, match="within one day"):
            Hours(*bounds)


OFFICE = WeekCalendar(hours=[Hours(540, 720), Hours(780, 1080)])
ALL_WEEK = WeekCalendar(range(7), hours=[Hours(0, 1440)])


@pytest.mark.parametrize(
    ("clock", "within"),
    [
        ("2026-05-29T08:59", False),
        ("2026-05-29T09:00", True),
        ("2026-05-29T12:00", False),
        ("2026-05-29T13:00", True),
        ("2026-05-29T17:59", True),
        ("2026-05-29T18:00", False),
        ("2026-05-30T10:00", False),
    ],
)
def test_office_hours_end_where_they_end(clock, within):
    """``in_hours``: on a working day, the beginning included and the end not."""
    assert in_hours(OFFICE, dt.datetime.fromisoformat(clock).replace(tzinfo=BERLIN), zone=BERLIN) is within


def test_a_calendar_reads_the_clock_of_its_own_zone():
    """The zone of a calendar is stronger than the reader's; a calendar without hours is open all day."""
    night = dt.datetime(2026, 5, 29, 20, tzinfo=dt.UTC)  # Friday 22:00 in Berlin, Saturday 04:00 in Shanghai
    assert in_hours(WeekCalendar(zone=BERLIN), night, zone=ZoneInfo("Asia/Shanghai"))
    assert not in_hours(WeekCalendar(), night, zone=ZoneInfo("Asia/Shanghai"))
    assert in_hours(WeekCalendar(), night)


def slow_hours(calendar, clock, n):
    """``n`` working hours from ``clock`` (naive), one minute at a time."""
    step = dt.timedelta(minutes=1 if n > 0 else -1)
    left = abs(n) * 60
    while left:
        minute = clock if n > 0 else clock + step
        inside = any(h.start <= minute.hour * 60 + minute.minute < h.end for h in calendar.hours)
        left -= calendar.is_working_day(minute.date()) and inside
        clock += step
    return clock


minutes = st.builds(
    lambda date, hour, minute: dt.datetime.combine(date, dt.time(hour, minute)),
    st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1)),
    st.integers(0, 23),
    st.integers(0, 59),
)


@given(st.sampled_from([OFFICE, WeekCalendar([2], hours=[Hours(600, 660)])]), minutes, st.integers(-9, 9))
def test_working_hours_are_what_a_walk_counts(calendar, clock, n):
    """Hours in the office, forward and back, agree with counting minute by minute."""
    there = add_working_hours(calendar, clock.replace(tzinfo=dt.UTC), n, ZoneInfo("UTC"))
    assert there.replace(tzinfo=None) == slow_hours(calendar, clock, n)


@given(minutes, st.integers(-100_000, 100_000))
def test_round_the_clock_working_hours_are_hours(clock, n):
    """An office that never closes counts plain hours."""
    there = add_working_hours(ALL_WEEK, clock.replace(tzinfo=dt.UTC), n, ZoneInfo("UTC"))
    assert there == clock.replace(tzinfo=dt.UTC) + dt.timedelta(hours=n)
