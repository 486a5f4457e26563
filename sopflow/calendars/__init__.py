"""Business time: moments, time phrases, paces, and calendars of working days.

This room knows dates, zones and words about time; it knows nothing of SOPs, runs or files. Three ideas:

* A *phrase* is what was written (``1 month before event.start``): ``parse_time`` and its siblings read one,
  ``str`` writes it, ``describe`` says it in words.
* A *moment* is what a phrase means once its references are known: a civil date or an instant. ``resolve`` finds
  it; ``opens_at`` and ``late_from`` say when it begins and when it is over.
* A *calendar* says which days and hours are worked, a *pace* what recurs.
"""

from sopflow.calendars._calendar import (
    MONDAY_TO_FRIDAY,
    Calendar,
    HolidaySource,
    Hours,
    WeekCalendar,
    add_working_hours,
    in_hours,
)
from sopflow.calendars._describe import describe
from sopflow.calendars._moment import Moment, earliest, in_zone, latest, localize
from sopflow.calendars._pace import Pace, Reminder
from sopflow.calendars._parse import parse_duration, parse_pace, parse_reminder, parse_span, parse_time
from sopflow.calendars._phrases import (
    AnchorOffset,
    At,
    Duration,
    Nothing,
    Offset,
    On,
    Ref,
    RefKind,
    Span,
    TimePhrase,
    Unit,
    Within,
)
from sopflow.calendars._resolve import Lookup, resolve, shift
from sopflow.calendars._spec import calendar_from, country_calendar, zone_named

__all__ = [
    "MONDAY_TO_FRIDAY",
    "AnchorOffset",
    "At",
    "Calendar",
    "Duration",
    "HolidaySource",
    "Hours",
    "Lookup",
    "Moment",
    "Nothing",
    "Offset",
    "On",
    "Pace",
    "Ref",
    "RefKind",
    "Reminder",
    "Span",
    "TimePhrase",
    "Unit",
    "WeekCalendar",
    "Within",
    "add_working_hours",
    "calendar_from",
    "country_calendar",
    "describe",
    "earliest",
    "in_hours",
    "in_zone",
    "latest",
    "localize",
    "parse_duration",
    "parse_pace",
    "parse_reminder",
    "parse_span",
    "parse_time",
    "resolve",
    "shift",
    "zone_named",
]
