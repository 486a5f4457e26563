"""Calendar files (RFC 5545) from plain entries: what must be done until when, with alarms, for calendar programs.

Knows dates and the library that writes them (extra ``ical``), nothing of plans.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sopflow.errors import Finding, UsageError

if TYPE_CHECKING:
    from icalendar import Alarm, Event, Timezone, Todo

_EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_DAY = dt.timedelta(days=1)
_SECOND = dt.timedelta(seconds=1)
_YEARS = 50  # a zone's changes are written out one by one, so not for ever


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a calendar.

    ``start`` and ``end`` are both civil dates, the end included, or both instants (aware). ``id`` stays the same when
    the plan is made anew. ``alarms`` are instants. ``rule`` is a recurrence (RFC 5545, 3.3.10).
    """

    id: str
    title: str
    start: dt.date
    end: dt.date
    about: str = ""
    categories: tuple[str, ...] = ()
    alarms: tuple[dt.datetime, ...] = ()
    rule: str = ""


def calendar_file(
    entries: Sequence[Entry], *, name: str, key: str, zone: ZoneInfo, stamp: dt.datetime, tasks: bool = False
) -> bytes:
    """``entries`` as the content of an ``.ics`` file called ``name``: events, or with ``tasks`` things to do.

    A file with the same ``key`` made later updates what a program has read from an earlier one: each UID hangs only on
    ``key`` and the entry's id, and the sequence number on ``stamp`` (aware), the instant at which the file is made.
    Raises UsageError (SOP803) where the extra ``ical`` is not installed.
    """
    try:
        from icalendar import Calendar  # noqa: PLC0415  # only who writes such files needs the library
    except ImportError:
        raise UsageError(Finding("SOP803", fields={"format": "ics", "extra": "ical"})) from None
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//sopflow//plan//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _text(name))
    stamp = stamp.astimezone(dt.UTC).replace(microsecond=0)
    rules = _zone(zone, entries)
    if rules is not None:
        calendar.add_component(rules)
    for entry in entries:
        calendar.add_component(_component(entry, key, zone, stamp, tasks=tasks))
    made: bytes = calendar.to_ical()
    return made


def _zone(zone: ZoneInfo, entries: Sequence[Entry]) -> Timezone | None:
    """The rules of ``zone`` over the years of ``entries``, each change by itself (RFC 5545, 3.6.5); None: not used."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard  # noqa: PLC0415

    years = [time.year for entry in entries for time in (entry.start, entry.end) if isinstance(time, dt.datetime)]
    if not years:
        return None
    made = Timezone()
    made.add("tzid", str(zone))
    first = dt.datetime(max(min(years) - 1, 2), 1, 1, tzinfo=dt.UTC)
    before = first.astimezone(zone).utcoffset()
    for change in [first, *_changes(zone, first, max(years) - first.year + 2)]:
        local = change.astimezone(zone)
        part = TimezoneDaylight() if local.dst() else TimezoneStandard()
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", local.utcoffset())
        part.add("tzname", local.tzname())
        # The clock that was shown until then.
        part.add("dtstart", change.astimezone(dt.timezone(before or dt.timedelta())).replace(tzinfo=None))
        made.add_component(part)
        before = local.utcoffset()
    return made


def _changes(zone: ZoneInfo, first: dt.datetime, years: int) -> Iterator[dt.datetime]:
    """The instants (UTC) at which clocks in ``zone`` change, in so many years from ``first`` on."""
    step = dt.timedelta(days=7)  # no zone changes to and fro within a week
    at = first
    for _ in range(min(years, _YEARS) * 53):
        if at.year >= dt.MAXYEAR - 1:
            return
        low, high = at, at + step
        offset = low.astimezone(zone).utcoffset()
        if high.astimezone(zone).utcoffset() != offset:
            while high - low > _SECOND:
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                if middle.astimezone(zone).utcoffset() == offset:
                    low = middle
                else:
                    high = middle
            yield high
        at += step


def _component(entry: Entry, key: str, zone: ZoneInfo, stamp: dt.datetime, *, tasks: bool) -> Event | Todo:
    from icalendar import Event, Todo  # noqa: PLC0415

    made = Todo() if tasks else Event()
    made.add("uid", uid(key, entry.id))
    made.add("dtstamp", stamp)
    made.add("last-modified", stamp)
    made.add("sequence", max(int((stamp - _EPOCH).total_seconds()) // 60, 0))
    made.add("summary", _text(entry.title, line=True))
    if entry.about:
        made.add("description", _text(entry.about))
    if entry.categories:
        made.add("categories", [_text(one) for one in entry.categories])
    if entry.rule:
        made.add("rrule", _rule(entry.rule))
    start, end = _span(entry, zone)
    if tasks:
        # DUE must lie after DTSTART (RFC 5545, 3.8.2.3), and a whole day is its own end there.
        due = end if isinstance(end, dt.datetime) else entry.end
        if start < due:
            made.add("dtstart", start)
        made.add("due", due)
        made.add("status", "NEEDS-ACTION")
    else:
        made.add("dtstart", start)
        if end > start:  # DTEND must lie after DTSTART (RFC 5545, 3.8.2.2)
            made.add("dtend", end)
        made.add("transp", "TRANSPARENT")  # a deadline does not make anybody busy
    for alarm in entry.alarms:
        made.add_component(_alarm(entry, alarm))
    return made


def _span(entry: Entry, zone: ZoneInfo) -> tuple[dt.date, dt.date]:
    """Start and end as the format has them: the end of a whole day is the day after it."""
    if isinstance(entry.start, dt.datetime) and isinstance(entry.end, dt.datetime):
        return _local(entry.start, zone), _local(entry.end, zone)
    return entry.start, entry.end + _DAY if entry.end < dt.date.max else entry.end


def _local(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return instant.astimezone(zone).replace(microsecond=0)


def _alarm(entry: Entry, at: dt.datetime) -> Alarm:
    from icalendar import Alarm  # noqa: PLC0415

    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", _text(entry.title, line=True))
    # Unsaid, a trigger is a duration (RFC 5545, 3.8.6.3).
    made.add("trigger", at.astimezone(dt.UTC).replace(microsecond=0), parameters={"VALUE": "DATE-TIME"})
    return made


def _rule(text: str) -> dict[str, object]:
    from icalendar import vRecur  # noqa: PLC0415

    rule: dict[str, object] = vRecur.from_ical(text)
    return rule


def uid(key: str, id: str) -> str:
    """A globally unique id (RFC 7986, 5.3) that only ``key`` and ``id`` say."""
    return hashlib.sha256(f"{key}\n{id}".encode()).hexdigest()[:32] + "@sopflow"


def _text(text: str, *, line: bool = False) -> str:
    """``text`` without control characters, which no calendar file may hold (RFC 5545, 3.1), but for line ends."""
    return "".join(sign if sign.isprintable() or (sign == "\n" and not line) else " " for sign in text)
