"""Paces: when what recurs comes next."""

import datetime as dt
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.calendars import (
    Hours,
    Moment,
    Offset,
    Pace,
    Ref,
    RefKind,
    Span,
    Unit,
    WeekCalendar,
    parse_pace,
    resolve,
)

BERLIN, NEW_YORK, SHANGHAI = (ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Shanghai"))
zones = st.sampled_from([BERLIN, NEW_YORK, SHANGHAI])
CALENDARS = {"office": WeekCalendar([0, 1, 2], hours=[Hours(540, 1080)])}


def ticks(text, origin, most=4, zone=SHANGHAI, **more):
    """The first ticks of a pace, as local clock times without seconds."""
    pace, problems = parse_pace(text)
    assert not problems
    start = dt.datetime.fromisoformat(origin) if "T" in origin else dt.date.fromisoformat(origin)
    found = islice(pace.ticks(counted_from=start, zone=zone, calendars=CALENDARS, **more), most)
    return [tick.strftime("%Y-%m-%d %H:%M") for tick in found]


@pytest.mark.parametrize(
    ("text", "origin", "expected"),
    [
        # Wednesday 7 January 2026, ten in the morning
        ("30 minutes", "2026-01-07T10:00", ["2026-01-07 10:30", "2026-01-07 11:00"]),
        ("day", "2026-01-07T10:00", ["2026-01-08 10:00", "2026-01-09 10:00"]),
        ("day at 18:00", "2026-01-07T10:00", ["2026-01-07 18:00", "2026-01-08 18:00"]),
        ("day at 09:00", "2026-01-07T10:00", ["2026-01-08 09:00", "2026-01-09 09:00"]),
        ("2 days at 18:00", "2026-01-07T10:00", ["2026-01-07 18:00", "2026-01-09 18:00"]),
        ("week", "2026-01-07T10:00", ["2026-01-14 10:00", "2026-01-21 10:00"]),
        ("week at 11:00", "2026-01-07T10:00", ["2026-01-14 11:00", "2026-01-21 11:00"]),
        ("monday, thursday at 09:00", "2026-01-07T10:00", ["2026-01-08 09:00", "2026-01-12 09:00", "2026-01-15 09:00"]),
        ("2 weeks on monday", "2026-01-07T10:00", ["2026-01-19 10:00", "2026-02-02 10:00"]),
        ("2 weeks on friday", "2026-01-07T10:00", ["2026-01-09 10:00", "2026-01-23 10:00"]),
        ("month", "2026-01-31T10:00", ["2026-02-28 10:00", "2026-03-31 10:00", "2026-04-30 10:00"]),
        ("quarter", "2026-01-07T10:00", ["2026-04-07 10:00", "2026-07-07 10:00"]),
        ("year", "2024-02-29T10:00", ["2025-02-28 10:00", "2026-02-28 10:00", "2027-02-28 10:00", "2028-02-29 10:00"]),
        ("month on monday at 09:00", "2026-01-07T10:00", ["2026-02-09 09:00", "2026-03-09 09:00"]),
        ("working day at 09:00", "2026-01-09T10:00", ["2026-01-12 09:00", "2026-01-13 09:00"]),
        ("working day at 18:00", "2026-01-09T10:00", ["2026-01-09 18:00", "2026-01-12 18:00"]),
        ("working day at 18:00", "2026-01-10T10:00", ["2026-01-12 18:00", "2026-01-13 18:00"]),
        ("2 working days in office", "2026-01-07T10:00", ["2026-01-13 10:00", "2026-01-19 10:00"]),
        ("5 working hours in office", "2026-01-07T10:00", ["2026-01-07 15:00", "2026-01-12 11:00", "2026-01-12 16:00"]),
        # from a date: the ticks lie behind it
        ("day", "2026-01-07", ["2026-01-08 00:00", "2026-01-09 00:00"]),
        ("2 days", "2026-01-07", ["2026-01-09 00:00", "2026-01-11 00:00"]),
        ("day at 09:00", "2026-01-07", ["2026-01-08 09:00", "2026-01-09 09:00"]),
        ("6 hours", "2026-01-07", ["2026-01-08 06:00", "2026-01-08 12:00"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=1MO;BYHOUR=9", "2026-01-07T10:00", ["2026-02-02 09:00", "2026-03-02 09:00"]),
        ("RRULE:FREQ=DAILY;COUNT=3", "2026-01-07T10:00", ["2026-01-08 10:00", "2026-01-09 10:00"]),
    ],
)  # fmt: skip
def test_a_pace_counts_from_its_origin(text, origin, expected):
    """The table of paces: what comes after the origin, which itself is no tick."""
    assert ticks(text, origin, len(expected)) == expected


@pytest.mark.parametrize(
    ("text", "origin", "expected"),
    [
        ("month", "2026-01-07", ["2026-02-01 00:00", "2026-03-01 00:00"]),
        ("month", "2026-01-01", ["2026-01-01 00:00", "2026-02-01 00:00"]),
        ("quarter at 09:00", "2026-02-15", ["2026-04-01 09:00", "2026-07-01 09:00"]),
        ("2 quarters", "2026-04-01", ["2026-04-01 00:00", "2026-10-01 00:00"]),
        ("2 months", "2026-02-01", ["2026-02-01 00:00", "2026-04-01 00:00", "2026-06-01 00:00"]),
        ("3 months", "2026-02-15", ["2026-05-01 00:00", "2026-08-01 00:00"]),  # counted from February
        ("2 years", "2025-07-01", ["2027-01-01 00:00", "2029-01-01 00:00"]),
        ("year", "2026-02-15", ["2027-01-01 00:00", "2028-01-01 00:00"]),
        ("quarter on monday", "2026-01-02", ["2026-01-05 00:00", "2026-04-06 00:00"]),
        ("week", "2026-01-07", ["2026-01-07 00:00", "2026-01-14 00:00"]),
        ("week at 09:00", "2026-01-07T09:00", ["2026-01-07 09:00", "2026-01-14 09:00"]),
        ("2 weeks on monday", "2026-01-05", ["2026-01-05 00:00", "2026-01-19 00:00"]),
        ("day at 09:00", "2026-01-07", ["2026-01-07 09:00", "2026-01-08 09:00"]),
        ("6 hours", "2026-01-07", ["2026-01-07 00:00", "2026-01-07 06:00"]),
    ],
)
def test_starts_of_runs_are_aligned_to_the_calendar(text, origin, expected):
    """Aligned, months, quarters and years are the calendar's, and the origin itself may be a tick."""
    assert ticks(text, origin, len(expected), aligned=True) == expected


def test_clocks_that_change_do_not_move_a_daily_tick():
    """Days tick by the wall clock, hours by absolute time."""
    assert ticks("day", "2026-03-27T12:00", 3, BERLIN) == ["2026-03-28 12:00", "2026-03-29 12:00", "2026-03-30 12:00"]
    assert ticks("day at 02:30", "2026-03-27T12:00", 3, BERLIN) == [
        "2026-03-28 02:30",
        "2026-03-29 03:30",
        "2026-03-30 02:30",
    ]
    assert ticks("24 hours", "2026-03-27T12:00", 2, BERLIN) == ["2026-03-28 12:00", "2026-03-29 13:00"]


def test_a_pace_has_an_end():
    """Behind the year 9999 nothing ticks; a rule ends where it says."""
    last = dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC)
    for text in ("day", "week on monday", "month", "year", "hour", "working day", "working hour", "RRULE:FREQ=DAILY"):
        pace, _ = parse_pace(text)
        assert pace.next_after(last, counted_from=dt.date(9990, 1, 1), zone=SHANGHAI) is None
    assert ticks("RRULE:FREQ=DAILY;COUNT=3", "2026-01-07T10:00", 9) == ["2026-01-08 10:00", "2026-01-09 10:00"]


def test_a_moment_can_be_the_origin():
    """Counted from a due date, the first tick lies behind its end; from an instant, behind the instant."""
    pace, _ = parse_pace("day at 18:00")
    day = Moment.on(dt.date(2026, 1, 7))
    noon = dt.datetime(2026, 1, 7, 12, tzinfo=SHANGHAI)
    assert next(pace.ticks(counted_from=day, zone=SHANGHAI)).isoformat() == "2026-01-08T18:00:00+08:00"
    assert next(pace.ticks(counted_from=Moment.at(noon), zone=SHANGHAI)).isoformat() == "2026-01-07T18:00:00+08:00"


clocks = st.none() | st.builds(dt.time, st.integers(0, 23), st.integers(0, 59))
weekdays = st.sets(st.integers(0, 6), max_size=3).map(lambda days: tuple(sorted(days)))
civil = st.one_of(
    st.builds(Pace, st.integers(1, 40), st.sampled_from([Unit.DAY, Unit.WORKING_DAY]), clock=clocks),
    st.builds(
        Pace, st.integers(1, 9), st.sampled_from([Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR]), weekdays, clocks
    ),
)
paces = st.one_of(
    civil,
    st.builds(Pace, st.integers(1, 500), st.sampled_from([Unit.MINUTE, Unit.HOUR, Unit.WORKING_HOUR])),
    st.builds(Pace, st.integers(1, 20), st.just(Unit.WORKING_HOUR), calendar=st.just("office")),
    st.sampled_from(["FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY;BYMONTHDAY=-1"]).map(lambda rule: Pace(rule=rule)),
)
instants = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1))
origins = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)) | st.builds(
    lambda wall, zone: wall.replace(tzinfo=zone), instants, zones
)


