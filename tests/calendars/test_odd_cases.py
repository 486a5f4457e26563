"""The odd cases, worked out with a calendar on the desk: what a careful reader expects of each phrase."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from sopflow.calendars import Hours, Moment, WeekCalendar, add_working_hours, in_hours, parse_pace, parse_time, resolve
from sopflow.calendars import country_calendar as country

DAY = dt.timedelta(days=1)


def meaning(text, *, zone="Asia/Shanghai", calendars=None, default=None, **known):
    """What the phrase means, as text; ``x__y`` names the field ``x.y``."""
    phrase, problems = parse_time(text)
    assert not problems, problems
    names = {name.replace("__", "."): value for name, value in known.items()}
    moment = resolve(
        phrase,
        lookup=lambda ref: names.get(str(ref)),
        zone=ZoneInfo(zone),
        calendars=calendars or {},
        default=default,
    )
    return moment and moment.iso()


def day(text):
    """A civil date."""
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [  # ends of months
        ("1 month before D", "2026-05-31", "2026-04-30"),
        ("1 month after D", "2026-01-31", "2026-02-28"),
        ("1 month after D", "2024-01-31", "2024-02-29"),
        ("1 month after D", "2026-02-28", "2026-03-28"),  # the 28th, not the last day
        ("1 month before D", "2026-03-31", "2026-02-28"),
        ("1 month before D", "2026-03-29", "2026-02-28"),
        ("2 months after D", "2026-12-31", "2027-02-28"),
        ("12 months after D", "2024-02-29", "2025-02-28"),
        ("1 quarter before D", "2026-05-31", "2026-02-28"),
        ("1 quarter after D", "2026-11-30", "2027-02-28"),
        ("4 quarters after D", "2024-02-29", "2025-02-28"),
        # leap days
        ("1 year after D", "2024-02-29", "2025-02-28"),
        ("4 years after D", "2024-02-29", "2028-02-29"),
        ("100 years after D", "2000-02-29", "2100-02-28"),  # 2100 is no leap year
        ("400 years before D", "2000-02-29", "1600-02-29"),
        ("365 days after D", "2024-02-29", "2025-02-28"),
        ("366 days after D", "2023-03-01", "2024-03-01"),
        ("1 day after D", "2028-02-28", "2028-02-29"),
        ("1 day before D", "2026-03-01", "2026-02-28"),
        # ends of years
        ("1 day after D", "2026-12-31", "2027-01-01"),
        ("1 day before D", "2027-01-01", "2026-12-31"),
        ("1 week after D", "2026-12-28", "2027-01-04"),
        ("52 weeks after D", "2026-01-01", "2026-12-31"),
        ("1 month after D", "2026-12-15", "2027-01-15"),
        # anchors
        ("D-0", "2026-05-31", "2026-05-31"),
        ("D+0", "2026-05-31", "2026-05-31"),
        ("D-30", "2026-03-01", "2026-01-30"),
        ("D - 30", "2024-03-01", "2024-01-31"),
        ("D+15", "2026-12-20", "2027-01-04"),
        # both ends of time
        ("1 day after D", "9999-12-31", None),
        ("1 day before D", "0001-01-01", None),
        ("1 month after D", "9999-12-01", None),
        ("0 years after D", "9999-12-31", "9999-12-31"),
        ("100000 days after D", "2026-01-01", "2299-10-17"),
        ("1 working day after D", "9999-12-31", None),
    ],
)
def test_ends_of_months_and_years(text, start, expected):
    """A month that is too short gives its last day; nothing else bends."""
    assert meaning(text, D=day(start)) == expected


def test_months_chained_by_phrases_clamp_each_time_and_a_pace_does_not():
    """A month after a month may lose days; the ticks of a pace are each counted from the origin."""
    first = day(meaning("1 month after D", D=day("2026-01-31")))
    assert meaning("1 month after D", D=first) == "2026-03-28"
    assert meaning("2 months after D", D=day("2026-01-31")) == "2026-03-31"
    ticks = parse_pace("month")[0].ticks(counted_from=dt.datetime(2026, 1, 31, 9), zone=ZoneInfo("UTC"))
    assert [f"{next(ticks):%m-%d}" for _ in range(4)] == ["02-28", "03-31", "04-30", "05-31"]


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("X days after D", 0, "2026-05-31"),
        ("X days after D", -3, "2026-05-28"),
        ("X days before D", -3, "2026-06-03"),
        ("D+X", -3, "2026-05-28"),
        ("D-X", 30, "2026-05-01"),
        ("X working days after D", -1, "2026-05-29"),
        ("X working days after D", 0, "2026-05-31"),  # a Sunday, as it stands
        ("X months before D", 1, "2026-04-30"),
        ("X days after D", 100_000, "2300-03-16"),
        ("X days after D", 100_001, None),
        ("X days after D", -100_001, None),
        ("X years after D", 10**30, None),
        ("X working hours after D", 10**30, None),
        ("X days after D", None, None),
    ],
)
def test_a_count_may_be_a_field_of_any_size(text, count, expected):
    """Nought stays, less than nought turns round, too much is unset; none is an error."""
    assert meaning(text, D=day("2026-05-31"), X=count) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [  # 2025: 26 January and 8 February worked, 28 January to 4 February off; 28 September and 11 October worked
        ("1 working day after 2025-01-24", "2025-01-26"),  # from a Friday to a Sunday that is worked
        ("2 working days after 2025-01-24", "2025-01-27"),
        ("3 working days after 2025-01-24", "2025-02-05"),
        ("1 working day before 2025-02-05", "2025-01-27"),
        ("4 working days after 2025-02-04", "2025-02-08"),  # a Saturday that is worked
        ("1 working day after 2025-09-30", "2025-10-09"),
        ("3 working days after 2025-09-30", "2025-10-11"),
        ("2 working days after 2025-09-26", "2025-09-29"),  # over a Sunday that is worked
        ("1 working day before 2025-10-01", "2025-09-30"),
        ("5 working days before 2025-10-01", "2025-09-25"),
        # 2026: 1 to 3 January off, Sunday the 4th worked
        ("1 working day after 2025-12-31", "2026-01-04"),
        ("2 working days after 2025-12-31", "2026-01-05"),
        ("1 working day before 2026-01-05", "2026-01-04"),
        # Saturday 14 and 28 February worked, 15 to 23 off
        ("1 working day after 2026-02-13", "2026-02-14"),
        ("2 working days after 2026-02-13", "2026-02-24"),
        ("5 working days after 2026-02-23", "2026-02-28"),
        ("1 working day before 2026-02-24", "2026-02-14"),
        ("2 working days before 2026-02-24", "2026-02-13"),
        # 1 to 5 May off, Saturday the 9th worked
        ("1 working day after 2026-04-30", "2026-05-06"),
        ("4 working days after 2026-04-30", "2026-05-09"),
        # 1 to 7 October off, 20 September and 10 October worked
        ("1 working day after 2026-09-19", "2026-09-20"),
        ("1 working day after 2026-09-30", "2026-10-08"),
        ("3 working days after 2026-09-30", "2026-10-10"),
        ("18:00 on 1 working day after 2026-02-13", "2026-02-14T18:00+08:00"),
        ("within 2 working days of 2026-02-13", "2026-02-24"),
    ],
)
def test_china_works_on_some_saturdays_and_sundays(text, expected):
    """The days that the State Council has announced for 2025 and 2026, with the days worked for them."""
    pytest.importorskip("holidays")
    assert meaning(text, default=country("CN")) == expected


def test_local_days_are_added_to_those_of_the_country():
    """A day off more, a day worked more; a year that is not published is counted, and marked."""
    pytest.importorskip("holidays")
    ours = country("CN", holidays=[day("2026-02-24")], workdays=[day("2026-02-22")])
    assert meaning("2 working days after 2026-02-13", default=ours) == "2026-02-22"
    assert meaning("3 working days after 2026-02-13", default=ours) == "2026-02-25"
    assert not ours.provisional(day("2026-12-31"))
    assert ours.provisional(day("2028-02-01"))
    assert meaning("1 working day after 2028-04-30", default=ours) is not None


def test_two_calendars_in_one_time():
    """Each phrase counts in its own calendar; where none is named, in the default."""
    calendars = {"short": WeekCalendar([0, 1]), "six": WeekCalendar(range(6))}
    friday = {"calendars": calendars, "default": WeekCalendar(holidays=[day("2026-06-01")]), "D": day("2026-05-29")}
    assert meaning("1 working day after D", **friday) == "2026-06-02"
    assert meaning("1 working day in six after D", **friday) == "2026-05-30"
    assert meaning("1 working day in short after D", **friday) == "2026-06-01"
    assert meaning("3 working days in short after D", **friday) == "2026-06-08"


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [  # the night of the change; what it is counted from is noon of the day before, or the change itself
        ("Europe/Berlin", "02:30 on 2026-03-29", "2026-03-29T03:30+02:00"),
        ("Europe/Berlin", "02:30 on 2026-10-25", "2026-10-25T02:30+02:00"),
        ("Europe/Berlin", "24 hours after 12:00", "2026-03-29T13:00:00+02:00"),
        ("Europe/Berlin", "1 day after 12:00", "2026-03-29T12:00+02:00"),
        ("America/New_York", "02:30 on 2026-03-08", "2026-03-08T03:30-04:00"),
        ("America/New_York", "01:30 on 2026-11-01", "2026-11-01T01:30-04:00"),
        ("Australia/Sydney", "02:30 on 2026-10-04", "2026-10-04T03:30+11:00"),
        ("Australia/Sydney", "02:30 on 2026-04-05", "2026-04-05T02:30+11:00"),
        ("Australia/Lord_Howe", "02:15 on 2026-10-04", "2026-10-04T02:45+11:00"),  # half an hour
        ("Australia/Lord_Howe", "01:45 on 2026-04-05", "2026-04-05T01:45+11:00"),
        ("Africa/Cairo", "00:30 on 2026-04-24", "2026-04-24T01:30+03:00"),  # at midnight
        ("Pacific/Apia", "12:00 on 2011-12-30", "2011-12-31T12:00+14:00"),  # a day that was left out
        ("Asia/Kathmandu", "09:00 on 2026-05-31", "2026-05-31T09:00+05:45"),
        ("Asia/Kolkata", "09:00 on 2026-05-31", "2026-05-31T09:00+05:30"),
        ("Australia/Eucla", "09:00 on 2026-05-31", "2026-05-31T09:00+08:45"),
        ("America/St_Johns", "09:00 on 2026-01-31", "2026-01-31T09:00-03:30"),
        ("Pacific/Kiritimati", "00:00 on 2026-01-01", "2026-01-01T00:00+14:00"),
    ],
)
def test_clocks_that_change_in_both_hemispheres(zone, text, expected):
    """A time that is left out moves on by the gap, of one that comes twice the first counts; hours are absolute."""
    noon = dt.datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert meaning(text.replace("after 12:00", "after opened"), zone=zone, opened=noon) == expected


@pytest.mark.parametrize(
    ("zone", "date", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Africa/Cairo", "2026-04-24", 23),  # begins at 01:00
        ("Africa/Cairo", "2026-10-29", 25),  # its last hour comes twice
        ("America/Havana", "2026-11-01", 25),  # its first hour comes twice
        ("Pacific/Apia", "2011-12-30", 0),
        ("Asia/Shanghai", "2026-03-29", 24),
    ],
)
def test_a_day_is_as_long_as_it_is(zone, date, hours):
    """A due date lasts from the first instant of its day to the last."""
    there = Moment.on(day(date))
    assert (there.late_from(ZoneInfo(zone)) - there.opens_at(ZoneInfo(zone))) / dt.timedelta(hours=1) == hours


@pytest.mark.parametrize(
    ("text", "opened", "expected"),
    [
        ("within 2 hours", "2026-03-29T01:30+01:00", "2026-03-29T04:30:00+02:00"),
        ("within 1 day", "2026-03-28T02:30+01:00", "2026-03-29T03:30+02:00"),
        ("within 1 day", "2026-10-25T02:30+01:00", "2026-10-26T02:30+01:00"),  # from the second half past two
        ("within 60 minutes", "2026-10-25T02:30+02:00", "2026-10-25T02:30:00+01:00"),
        ("within 1 month", "2026-01-31T12:00+01:00", "2026-02-28T12:00+01:00"),
        ("within 1 working day", "2026-03-27T02:30+01:00", "2026-03-30T02:30+02:00"),
        ("within 0 hours", "2026-03-27T02:30+01:00", "2026-03-27T02:30:00+01:00"),
    ],
)
def test_within_over_a_change_of_clocks(text, opened, expected):
    """Hours and minutes pass as they pass; days end at the same time of day."""
    assert meaning(text, zone="Europe/Berlin", opened=dt.datetime.fromisoformat(opened)) == expected


NIGHT = WeekCalendar(hours=[Hours(0, 360), Hours(1320, 1440)], holidays=[day("2026-06-03")])  # 22:00 to 06:00
SHOP = WeekCalendar([0, 1, 2, 3, 4, 5], hours=[Hours(540, 720), Hours(780, 1080)], holidays=[day("2026-06-01")])


@pytest.mark.parametrize(
    ("calendar", "text", "opened", "expected"),
    [
        (NIGHT, "4 working hours after opened", "2026-06-01T23:00", "2026-06-02T03:00"),  # over midnight
        (NIGHT, "9 working hours after opened", "2026-06-01T23:00", "2026-06-02T24:00"),
        (NIGHT, "10 working hours after opened", "2026-06-01T23:00", "2026-06-04T01:00"),  # the 3rd is a holiday
        (NIGHT, "2 working hours after opened", "2026-06-05T23:00", "2026-06-08T01:00"),  # over a weekend
        (NIGHT, "2 working hours before opened", "2026-06-02T01:00", "2026-06-01T23:00"),
        (SHOP, "1 working hour after opened", "2026-05-30T17:30", "2026-06-02T09:30"),  # Saturday, Monday off
        (SHOP, "1 working hour after opened", "2026-05-30T11:30", "2026-05-30T13:30"),  # over lunch
        (SHOP, "1 working hour after opened", "2026-05-30T11:00", "2026-05-30T12:00"),  # till lunch
        (SHOP, "1 working hour after opened", "2026-05-30T18:00", "2026-06-02T10:00"),  # at closing time
        (SHOP, "1 working hour after opened", "2026-05-31T10:00", "2026-06-02T10:00"),  # on a Sunday
        (SHOP, "1 working hour before opened", "2026-06-02T09:30", "2026-05-30T17:30"),
        (SHOP, "1 working hour before opened", "2026-06-02T13:00", "2026-06-02T11:00"),
        (SHOP, "0 working hours after opened", "2026-05-31T10:00", "2026-05-31T10:00"),
        (SHOP, "8 working hours after opened", "2026-06-02T09:00", "2026-06-02T18:00"),
        (SHOP, "16 working hours after opened", "2026-06-02T09:00", "2026-06-03T18:00"),
        (WeekCalendar(), "30 working hours after opened", "2026-06-05T12:00", "2026-06-08T18:00"),  # open all day
    ],
)
def test_working_hours_pass_in_office_hours_alone(calendar, text, opened, expected):
    """Over midnight, lunch, weekends and holidays; closing time is reached before the next day begins."""
    end = dt.datetime.fromisoformat(expected.replace("T24:00", "T00:00")) + (DAY if "T24" in expected else 0 * DAY)
    found = meaning(text, default=calendar, opened=dt.datetime.fromisoformat(opened))
    assert found == end.replace(tzinfo=ZoneInfo("Asia/Shanghai")).isoformat()


def test_working_hours_over_a_change_of_clocks():
    """Office hours are hours of the wall: a night shift with a change of clocks is short or long by the hour."""
    zone = ZoneInfo("Europe/Berlin")
    every_day = WeekCalendar(range(7), hours=[Hours(0, 360)])
    for midnight, hours in (("2026-03-29T00:00", 5), ("2026-10-25T00:00", 7), ("2026-06-01T00:00", 6)):
        start = dt.datetime.fromisoformat(midnight).replace(tzinfo=zone)
        end = add_working_hours(every_day, start, 6, zone)
        assert (end - start.astimezone(dt.UTC)) / dt.timedelta(hours=1) == hours


def test_a_calendar_of_another_zone_has_other_days():
    """Working days and hours are those of the calendar's zone, whatever the zone of the definition."""
    york = WeekCalendar(zone=ZoneInfo("America/New_York"), hours=[Hours(540, 1020)])
    saturday = dt.datetime(2026, 5, 30, 4, tzinfo=ZoneInfo("Asia/Shanghai"))  # Friday, 16:00 in New York
    said = {"calendars": {"york": york}, "opened": saturday}
    assert in_hours(york, saturday)
    assert meaning("1 working hour in york after opened", **said) == "2026-05-30T05:00:00+08:00"
    assert meaning("2 working hours in york after opened", **said) == "2026-06-01T22:00:00+08:00"
    assert meaning("1 working day in york after opened", **said) == "2026-06-02T04:00+08:00"  # Monday, 16:00 there
    assert meaning("1 working day after opened", **said) == "2026-06-01T04:00+08:00"  # Monday, here
    assert meaning("1 working day in york after 2026-05-30", **said) == "2026-06-01"  # a date is a date


def test_clock_times_of_a_rule_in_a_gap_are_one_tick():
    """Two clock times that the gap of spring makes one instant tick once."""
    pytest.importorskip("dateutil")
    pace, problems = parse_pace("RRULE:FREQ=DAILY;BYHOUR=2,3;BYMINUTE=30")
    assert not problems
    ticks = pace.ticks(counted_from=dt.datetime(2026, 3, 28, 12), zone=ZoneInfo("Europe/Berlin"))
    assert [next(ticks).isoformat() for _ in range(3)] == [
        "2026-03-29T03:30:00+02:00",
        "2026-03-30T02:30:00+02:00",
        "2026-03-30T03:30:00+02:00",
    ]
