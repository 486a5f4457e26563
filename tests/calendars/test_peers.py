"""Day by day for ten years and more: our calendars and paces beside other implementations of the same."""

import datetime as dt
from bisect import bisect_left, bisect_right
from importlib import import_module
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.calendars import (
    Moment,
    Offset,
    Ref,
    RefKind,
    Span,
    Unit,
    WeekCalendar,
    country_calendar,
    parse_pace,
    resolve,
)

pytestmark = pytest.mark.peer

DAY = dt.timedelta(days=1)
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def days(first, last):
    """Each day of the years from ``first`` to ``last``."""
    return (
        dt.date.fromordinal(n) for n in range(dt.date(first, 1, 1).toordinal(), dt.date(last + 1, 1, 1).toordinal())
    )


def test_china_works_on_the_days_that_another_calendar_has():
    """Every day of twenty years: long holidays, the days worked for them, weekends."""
    chinese = pytest.importorskip("chinese_calendar", reason="needs: pip install chinesecalendar")
    pytest.importorskip("holidays")
    ours = country_calendar("CN")
    assert [day for day in days(2007, 2026) if ours.is_working_day(day) != chinese.is_workday(day)] == []


def test_counting_working_days_in_china_is_what_another_calendar_counts():
    """From each day of ten years: the next and the last working days, and how many lie in a quarter."""
    chinese = pytest.importorskip("chinese_calendar", reason="needs: pip install chinesecalendar")
    pytest.importorskip("holidays")
    ours = country_calendar("CN")
    worked = [day for day in days(2015, 2026) if chinese.is_workday(day)]
    for day in days(2016, 2025):
        before, behind = bisect_left(worked, day), bisect_right(worked, day)
        for n in (1, 2, 5, 21):
            assert ours.add_working_days(day, n) == worked[behind + n - 1], (day, n)
            assert ours.add_working_days(day, -n) == worked[before - n], (day, -n)
        assert ours.working_days_between(day, day + 91 * DAY) == bisect_right(worked, day + 91 * DAY) - behind


#: Another calendar of the country (or region), and days off by law that it lacks.
COUNTRIES = {
    "AT": ("europe:Austria", ()),
    "BE": ("europe:Belgium", ()),
    "CZ": ("europe:CzechRepublic", ()),
    "DE": ("europe:Germany", ()),
    "EE": ("europe:Estonia", ()),
    "ES": ("europe:Spain", ()),
    "FI": ("europe:Finland", ()),
    "FR": ("europe:France", ()),
    "GB-ENG": ("europe:UnitedKingdom", ("2023-05-08",)),  # the coronation
    "IT": ("europe:Italy", ()),
    "NO": ("europe:Norway", ()),
    "PL": ("europe:Poland", ("2018-11-12", "2025-12-24")),  # a hundred years; Christmas Eve, by law since 2025
    "PT": ("europe:Portugal", ()),
    "US": ("usa:UnitedStates", ("2021-06-18", "2022-06-20", "2023-06-19", "2024-06-19", "2025-06-19")),  # Juneteenth
}


@pytest.mark.parametrize("place", COUNTRIES)
def test_countries_work_on_the_days_that_another_calendar_has(place):
    """Every day of ten years, in countries with Easter, observed days and midsummer."""
    pytest.importorskip("workalendar", reason="needs: pip install workalendar")
    pytest.importorskip("holidays")
    (home, _, name), lacks = COUNTRIES[place][0].partition(":"), COUNTRIES[place][1]
    theirs = getattr(import_module(f"workalendar.{home}"), name)()
    code, _, region = place.partition("-")
    ours = country_calendar(code, region=region or None)
    differ = [day.isoformat() for day in days(2016, 2025) if ours.is_working_day(day) != theirs.is_working_day(day)]
    assert differ == list(lacks)
    assert not any(ours.is_working_day(dt.date.fromisoformat(day)) for day in lacks)


weeks = st.sets(st.integers(0, 6), min_size=1)
dates = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))


