"""The reference page on time says what the code does: every table and example of it is run."""

import datetime as dt
import doctest
import re
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
import yaml

import sopflow
from sopflow.calendars import (
    Hours,
    WeekCalendar,
    calendar_from,
    country_calendar,
    parse_duration,
    parse_pace,
    parse_reminder,
    parse_time,
    resolve,
)
from sopflow.planning import starts

ZONE = ZoneInfo("Asia/Shanghai")
CALENDARS = {"office": WeekCalendar(hours=[Hours(540, 1080)])}


@pytest.fixture(scope="module")
def page(repository):
    """The text of the page."""
    return (repository / "docs/reference/time.md").read_text(encoding="utf-8")


def table(page, first):
    """The rows of the tables whose first column is headed ``first``: their cells without backticks."""
    rows, inside = [], False
    for line in page.splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")] if line.startswith("|") else [""]
        if inside and cells[0].strip("-"):
            rows.append(cells)
        inside = cells[0] == first or (inside and cells != [""])
    assert rows
    return rows


def plain(text):
    """What is written in YAML, all of it as text."""
    return yaml.load(text, yaml.BaseLoader)


def value(text):
    """A value of the page's table of values."""
    if text.isdigit():
        return int(text)
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


def test_times_mean_what_the_page_says(page):
    """Each phrase means the moment beside it, with the values of the page."""
    data = {name: value(text) for name, text in table(page, "name")}
    for phrase, means, *_ in table(page, "phrase"):
        time, problems = parse_time(phrase)
        assert problems == ()
        moment = resolve(time, lookup=lambda ref: data.get(str(ref)), zone=ZONE, calendars=CALENDARS)
        assert (phrase, moment.iso() if moment else "unset") == (phrase, means)


@pytest.mark.parametrize(
    ("expected", "origin", "aligned"),
    [("first ticks", dt.datetime(2026, 1, 7, 10), False), ("first starts", dt.date(2026, 2, 15), True)],
)
def test_paces_tick_as_the_page_says(page, expected, origin, aligned):
    """Each pace has the ticks beside it."""
    part = page[page.index(f"| pace | {expected} |") :]
    for text, ticks in table(part[: part.index("\n\n")], "pace"):
        pace, problems = parse_pace(text)
        assert problems == ()
        wanted = ticks.split(", ")
        found = pace.ticks(counted_from=origin, zone=ZONE, calendars=CALENDARS, aligned=aligned)
        assert (text, [f"{tick:%Y-%m-%d %H:%M}" for tick in islice(found, len(wanted))]) == (text, wanted)


def test_reminders_and_durations_of_the_page_are_read(page):
    """Each reminder and each duration is one."""
    for head, read in (("reminder", parse_reminder), ("duration", parse_duration)):
        for text, *_ in table(page, head):
            found, problems = read(text)
            assert (str(found), problems) == (text, ())


def test_slips_are_mended_as_the_page_says(page):
    """Each slip is told, with the mend beside it."""
    for head, read in (("written", parse_time), ("pace written", parse_pace)):
        for written, say, code in table(page, head):
            _, (problem,) = read(written)
            assert (written, problem.fields["instead"], problem.code) == (written, say, code)


def test_calendars_are_refused_as_the_page_says(page):
    """Each calendar that cannot be read has the code beside it."""
    for written, code in table(page, "calendar written"):
        assert (written, [problem.code for problem in calendar_from(plain(written))[1]]) == (written, [code])


def test_clocks_change_as_the_page_says(page):
    """Each phrase means the instant beside it in its zone."""
    for zone, phrase, means, *_ in table(page, "zone"):
        time, _ = parse_time(phrase)
        moment = resolve(time, lookup=lambda ref: None, zone=ZoneInfo(zone), calendars={})
        assert (zone, phrase, moment.iso()) == (zone, phrase, means)


HEADER = "sopflow: 1\nid: some\nversion: 1.0.0\ntitle: Some\nroles: {boss: Boss}\ntime-zone: Asia/Shanghai\n"


def test_runs_begin_as_the_page_says(page):
    """Each ``start`` begins runs at the instants beside it."""
    for start, begins in table(page, "start"):
        program = sopflow.compile(sopflow.loads(HEADER + f"start: {start}\nsteps: {{a: {{task: A}}}}\n"))
        wanted = begins.split(", ")
        found = starts(program, after=dt.datetime(2026, 1, 7, 10), count=len(wanted))
        assert (start, [f"{at:%Y-%m-%d %H:%M}" for at in found]) == (start, wanted)


def test_findings_stand_where_the_page_says(page):
    """The example has these findings, at line and column of these words, and no other errors."""
    block = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[1]
    found = sopflow.check(sopflow.loads(HEADER + block)).errors
    lines, above = block.splitlines(), HEADER.count("\n")
    told = [
        [
            f"{finding.place.line - above}:{finding.place.column}",
            finding.code,
            lines[finding.place.line - above - 1][finding.place.column - 1 : finding.place.end_column - 1],
        ]
        for finding in found
    ]
    assert told == table(page, "line:column")


def test_make_up_days_are_those_of_the_page(page):
    """Each make-up day is a weekend day that China works."""
    china = country_calendar("CN")
    for (day,) in table(page, "make-up working day"):
        date = dt.date.fromisoformat(day)
        assert date.weekday() > 4
        assert china.is_working_day(date)


def test_the_calendar_of_the_page_can_be_read(page):
    """The example is a calendar, and the table names every key that there is."""
    block = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]
    written = plain(block)
    calendar, problems = calendar_from(written["calendars"][written["calendar"]])
    assert problems == ()
    assert calendar.is_working_day(dt.date(2026, 10, 1))
    keys = {key for cells in table(page, "key") for key in re.findall(r"[a-z-]+", cells[0].replace("`", ""))}
    _, (problem,) = calendar_from({"colour": 1})
    assert keys == set(problem.fields["known"].split(", "))


def test_the_python_of_the_page_runs(page):
    """The examples print what stands below them."""
    (block,) = re.findall(r"```pycon\n(.*?)```", page, re.DOTALL)
    test = doctest.DocTestParser().get_doctest(block, {}, "time.md", "time.md", 0)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0
