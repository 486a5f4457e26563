"""``start:``: the instants at which runs begin, and which of them begin one while earlier runs still go."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sopflow
from sopflow.planning import EPOCH, Begin, Starts, starts

SOME = """
sopflow: 1
id: report
version: 1.0.0
title: Report
time-zone: {zone}
roles: {{clerk: Clerk}}
messages: {{alert: {{level: [low, high], day: date}}}}
calendars: {{office: {{holidays: [2026-01-08], workdays: [2026-01-10]}}}}
calendar: office
parameters: {{begin: {{is: date, default: 2026-03-05}}}}
data: {{plan: {{begin: date}}}}
derived: {{later: [{{when: known(plan.begin), then: = plan.begin}}, {{else: = begin}}]}}
start: {start}
steps: {{write: {{task: Write, by: clerk}}}}
"""


def report(start, zone="Asia/Shanghai"):
    """A program that begins as ``start`` says."""
    return sopflow.compile(sopflow.loads(dedent(SOME).format(start=start, zone=zone)))


def first(start, after="2026-01-07T10:00", count=2, zone="Asia/Shanghai", **more):
    """The first instants, as clock times in the zone of the definition."""
    found = starts(report(start, zone), after=datetime.fromisoformat(after), count=count, **more)
    return [f"{at:%Y-%m-%d %H:%M}" for at in found]


@pytest.mark.parametrize(
    ("start", "expected"),
    [  # after ten in the morning of Wednesday 7 January 2026
        ("{every: day at 09:00}", ["2026-01-08 09:00", "2026-01-09 09:00"]),
        ("{every: day at 18:00}", ["2026-01-07 18:00", "2026-01-08 18:00"]),
        ("{every: week}", ["2026-01-12 00:00", "2026-01-19 00:00"]),  # Mondays
        ("{every: friday at 16:00}", ["2026-01-09 16:00", "2026-01-16 16:00"]),
        ("{every: 2 weeks on monday, from: 2026-01-05}", ["2026-01-19 00:00", "2026-02-02 00:00"]),
        ("{every: 2 weeks on monday, from: 2026-01-07}", ["2026-01-19 00:00", "2026-02-02 00:00"]),
        ("{every: 2 weeks on monday, from: 2026-01-12}", ["2026-01-12 00:00", "2026-01-26 00:00"]),
        ("{every: month}", ["2026-02-01 00:00", "2026-03-01 00:00"]),
        ("{every: month on monday at 09:00}", ["2026-02-02 09:00", "2026-03-02 09:00"]),
        ("{every: quarter}", ["2026-04-01 00:00", "2026-07-01 00:00"]),
        ("{every: 3 months}", ["2026-04-01 00:00", "2026-07-01 00:00"]),
        ("{every: 3 months, from: 2026-02-01}", ["2026-02-01 00:00", "2026-05-01 00:00"]),
        ("{every: quarter at 09:00, from: 2027-01-01}", ["2027-01-01 09:00", "2027-04-01 09:00"]),
        ("{every: year}", ["2027-01-01 00:00", "2028-01-01 00:00"]),
        ("{every: working day at 09:00}", ["2026-01-09 09:00", "2026-01-10 09:00"]),  # a holiday, a worked Saturday
        ("{every: 6 hours}", ["2026-01-07 12:00", "2026-01-07 18:00"]),
        ("{every: day at 09:00, from: begin}", ["2026-03-05 09:00", "2026-03-06 09:00"]),
        ("{every: day at 09:00, from: later}", ["2026-03-05 09:00", "2026-03-06 09:00"]),
        ("{every: day at 09:00, from: 1 month before begin}", ["2026-02-05 09:00", "2026-02-06 09:00"]),
        ("{every: day at 09:00, from: {latest: [begin, 2026-03-09]}}", ["2026-03-09 09:00", "2026-03-10 09:00"]),
        ("{every: day, from: 12:00 on begin}", ["2026-03-05 12:00", "2026-03-06 12:00"]),
        ("{every: day at 09:00, from: plan.begin}", []),  # nobody has said it yet
        ("{every: RRULE:FREQ=MONTHLY;BYDAY=1MO;BYHOUR=9}", ["2026-02-02 09:00", "2026-03-02 09:00"]),
        ("{every: RRULE:FREQ=MONTHLY;BYMONTHDAY=31}", ["2026-01-31 00:00", "2026-03-31 00:00"]),  # no 31st, no start
        ("{every: RRULE:FREQ=MONTHLY;BYMONTHDAY=-1}", ["2026-01-31 00:00", "2026-02-28 00:00"]),
        ("{every: RRULE:FREQ=DAILY;COUNT=2, from: 2026-01-07}", ["2026-01-08 00:00"]),  # the first of two is past
        ("{every: RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29}", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("{by: [clerk]}", []),
        ("{message: alert}", []),
    ],
)  # fmt: skip
def test_runs_begin_at_the_ticks_of_the_calendar(start, expected):
    """Weeks begin on Monday; months, quarters and years on their first day; ``from`` says where counting begins."""
    assert first(start) == expected


def test_data_may_say_from_when():
    """``from`` reads what the host knows, then the defaults of the definition."""
    assert first("{every: day, from: plan.begin}", data={"plan.begin": "2026-05-01"}) == [
        "2026-05-01 00:00",
        "2026-05-02 00:00",
    ]
    assert first("{every: day, from: later}", data={"plan.begin": date(2026, 5, 1)}, count=1) == ["2026-05-01 00:00"]


@pytest.mark.parametrize(
    ("zone", "after", "expected"),
    [
        ("Europe/Berlin", "2026-03-28T12:00", ["2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"]),
        ("Europe/Berlin", "2026-10-24T12:00", ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]),
        ("Australia/Sydney", "2026-10-03T12:00", ["2026-10-04T03:30:00+11:00", "2026-10-05T02:30:00+11:00"]),
        ("Australia/Sydney", "2026-04-04T12:00", ["2026-04-05T02:30:00+11:00", "2026-04-06T02:30:00+10:00"]),
        ("Australia/Lord_Howe", "2026-10-03T12:00", ["2026-10-04T02:30:00+11:00", "2026-10-05T02:30:00+11:00"]),
        ("Asia/Kathmandu", "2026-10-03T12:00", ["2026-10-04T02:30:00+05:45", "2026-10-05T02:30:00+05:45"]),
    ],
)
def test_a_clock_that_changes_delays_a_start_or_takes_the_first(zone, after, expected):
    """A start in an hour that is left out comes after it; one in an hour that comes twice comes once, at the first."""
    found = starts(report("{every: day at 02:30}", zone), after=datetime.fromisoformat(after), count=2)
    assert [at.isoformat() for at in found] == expected


def test_without_from_weeks_are_counted_from_a_fixed_monday():
    """Every second week is the same week whenever a host comes up."""
    program = report("{every: 2 weeks on monday}")
    early = list(starts(program, after=datetime(2025, 1, 1), until=datetime(2027, 1, 1)))
    late = list(starts(program, after=datetime(2026, 6, 3), until=datetime(2027, 1, 1)))
    assert early[-len(late) :] == late
    assert EPOCH.weekday() == 0
    assert all((at.date() - EPOCH).days % 14 == 0 for at in early)


def test_both_ends_of_a_stretch():
    """What is due at ``after`` has been, what is due at ``until`` is still in."""
    program = report("{every: day at 09:00}")
    nine = datetime.fromisoformat("2026-01-07T09:00+08:00")
    day = timedelta(days=1)
    assert list(starts(program, after=nine, until=nine + 2 * day)) == [nine + day, nine + 2 * day]
    assert list(starts(program, after=nine, until=nine)) == []
    assert list(starts(program, after=nine.astimezone(UTC), until=nine + day)) == [nine + day]


# -- what begins, while earlier runs go -------------------------------------------------------------------------------

NINE = datetime.fromisoformat("2026-01-05T09:00+08:00")
DAY = timedelta(days=1)


def daily(overlap):
    """Runs that begin each day at nine; looked at since just before a Monday's nine."""
    return Starts(report(f"{{every: day at 09:00, overlap: {overlap}}}"), since=NINE - timedelta(hours=1))


