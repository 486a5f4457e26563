"""Resolving: which moment a phrase means."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sopflow.calendars import (
    Hours,
    Moment,
    Offset,
    Ref,
    RefKind,
    Span,
    Unit,
    WeekCalendar,
    parse_span,
    parse_time,
    resolve,
    shift,
)

BERLIN, NEW_YORK, SHANGHAI = (ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Shanghai"))
zones = st.sampled_from([BERLIN, NEW_YORK, SHANGHAI])
CALENDARS = {
    "office": WeekCalendar(hours=[Hours(540, 720), Hours(780, 1080)]),  # 09:00-12:00, 13:00-18:00
    "berlin": WeekCalendar(zone=BERLIN),
    "short": WeekCalendar([0, 1, 2]),
}
DATA = {
    "event.start": dt.date(2026, 5, 31),
    "event.end": dt.date(2026, 6, 2),
    "meeting": dt.datetime(2026, 5, 31, 14, 30, tzinfo=SHANGHAI),
    "local": dt.datetime(2026, 5, 31, 14, 30),
    "N": dt.date(2026, 6, 2),
    "T": dt.date(2026, 5, 31),
    "X": 5,
    "less": -2,
    "huge": 100_001,
    "opened": dt.datetime(2026, 5, 28, 16, 30, 12, tzinfo=SHANGHAI),  # a Thursday
    "due": Moment.on(dt.date(2026, 5, 29)),
    "completion of plan": dt.datetime(2026, 5, 29, 20, 0, tzinfo=dt.UTC),  # 04:00 of the 30th in Shanghai
}


def meaning(text, zone=SHANGHAI, **more):
    """What ``text`` means over DATA."""
    phrase, problems = parse_time(text)
    assert not problems
    moment = resolve(phrase, lookup=lambda ref: (DATA | more).get(str(ref)), zone=zone, calendars=CALENDARS)
    return moment and moment.iso()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("event.start", "2026-05-31"),
        ("2026-02-28", "2026-02-28"),
        ("none", None),
        ("1 month before event.start", "2026-04-30"),
        ("3 months before event.start", "2026-02-28"),
        ("1 quarter before event.start", "2026-02-28"),
        ("2 years after 2024-02-29", "2026-02-28"),
        ("4 years after 2024-02-29", "2028-02-29"),
        ("1 year before 2024-02-29", "2023-02-28"),
        ("1 day after 2026-12-31", "2027-01-01"),
        ("1 month after 2026-12-31", "2027-01-31"),
        ("2 weeks before event.start", "2026-05-17"),
        ("N+X", "2026-06-07"),
        ("T-30", "2026-05-01"),
        ("N+less", "2026-05-31"),
        ("X days after event.end", "2026-06-07"),
        ("18:00 on N+X", "2026-06-07T18:00+08:00"),
        ("18:00 on event.start", "2026-05-31T18:00+08:00"),
        ("meeting", "2026-05-31T14:30+08:00"),
        ("local", "2026-05-31T14:30+08:00"),
        ("1 month before meeting", "2026-04-30T14:30+08:00"),  # counted from a datetime, a date keeps its clock
        ("09:00 on 1 month before meeting", "2026-04-30T09:00+08:00"),
        ("0 days after meeting", "2026-05-31T14:30+08:00"),
        ("1 working day after 2026-05-29", "2026-06-01"),  # from a Friday
        ("1 working day after event.start", "2026-06-01"),  # from a Sunday
        ("1 working day before event.start", "2026-05-29"),
        ("0 working days after event.start", "2026-05-31"),
        ("3 working days in short after 2026-06-01", "2026-06-08"),
        ("within 48 hours", "2026-05-30T16:30:12+08:00"),
        ("within 30 minutes of meeting", "2026-05-31T15:00:00+08:00"),
        ("within 2 weeks of event.start", "2026-06-14"),
        ("within 3 days", "2026-05-31T16:30:12+08:00"),
        ("2 hours after event.start", "2026-05-31T02:00:00+08:00"),
        ("2 hours before due", "2026-05-29T22:00:00+08:00"),  # a due date lasts till its end
        ("2 hours after due", "2026-05-30T02:00:00+08:00"),
        ("1 hour after completion of plan", "2026-05-30T05:00:00+08:00"),
        ("1 day after due", "2026-05-30"),
        ("completion of plan", "2026-05-30T04:00+08:00"),
        ("2 days after completion of plan", "2026-06-01T04:00+08:00"),
        ("1 working day in berlin after completion of plan", "2026-06-02T04:00+08:00"),  # Friday 22:00 in Berlin
        ("1 working hour in office after opened", "2026-05-28T17:30:12+08:00"),
        ("2 working hours in office after opened", "2026-05-29T09:30:12+08:00"),
        ("4 working hours in office before 2026-06-01", "2026-05-29T14:00:00+08:00"),
        ("8 working hours in office after event.start", "2026-06-01T18:00:00+08:00"),
        ("9 working hours in office after event.start", "2026-06-02T10:00:00+08:00"),
        ("2 days after nobody_knows", None),
        ("unknown days after N", None),
        ("huge days after N", None),
        ("100000 years after N", None),
        ("100000 months before N", None),
        ("1 day after 9999-12-31", None),
        ("1 working day before 0001-01-01", None),
        ("100000 working hours after 9999-12-01", None),
    ],
)  # fmt: skip
def test_a_phrase_means_a_moment(text, iso):
    """The table of ordinary and odd cases."""
    assert meaning(text) == iso


@pytest.mark.parametrize(
    ("text", "meeting", "iso"),
    [
        ("1 day after meeting", "2026-03-28T02:30:00+01:00", "2026-03-29T03:30+02:00"),  # 02:30 does not exist
        ("1 day after meeting", "2026-10-24T02:30:00+02:00", "2026-10-25T02:30+02:00"),  # the first of two
        ("24 hours after meeting", "2026-03-28T12:00:00+01:00", "2026-03-29T13:00:00+02:00"),
        ("1 day after meeting", "2026-03-28T12:00:00+01:00", "2026-03-29T12:00+02:00"),
        ("1 hour after meeting", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"),
        ("0 days after meeting", "2026-10-25T02:30:00+01:00", "2026-10-25T02:30+01:00"),  # the second stays
    ],
)
def test_days_follow_the_wall_clock_and_hours_the_absolute_time(text, meeting, iso):
    """A day is not 24 hours where the clocks change."""
    assert meaning(text, BERLIN, meeting=dt.datetime.fromisoformat(meeting)) == iso


def test_only_a_due_date_lasts_till_its_end():
    """Hours before and after a due *clock time* count from that time."""
    due = Moment.at(dt.datetime(2026, 5, 29, 18, tzinfo=SHANGHAI))
    assert meaning("2 hours before due", due=due) == "2026-05-29T16:00:00+08:00"
    assert meaning("2 hours after due", due=due) == "2026-05-29T20:00:00+08:00"


def test_a_wrong_type_is_a_fault_of_the_caller():
    """A reference that is no time, or a count that is no whole number, is a TypeError."""
    for text, value in (("meeting", "soon"), ("N+X", True), ("N+X", 2.0)):
        with pytest.raises(TypeError):
            meaning(text, meeting=value, X=value)
    with pytest.raises(KeyError):
        meaning("1 working day in nowhere after N")


civil = st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR, Unit.WORKING_DAY])
dates = st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1))
small = st.integers(0, 500)


def moved(start, count, unit, direction, zone=BERLIN):
    """``count`` units before or after ``start``."""
    phrase = Offset(Span(count, unit), direction, Ref(RefKind.NAME, "it"))
    return resolve(phrase, lookup=lambda ref: start, zone=zone, calendars={})


@given(dates, dates, small, civil, st.sampled_from(["before", "after"]))
def test_counting_keeps_the_order_of_dates(a, b, count, unit, direction):
    """Monotone in the start: from an earlier date one never gets to a later one."""
    first, second = (moved(date, count, unit, direction).date for date in sorted([a, b]))
    assert first <= second


@given(dates, small, st.integers(1, 500), civil)
def test_counting_further_goes_further(date, count, more, unit):
    """Strictly monotone in the count, forward and back."""
    assert moved(date, count, unit, "after").date < moved(date, count + more, unit, "after").date
    assert moved(date, count, unit, "before").date > moved(date, count + more, unit, "before").date


@given(dates, small, st.sampled_from([Unit.DAY, Unit.WEEK]))
def test_days_and_weeks_can_be_taken_back(date, count, unit):
    """There and back again is the same date."""
    assert moved(moved(date, count, unit, "after").date, count, unit, "before").date == date


@given(dates, st.integers(1, 500))
def test_working_days_can_be_taken_back_to_a_working_day(date, count):
    """There and back again is the same date if it is a working day; else the nearest one on the way back."""
    there = moved(date, count, Unit.WORKING_DAY, "after").date
    back = moved(there, count, Unit.WORKING_DAY, "before").date
    assert back == (date if date.weekday() < 5 else date - dt.timedelta(days=date.weekday() - 4))


@given(dates, dates, small, civil)
def test_before_and_after_are_monotone_instants_too(a, b, count, unit):
    """Of two clock times on the same wall, the earlier date is never the later deadline."""
    first, second = (
        moved(dt.datetime.combine(date, dt.time(2, 30)), count, unit, "after").late_from(BERLIN)
        for date in sorted([a, b])
    )
    assert first <= second


@given(dates, small)
def test_a_month_keeps_its_day_or_takes_the_last(date, count):
    """The day of the month stays, unless the month is too short: then it is its last day."""
    after = moved(date, count, Unit.MONTH, "after").date
    assert (after.year * 12 + after.month) - (date.year * 12 + date.month) == count
    assert after.day == date.day or (after.day < date.day and (after + dt.timedelta(days=1)).day == 1)


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1)), zones, st.integers(0, 5000))
def test_a_civil_count_keeps_the_clock(wall, zone, count):
    """Days after a datetime have its clock time, but where that time does not exist."""
    moment = moved(wall.replace(tzinfo=zone), count, Unit.DAY, "after", zone)
    there = moment.instant.astimezone(zone).replace(tzinfo=None)
    expected = dt.datetime.combine(wall.date() + dt.timedelta(days=count), wall.time())
    real = expected.replace(tzinfo=zone).astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
    start = wall.replace(tzinfo=zone).astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
    assume(start == wall)  # a start that does not exist has no clock to keep
    assert there == real
    assert real == expected or real - expected <= dt.timedelta(hours=1)


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1)), zones, st.integers(0, 5000))
def test_hours_are_absolute_and_can_be_taken_back(wall, zone, count):
    """Hours add exactly that much time, whatever the clocks do."""
    start = wall.replace(tzinfo=zone).astimezone(dt.UTC)
    there = moved(start, count, Unit.HOUR, "after", zone).instant
    assert there - start == dt.timedelta(hours=count)
    assert moved(there, count, Unit.HOUR, "before", zone).instant == start


anything = st.dates() | st.datetimes(timezones=zones) | st.datetimes()


@given(anything, st.integers(0, 100_000), st.sampled_from(Unit), st.sampled_from(["before", "after"]), zones)
def test_nothing_overflows(start, count, unit, direction, zone):
    """Whatever is counted from wherever: a moment in the years 1..9999, or None."""
    moment = moved(start, count, unit, direction, zone)
    if moment is not None:
        assert moment.opens_at(zone) <= moment.late_from(zone)
        assert moment.iso()


def test_a_span_can_be_counted_from_any_moment():
    """``shift`` is the arithmetic without a phrase, for plans."""
    span, _ = parse_span("3 working days")
    friday = Moment.on(dt.date(2026, 5, 29))
    assert shift(friday, span, zone=BERLIN, calendars={}) == Moment.on(dt.date(2026, 6, 3))
    assert shift(friday, span, back=True, zone=BERLIN, calendars={}) == Moment.on(dt.date(2026, 5, 26))
    assert shift(friday, Span(Ref(RefKind.NAME, "X"), Unit.DAY), zone=BERLIN, calendars={}) is None
    assert shift(friday, Span(9999, Unit.YEAR), zone=BERLIN, calendars={}) is None