@given(paces, origins, zones, st.booleans())
def test_ticks_come_in_order_behind_the_origin(pace, origin, zone, aligned):
    """Each tick is later than the one before, and none lies before the origin."""
    found = list(islice(pace.ticks(counted_from=origin, zone=zone, calendars=CALENDARS, aligned=aligned), 12))
    start = Moment.on(origin) if not isinstance(origin, dt.datetime) else Moment.exactly(origin)
    floor = start.opens_at(zone) if aligned else start.late_from(zone)
    assert len(found) == 12
    assert all(a < b for a, b in pairwise(found))
    assert found[0] >= floor
    assert aligned or not isinstance(origin, dt.datetime) or found[0] > floor


@given(paces, origins, zones, st.booleans(), st.integers(0, 30), st.integers(-1, 1))
def test_the_next_tick_can_be_found_from_anywhere(pace, origin, zone, aligned, steps, near):
    """``next_after`` finds what walking through the ticks finds: nothing is skipped, nothing drifts."""
    options = {"counted_from": origin, "zone": zone, "calendars": CALENDARS, "aligned": aligned}
    found = list(islice(pace.ticks(**options), 33))
    asked = found[steps] + near * dt.timedelta(microseconds=1)
    assert pace.next_after(asked, **options) == next(tick for tick in found if tick > asked)