@given(weeks, st.lists(dates, max_size=30), dates, st.integers(-300, 300), dates)
def test_the_nth_working_day_is_that_of_numpy(week, holidays, date, n, other):
    """Any week, any holidays, from any day, forward and back; and the number of days between two."""
    numpy = pytest.importorskip("numpy", reason="needs: pip install numpy")
    ours = WeekCalendar(week, holidays=holidays)
    theirs = {"weekmask": [day in week for day in range(7)], "holidays": holidays}
    assert ours.is_working_day(date) == bool(numpy.is_busday(date, **theirs))
    if n:  # counted from a day off, numpy first rolls to a working day, which then is day 0
        rolled = numpy.busday_offset(date, 0, roll="backward" if n > 0 else "forward", **theirs)
        assert ours.add_working_days(date, n) == numpy.busday_offset(rolled, n, **theirs).astype(dt.date)
    low, high = sorted([date, other])
    count = int(numpy.busday_count(low + DAY, high + DAY, **theirs))
    assert ours.working_days_between(low, high) == count
    assert ours.working_days_between(high, low) == -count


@pytest.mark.parametrize(
    ("pace", "rule"),
    [
        ("day at 09:00", "FREQ=DAILY;BYHOUR=9;BYMINUTE=0"),
        ("3 days", "FREQ=DAILY;INTERVAL=3"),
        ("week", "FREQ=WEEKLY"),
        ("2 weeks on monday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("monday, thursday at 09:00", "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=0"),
        ("3 weeks on tuesday, sunday", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU"),
        ("6 hours", "FREQ=HOURLY;INTERVAL=6"),
        ("45 minutes", "FREQ=MINUTELY;INTERVAL=45"),
        ("2 months", "FREQ=MONTHLY;INTERVAL=2"),
        ("quarter", "FREQ=MONTHLY;INTERVAL=3"),
        ("year", "FREQ=YEARLY"),
    ],
)
@given(origin=st.datetimes(dt.datetime(2016, 1, 1), dt.datetime(2026, 1, 1)).filter(lambda at: at.day <= 28))
def test_a_pace_ticks_as_its_rule_recurs(pace, rule, origin):
    """Where RFC 5545 has the same recurrence, the first hundred ticks are the same."""
    rrule = pytest.importorskip("dateutil.rrule", reason="needs: pip install python-dateutil")
    origin = origin.replace(second=0, microsecond=0)
    ticks = parse_pace(pace)[0].ticks(counted_from=origin, zone=SHANGHAI)
    theirs = (at for at in rrule.rrulestr(rule, dtstart=origin) if at > origin)
    assert [at.replace(tzinfo=None) for at in islice(ticks, 100)] == list(islice(theirs, 100))


@pytest.mark.parametrize(
    ("pace", "rule"),
    [
        ("month", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("5 months", "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=1"),
        ("quarter", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=1"),
        ("year", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1"),
        ("month on monday", "FREQ=MONTHLY;BYDAY=1MO"),
        ("2 months on friday", "FREQ=MONTHLY;INTERVAL=2;BYDAY=1FR"),
        ("2 weeks on monday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
    ],
)
@given(date=dates)
def test_starts_recur_as_their_rule_does(pace, rule, date):
    """Months, quarters and years of the calendar, counted from the one that the origin lies in."""
    rrule = pytest.importorskip("dateutil.rrule", reason="needs: pip install python-dateutil")
    ticks = parse_pace(pace)[0].ticks(counted_from=date, zone=SHANGHAI, aligned=True)
    theirs = rrule.rrulestr(rule, dtstart=dt.datetime.combine(date, dt.time()))
    assert [at.replace(tzinfo=None) for at in islice(ticks, 60)] == list(islice(theirs, 60))


@given(dates, st.integers(-500, 500), st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR]))
def test_civil_counts_are_those_of_relativedelta(date, n, unit):
    """Days, weeks, months, quarters and years, ends of months and leap days included."""
    relative = pytest.importorskip("dateutil.relativedelta", reason="needs: pip install python-dateutil")
    phrase = Offset(Span(abs(n), unit), "before" if n < 0 else "after", Ref(RefKind.NAME, "it"))
    found = resolve(phrase, lookup=lambda ref: date, zone=BERLIN, calendars={})
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}.get(unit, 0)
    unit_days = {Unit.DAY: 1, Unit.WEEK: 7}.get(unit, 0)
    assert found == Moment.on(date + relative.relativedelta(months=n * months, days=n * unit_days))