def test_a_start_begins_one_run():
    """Once its time has come, and not again; before, nothing begins."""
    host = daily("allow")
    assert host.next() == NINE
    assert host.advance(to=NINE - timedelta(minutes=1)) == ()
    assert host.advance(to=NINE) == (Begin(NINE),)
    assert host.advance(to=NINE) == ()
    assert host.next() == NINE + DAY


@pytest.mark.parametrize("overlap", ["allow", "skip", "queue"])
def test_starts_that_were_missed_come_once_with_their_number(overlap):
    """After three days of silence one run begins, for the last of the instants that passed."""
    host = daily(overlap)
    assert host.advance(to=NINE + 2 * DAY + timedelta(hours=3)) == (Begin(NINE + 2 * DAY, missed=2),)
    assert host.advance(to=NINE + 3 * DAY) == (Begin(NINE + 3 * DAY),)


def test_allowed_runs_overlap():
    """A late run swallows no other."""
    host = daily("allow")
    assert host.advance(to=NINE, running=3) == (Begin(NINE),)


def test_skipped_is_what_comes_while_a_run_goes():
    """A start that is skipped does not come later."""
    host = daily("skip")
    assert host.advance(to=NINE, running=1) == ()
    assert host.advance(to=NINE + timedelta(hours=1)) == ()
    assert host.advance(to=NINE + DAY) == (Begin(NINE + DAY),)