@given(
    st.integers(1, 30),
    st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR, Unit.HOUR, Unit.MINUTE]),
    origins,
    zones,
)
def test_a_tick_is_the_sum_of_its_periods(count, unit, origin, zone):
    """The nth tick of ``every C units`` is the moment ``n x C units after`` the origin."""
    found = islice(Pace(count, unit).ticks(counted_from=origin, zone=zone), 5)
    ref = Ref(RefKind.DUE)  # of a date, hours count from its end, as those of a pace do
    for n, tick in enumerate(found, 1):
        phrase = Offset(Span(n * count, unit), "after", ref)
        assert resolve(phrase, lookup=lambda ref: origin, zone=zone, calendars={}).opens_at(zone) == tick


@given(weekdays.filter(bool), clocks.filter(bool), origins)
def test_weekdays_are_the_days_that_a_walk_finds(days, clock, origin):
    """A weekly pace ticks on each of its weekdays behind the origin, and on no other day."""
    pace = Pace(1, Unit.WEEK, days, clock)
    found = list(islice(pace.ticks(counted_from=origin, zone=SHANGHAI), 9))
    start = Moment.on(origin) if not isinstance(origin, dt.datetime) else Moment.exactly(origin)
    floor = start.late_from(SHANGHAI)
    day, walked = start.day(SHANGHAI), []
    while len(walked) < 9:
        tick = dt.datetime.combine(day, pace.clock, SHANGHAI)
        if day.weekday() in pace.weekdays and (tick > floor or (tick == floor and not isinstance(origin, dt.datetime))):
            walked.append(tick)
        day += dt.timedelta(days=1)
    assert found == walked
