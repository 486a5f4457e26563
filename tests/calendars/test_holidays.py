"""Calendars as definitions write them, and those of countries with their holidays."""

import datetime as dt
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.calendars import Hours, WeekCalendar, _holidays, calendar_from, country_calendar, zone_named

CHINA = country_calendar("CN")


@pytest.mark.parametrize("day", ["2025-01-26", "2025-02-08", "2026-02-14", "2026-02-28", "2026-10-10"])
def test_make_up_days_are_worked(day):
    """In China, Saturdays and Sundays are worked for the long holidays."""
    date = dt.date.fromisoformat(day)
    assert date.weekday() >= 5
    assert CHINA.is_working_day(date)


def test_long_holidays_are_counted_over():
    """Three working days after 30 September 2026 is 10 October, the make-up Saturday."""
    assert CHINA.add_working_days(dt.date(2026, 9, 30), 3) == dt.date(2026, 10, 10)
    assert CHINA.working_days_between(dt.date(2026, 9, 30), dt.date(2026, 10, 10)) == 3
    assert CHINA.add_working_days(dt.date(2026, 2, 13), 2) == dt.date(2026, 2, 24)


def test_years_that_are_not_published_are_provisional():
    """China announces the holidays of a year in the November before; where the law says it all, nothing is."""
    assert not CHINA.provisional(dt.date(2026, 10, 1))
    assert CHINA.provisional(dt.date(2099, 10, 1))
    assert CHINA.provisional(dt.date(2200, 10, 1))
    germany = country_calendar("DE", region="BE")
    assert not germany.provisional(dt.date(2060, 1, 1))
    assert not germany.is_working_day(dt.date(2026, 3, 8).replace(year=2027))  # a holiday in Berlin alone
    assert country_calendar("DE").is_working_day(dt.date(2027, 3, 8))


def test_estimated_holidays_are_provisional():
    """Dates that hang on the sight of the moon are not settled."""
    assert country_calendar("AE").provisional(dt.date(2060, 1, 1))


def test_local_days_are_stronger_than_the_country():
    """What a definition lists under ``holidays`` and ``workdays`` counts before the country's own days."""
    local = country_calendar("CN", holidays=[dt.date(2026, 10, 10)], workdays=[dt.date(2026, 10, 1)])
    assert not local.is_working_day(dt.date(2026, 10, 10))
    assert local.is_working_day(dt.date(2026, 10, 1))


def test_a_country_brings_its_own_weekend():
    """Sunday is a working day in Israel, Friday is not; ``days`` says otherwise."""
    assert country_calendar("IL").days == {6, 0, 1, 2, 3}
    assert country_calendar("IL", days=[0]).days == {0}


def test_a_country_calendar_can_be_pickled():
    """A calendar with holidays is a value like any other."""
    assert pickle.loads(pickle.dumps(CHINA)) == CHINA == country_calendar("CN")
    assert hash(CHINA) == hash(country_calendar("CN"))
    assert country_calendar("DE", region="BY") != country_calendar("DE")


def test_an_unknown_country_is_said_so():
    """A country or a region without holidays is a LookupError."""
    with pytest.raises(LookupError, match="ZZ"):
        country_calendar("ZZ")
    with pytest.raises(LookupError, match="DE-QQ"):
        country_calendar("DE", region="QQ")


def test_a_definition_describes_a_calendar():
    """All keys of a calendar, as YAML or JSON gives them."""
    calendar, problems = calendar_from(
        {
            "country": "CN",
            "days": ["mon", "Tuesday", "wed"],
            "hours": "09:00-12:00, 13:00-18:00",
            "time-zone": "Asia/Shanghai",
            "holidays": ["2026-12-24", dt.date(2026, 12, 31)],
            "workdays": ["2026-10-01"],
            "title": {"en": "Office"},
            "x-colour": "red",
        }
    )
    assert problems == ()
    assert calendar == country_calendar(
        "CN",
        days=[0, 1, 2],
        hours=[Hours(540, 720), Hours(780, 1080)],
        zone=zone_named("Asia/Shanghai"),
        holidays=[dt.date(2026, 12, 24), dt.date(2026, 12, 31)],
        workdays=[dt.date(2026, 10, 1)],
    )
    assert calendar_from({}) == (WeekCalendar(), ())
    assert calendar_from({"hours": "00:00-24:00"})[0].hours == (Hours(0, 1440),)


