"""Calendar files: what is written, and what independent programs read of it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sopflow.planning import plan
from sopflow.rendering._ics import Entry, calendar_file
from sopflow.rendering.plans import draw_plan

icalendar = pytest.importorskip("icalendar")

BERLIN = ZoneInfo("Europe/Berlin")
STAMP = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
EVENT = {"event": {"start": "2026-09-10", "end": "2026-09-10"}}


def written(*entries: Entry, **options: object) -> bytes:
    """A file with these entries."""
    options = {"name": "x", "key": "k", "zone": BERLIN, "stamp": STAMP, **options}
    return calendar_file(entries, **options)  # type: ignore[arg-type]


def at(month: int, day: int, hour: int = 9) -> dt.datetime:
    """An instant of 2026 in Berlin."""
    return dt.datetime(2026, month, day, hour, tzinfo=BERLIN)


def unfolded(made: bytes) -> list[str]:
    """The lines of a file, as they were before they were folded."""
    return made.decode().replace("\r\n ", "").split("\r\n")


def test_a_civil_date_is_a_whole_day_and_an_instant_has_its_zone() -> None:
    """The end of a whole day is the day after; the zone's changes of clocks stand in the file."""
    lines = unfolded(
        written(Entry("a", "A", dt.date(2026, 9, 1), dt.date(2026, 9, 2)), Entry("b", "B", at(9, 1), at(9, 2)))
    )
    assert {"DTSTART;VALUE=DATE:20260901", "DTEND;VALUE=DATE:20260903"} <= set(lines)
    assert {"DTSTART;TZID=Europe/Berlin:20260901T090000", "DTEND;TZID=Europe/Berlin:20260902T090000"} <= set(lines)
    daylight = lines.index("DTSTART:20260329T020000")  # what clocks showed when they went forward
    assert {"TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"} <= set(lines[daylight - 1 : daylight + 4])
    assert "DTSTART:20261025T030000" in lines


def test_a_thing_to_do_is_due_after_it_begins() -> None:
    """DUE lies after DTSTART (RFC 5545, 3.8.2.3): what begins when it is due has no DTSTART."""
    lines = unfolded(
        written(
            Entry("a", "A", dt.date(2026, 9, 1), dt.date(2026, 9, 2)),
            Entry("b", "B", dt.date(2026, 9, 3), dt.date(2026, 9, 3)),
            tasks=True,
        )
    )
    assert {"DTSTART;VALUE=DATE:20260901", "DUE;VALUE=DATE:20260902", "DUE;VALUE=DATE:20260903"} <= set(lines)
    assert "DTSTART;VALUE=DATE:20260903" not in lines


def test_alarms_are_instants_in_utc() -> None:
    """A trigger that is an instant says so (RFC 5545, 3.8.6.3)."""
    lines = unfolded(written(Entry("a", "A", dt.date(2026, 9, 1), dt.date(2026, 9, 1), alarms=(at(8, 31),))))
    assert "TRIGGER;VALUE=DATE-TIME:20260831T070000Z" in lines


def test_a_later_file_updates_an_earlier_one() -> None:
    """UIDs stay, the sequence number rises; another key is another calendar; the same input gives the same bytes."""
    entry = Entry("a", "A", dt.date(2026, 9, 1), dt.date(2026, 9, 1))

    def of(made: bytes) -> tuple[str, int]:
        (event,) = icalendar.Calendar.from_ical(made).walk("VEVENT")
        return str(event["UID"]), int(event["SEQUENCE"])

    one, two = of(written(entry)), of(written(entry, stamp=STAMP + dt.timedelta(days=1)))
    assert one[0] == two[0]
    assert one[1] < two[1]
    assert of(written(entry, key="other"))[0] != one[0]
    assert written(entry) == written(entry)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_title_is_read_back_and_breaks_no_line(title: str) -> None:
    """Titles come back but for control characters, which become blanks; no line is longer than 75 bytes."""
    try:
        title.encode()
    except UnicodeEncodeError:
        return  # half of a surrogate pair is no text
    made = written(Entry("a", title, dt.date(2026, 9, 1), dt.date(2026, 9, 1), about=title, categories=("r, s;",)))
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    (event,) = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert str(event["SUMMARY"]) == "".join(sign if sign.isprintable() else " " for sign in title)
    assert len(made.split(b"BEGIN:VEVENT")) == 2


@pytest.mark.peer
@pytest.mark.parametrize("kind", ["vevent", "vtodo"])
def test_other_programs_read_the_plan(kind: str) -> None:
    """Parsers that others wrote find every deadline on its day, with its alarm."""
    vobject = pytest.importorskip("vobject")
    made = plan("event-hosting", data=EVENT, at=dt.datetime(2026, 7, 1, 9))
    drawn = draw_plan(made, format="ics", lang="en", tasks=kind == "vtodo")
    assert isinstance(drawn, bytes)
    calendar = vobject.readOne(drawn.decode())
    found = {one.summary.value: one for one in calendar.contents[kind]}
    for step in made.steps:
        if step.due is not None and not step.block:
            one = found[made.text(step.title, "en")]
            when = one.due.value if kind == "vtodo" else one.dtstart.value
            assert when == step.due.date
            assert one.contents["valarm"]


@pytest.mark.peer
@pytest.mark.filterwarnings("ignore")
def test_a_third_program_reads_the_plan() -> None:
    """The strict grammar of another library takes the whole file."""
    ics = pytest.importorskip("ics")
    made = plan("service-launch", data={"launch": {"day": "2027-06-21"}}, at=dt.datetime(2027, 1, 4, 9))
    drawn = draw_plan(made, format="ics")
    assert isinstance(drawn, bytes)
    read = ics.Calendar(drawn.decode())
    assert len(read.events) == drawn.count(b"BEGIN:VEVENT") > 20