def test_queued_runs_begin_one_after_the_other():
    """Each begins when the one before has ended, in order, and knows when it was to begin."""
    host = daily("queue")
    assert host.advance(to=NINE) == (Begin(NINE),)
    assert host.advance(to=NINE + DAY, running=1) == ()
    assert host.advance(to=NINE + 2 * DAY, running=1) == ()
    noon = NINE + 2 * DAY + timedelta(hours=3)
    assert host.advance(to=noon) == (Begin(NINE + DAY),)
    assert host.advance(to=noon, running=1) == ()
    assert host.advance(to=noon) == (Begin(NINE + 2 * DAY),)
    assert host.advance(to=noon) == ()


def test_a_host_that_comes_back_loses_and_repeats_nothing():
    """Two values are all that it has to write down."""
    host = daily("queue")
    host.advance(to=NINE, running=1)
    again = Starts(host.program, since=host.since, queue=host.queue)
    assert again.advance(to=NINE + timedelta(hours=1)) == (Begin(NINE),)
    assert again.next() == NINE + DAY


def test_a_clock_that_goes_back_begins_nothing_twice():
    """Time does not go back."""
    host = daily("allow")
    host.advance(to=NINE + DAY)
    assert host.advance(to=NINE) == ()
    assert host.since == NINE + DAY


def test_a_message_that_no_run_takes_begins_one():
    """The declared message, and only where it fits; other messages begin nothing."""
    host = Starts(report("{message: alert, match: {level: high, day: 2026-03-01}}"), since=NINE)
    for day in (date(2026, 3, 1), "2026-03-01"):
        alert = {"level": "high", "day": day, "note": "x"}
        assert host.message("alert", alert, at=NINE) == (Begin(NINE, message="alert", data=alert),)
    assert host.message("alert", {"level": "low", "day": "2026-03-01"}, at=NINE) == ()
    assert host.message("alert", at=NINE) == ()
    assert host.message("", at=NINE) == ()
    assert host.next() is None
    assert host.advance(to=NINE + DAY) == ()


def test_messages_wait_and_are_skipped_like_instants():
    """``overlap`` holds for whatever begins a run."""
    host = Starts(report("{message: alert, overlap: queue}"), since=NINE)
    assert host.message("alert", at=NINE, running=1) == ()
    assert host.advance(to=NINE + DAY) == (Begin(NINE, message="alert"),)
    host = Starts(report("{message: alert, overlap: skip}"), since=NINE)
    assert host.message("alert", at=NINE, running=1) == ()
    assert host.advance(to=NINE + DAY) == ()


def test_a_start_that_cannot_be_is_a_finding():
    """A message, a field or a value that there is not; a beginning that hangs on what only a run knows."""
    for start, code in (
        ("{message: alarm}", "SOP204"),
        ("{message: alert, match: {lewel: high}}", "SOP203"),
        ("{message: alert, match: {level: purple}}", "SOP721"),
        ("{match: {level: high}}", "SOP851"),
        ("{every: day, from: 1 day after opened}", "SOP850"),
        ("{every: day, from: {latest: [begin, completion of write]}}", "SOP850"),
        ("{every: day, from: within 3 days}", "SOP850"),
    ):
        found = sopflow.check(sopflow.loads(SOME.format(start=start, zone="UTC")))
        assert code in [finding.code for finding in found.errors], start


paces = st.sampled_from(
    "day at 02:30;2 days;week;2 weeks on monday;tuesday, friday at 08:00;month;5 months;quarter;working day".split(";")
)


@given(
    paces, st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)), st.lists(st.integers(0, 40), min_size=1), st.data()
)
def test_however_often_one_looks_each_instant_counts_once(pace, since, steps, data):
    """Begun and missed together are all the instants there are, whenever the host looks, and in order."""
    host = Starts(report(f"{{every: '{pace}'}}", "Europe/Berlin"), since=since)
    begun, at, low = [], since, host.since
    for days in steps:
        at += timedelta(days=days, hours=data.draw(st.integers(0, 23)))
        begun += host.advance(to=at, running=data.draw(st.integers(0, 2)))
    due = list(starts(host.program, after=low, until=host.since))
    assert sum(1 + run.missed for run in begun) == len(due)
    assert {run.due for run in begun} <= set(due)
    assert all(a.due < b.due for a, b in pairwise(begun))
