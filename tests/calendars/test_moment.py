"""Moments: when a date or an instant opens, from when it is late, and what clock changes do to it."""

import datetime as dt
import pickle
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.calendars import Moment, earliest, in_zone, latest, localize, zone_named

BERLIN, NEW_YORK, SHANGHAI = (ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Shanghai"))
zones = st.sampled_from([BERLIN, NEW_YORK, SHANGHAI])
moments = st.one_of(
    st.dates().map(Moment.on),
    st.datetimes(timezones=zones).map(Moment.at),
    st.datetimes(timezones=zones).map(Moment.exactly),
)


def test_a_date_is_in_time_till_its_end():
    """A civil date opens at 00:00 and is due till the end of that day."""
    moment = Moment.on(dt.date(2026, 3, 31))
    assert moment.opens_at(SHANGHAI).isoformat() == "2026-03-31T00:00:00+08:00"
    assert moment.late_from(SHANGHAI).isoformat() == "2026-04-01T00:00:00+08:00"
    assert moment.iso() == "2026-03-31"


def test_a_clock_time_is_in_time_till_its_minute_ends():
    """With a clock, that minute is still in time."""
    moment = Moment.at(dt.datetime(2026, 3, 31, 18, 0, tzinfo=SHANGHAI))
    assert moment.late_from(SHANGHAI).isoformat() == "2026-03-31T18:01:00+08:00"
    assert moment.iso() == "2026-03-31T18:00+08:00"


def test_an_exact_instant_is_in_time_at_itself():
    """A precise instant is in time at that instant and late after it."""
    instant = dt.datetime(2026, 3, 31, 18, 0, 0, 5, tzinfo=dt.UTC)
    moment = Moment.exactly(instant)
    assert not moment.is_late(instant, SHANGHAI)
    assert moment.is_late(instant + dt.timedelta(microseconds=1), SHANGHAI)


@given(moments, zones)
def test_a_moment_opens_before_it_is_late(moment, zone):
    """Every moment opens first, and what happens at ``late_from`` is in time."""
    opens, late = moment.opens_at(zone), moment.late_from(zone)
    assert opens <= late
    assert not moment.is_late(late, zone)


@given(moments, zones)
def test_no_moment_is_beyond_the_calendar(moment, zone):
    """Both bounds can be expressed in UTC, in the years 1 and 9999 too."""
    assert moment.opens_at(zone).astimezone(dt.UTC)
    assert moment.late_from(zone).astimezone(dt.UTC)
    assert pickle.loads(pickle.dumps(moment)) == moment
    assert hash(pickle.loads(pickle.dumps(moment))) == hash(moment)


@pytest.mark.parametrize(
    ("wall", "zone", "instant"),
    [
        ("2026-03-29T02:30", BERLIN, "2026-03-29T03:30:00+02:00"),  # does not exist
        ("2026-10-25T02:30", BERLIN, "2026-10-25T02:30:00+02:00"),  # exists twice
        ("2026-03-08T02:15", NEW_YORK, "2026-03-08T03:15:00-04:00"),
        ("2026-11-01T01:15", NEW_YORK, "2026-11-01T01:15:00-04:00"),
        ("2026-03-29T02:30", SHANGHAI, "2026-03-29T02:30:00+08:00"),
        ("1991-04-14T02:30", SHANGHAI, "1991-04-14T03:30:00+09:00"),  # China changed its clocks then
        ("2011-12-30T10:00", ZoneInfo("Pacific/Apia"), "2011-12-31T10:00:00+14:00"),  # a day that was left out
    ],
)
def test_clock_changes_move_forward_or_take_the_first(wall, zone, instant):
    """A time that does not exist moves forward by the gap; of a time that exists twice the first counts."""
    assert localize(dt.datetime.fromisoformat(wall), zone).isoformat() == instant


ZONES = sorted(name for name in available_timezones() if zone_named(name) is not None)


@given(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2080, 1, 1)), st.sampled_from(ZONES).map(ZoneInfo))
def test_instants_and_clocks_are_those_of_the_zone(clock, zone):
    """In every zone there is: what a clock shows at an instant, and the first instant at which it shows that."""
    instant = clock.replace(tzinfo=dt.UTC)
    there = instant.astimezone(zone)
    assert in_zone(instant, zone) == instant
    assert in_zone(instant, zone).utcoffset() == there.utcoffset()
    assert in_zone(in_zone(instant, zone), zone).isoformat() == in_zone(instant, zone).isoformat()
    shown = there.replace(tzinfo=None, fold=0)
    assert localize(shown, zone) <= instant
    assert localize(shown, zone).astimezone(zone).replace(tzinfo=None, fold=0) == shown


def test_a_day_with_a_clock_change_is_not_24_hours():
    """A date lasts from midnight to midnight: 23 or 25 hours when the clocks change."""
    hours = [
        (m.late_from(BERLIN) - m.opens_at(BERLIN)) / dt.timedelta(hours=1)
        for m in (Moment.on(dt.date(2026, 3, 29)), Moment.on(dt.date(2026, 10, 25)), Moment.on(dt.date(2026, 7, 1)))
    ]
    assert hours == [23, 25, 24]


def test_the_hour_that_comes_twice_is_told_apart():
    """Instants are compared as instants, in the repeated hour too."""
    first = dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    assert Moment.at(first) != Moment.at(second)
    assert earliest([Moment.at(second), Moment.at(first)], zone=BERLIN) == Moment.at(first)
    assert in_zone(second, BERLIN).isoformat() == "2026-10-25T02:30:00+01:00"


def test_earliest_passes_over_what_is_not_set_and_latest_waits_for_it():
    """An unset time cannot be the earliest, but may come to be the latest."""
    a, b = Moment.on(dt.date(2026, 1, 1)), Moment.on(dt.date(2026, 1, 2))
    assert earliest([b, None, a], zone=BERLIN) == a
    assert latest([a, b], zone=BERLIN) == b
    assert latest([a, None, b], zone=BERLIN) is None
    assert earliest([None], zone=BERLIN) is None
    assert latest([], zone=BERLIN) is None


def test_a_clock_time_is_an_earlier_deadline_than_its_date():
    """Deadlines are compared by their ends, openings by their beginnings."""
    day = Moment.on(dt.date(2026, 1, 1))
    evening = Moment.at(dt.datetime(2026, 1, 1, 18, tzinfo=BERLIN))
    assert earliest([day, evening], zone=BERLIN) == evening
    assert earliest([day, evening], zone=BERLIN, by="opens") == day


def test_a_moment_is_one_thing():
    """A moment without or with both of date and instant, or with an instant of no zone, is refused."""
    noon = dt.datetime(2026, 1, 1, 12)
    for arguments in ({}, {"date": noon.date(), "instant": noon}, {"instant": noon}, {"date": noon},
                      {"date": noon.date(), "exact": True}):  # fmt: skip
        with pytest.raises(ValueError, match=r"date|instant"):
            Moment(**arguments)