@pytest.mark.parametrize(
    ("spec", "code", "key", "instead"),
    [
        ("CN", "SOP380", "", None),
        ({"contry": "CN"}, "SOP381", "contry", "country"),
        ({"country": "cn"}, "SOP382", "country", "CN"),
        ({"country": "ZZ"}, "SOP382", "country", None),
        ({"country": 86}, "SOP382", "country", "CN"),
        ({"country": "DE", "region": "QQ"}, "SOP382", "region", None),
        ({"region": "BY"}, "SOP382", "region", None),
        ({"days": ["mon", "tusday"]}, "SOP384", "days", "[mon, tue]"),
        ({"days": []}, "SOP384", "days", None),
        ({"days": "mon"}, "SOP384", "days", None),
        ({"hours": "9-18"}, "SOP385", "hours", None),
        ({"hours": "18:00-09:00"}, "SOP385", "hours", "‘00:00-09:00, 18:00-24:00’"),
        ({"hours": "22:00-00:00"}, "SOP385", "hours", "‘22:00-24:00’"),
        ({"hours": "09:00-12:00, 11:00-18:00"}, "SOP385", "hours", None),
        ({"hours": 32400}, "SOP385", "hours", None),
        ({"time-zone": "Asia/Shangai"}, "SOP386", "time-zone", "Asia/Shanghai"),
        ({"time-zone": "../../etc/passwd"}, "SOP386", "time-zone", None),
        ({"time-zone": 8}, "SOP386", "time-zone", None),
        ({"holidays": ["2026-02-30"]}, "SOP387", "holidays", None),
        ({"holidays": "2026-01-01"}, "SOP387", "holidays", None),
        ({"workdays": [dt.datetime(2026, 1, 1, 9)]}, "SOP387", "workdays", None),
        ({"holidays": ["2026-01-01"], "workdays": ["2026-01-01"]}, "SOP388", "workdays", None),
        ({"holidays": ["2026-01-01"] * 10_001}, "SOP389", "holidays", None),
    ],
)
def test_a_wrong_calendar_is_told_key_by_key(spec, code, key, instead):
    """Each problem has its code, its key and how to mend it."""
    calendar, (problem,) = calendar_from(spec)
    assert calendar is None
    assert (problem.code, problem.fields["key"]) == (code, key)
    assert instead is None or problem.fields["instead"] == instead
    assert all(problem.at(None).mend(lang) for lang in ("en", "zh"))


def test_all_problems_of_a_calendar_come_at_once():
    """Two wrong keys are two problems; a wrong item of a list tells its place."""
    _, problems = calendar_from({"hours": "late", "days": ["x"], "holidays": ["2026-01-01", "soon"]})
    assert [problem.code for problem in problems] == ["SOP384", "SOP385", "SOP387"]
    assert problems[2].fields["index"] == 1


values = st.recursive(
    st.sampled_from([None, True, 3, "CN", "mon", "09:00-18:00", "UTC"]) | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=6,
)
keys = st.sampled_from(["country", "region", "days", "hours", "time-zone", "holidays", "workdays", 3, None])


@given(values | st.dictionaries(keys, values, max_size=4))
def test_no_map_breaks_the_reader(spec):
    """Whatever stands under ``calendars``: a calendar, or problems; never an exception."""
    calendar, problems = calendar_from(spec)
    assert (calendar is None) == bool(problems)


def test_without_the_package_a_country_is_a_problem(monkeypatch):
    """Where ``holidays`` is missing, the problem names the extra that brings it; the rest goes on working."""
    monkeypatch.setattr(_holidays, "find_spec", lambda name: None)
    calendar, (problem,) = calendar_from({"country": "CN"})
    assert calendar is None
    assert problem.code == "SOP383"
    assert 'pip install "sopflow[calendar]"' in problem.at(None).mend("zh")
    with pytest.raises(ImportError, match=r"sopflow\[calendar\]"):
        country_calendar("CN")
    assert calendar_from({"days": ["mon"]})[0] == WeekCalendar([0])


def test_nothing_is_imported_before_a_country_is_named():
    """The room costs neither ``holidays`` nor ``dateutil`` until a calendar or a rule asks for them."""
    script = (
        "import sys, sopflow.calendars as c; c.calendar_from({'days': ['mon']}); c.parse_pace('week');"
        "sys.exit(bool({'holidays', 'dateutil'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
