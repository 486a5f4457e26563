"""Working days and working hours of one place: is this a working day, and which is the nth from here.

Knows dates and hours; where a country's holidays come from is behind ``HolidaySource``.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, Self
from zoneinfo import ZoneInfo

from sopflow.calendars._moment import in_zone, localize, pinned, wall

_KEPT_YEARS = 500
_A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """Office hours of a day, in minutes from midnight: ``Hours(540, 1080)`` is 09:00-18:00, the end not included."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= 24 * 60:
            raise ValueError("hours lie within one day, the start before the end")

    def __str__(self) -> str:
        return "-".join(f"{m // 60:02d}:{m % 60:02d}" for m in (self.start, self.end))


class Calendar(Protocol):
    """Business time of one place."""

    @property
    def zone(self) -> ZoneInfo | None:
        """Where its days begin; None: wherever the reader is."""

    @property
    def hours(self) -> tuple[Hours, ...]:
        """Office hours of every working day, in order; () if none are set, and then the whole day counts."""

    def is_working_day(self, date: dt.date) -> bool:
        """Whether people work on ``date``."""

    def add_working_days(self, date: dt.date, n: int) -> dt.date | None:
        """The nth working day after ``date`` (before it, if ``n`` is negative), which itself does not count.

        With 0 it is ``date``, working day or not. None if it lies outside the years 1..9999.
        """

    def next_working_day(self, date: dt.date) -> dt.date | None:
        """``date`` if it is a working day, else the first one after it."""

    def working_days_between(self, a: dt.date, b: dt.date) -> int:
        """How many working days lie after the earlier and up to the later date; negative if ``b`` is the earlier."""

    def provisional(self, date: dt.date) -> bool:
        """Whether the holidays around ``date`` are not published yet, so that the answers may change."""


class HolidaySource(Protocol):
    """The holidays of a country or a region."""

    def special(self, year: int) -> tuple[frozenset[dt.date], frozenset[dt.date]]:
        """Days off, and make-up working days (Saturdays that are worked for a bridge day), of ``year``."""

    def published(self, year: int) -> bool:
        """Whether the holidays of ``year`` are settled."""


@dataclass(frozen=True, slots=True)
class _Year:
    days: tuple[int, ...]  # ordinals of the working days
    members: frozenset[int]


class WeekCalendar:
    """A calendar that repeats every week, with exceptions.

    ``days`` are numbers from 0 (Monday) to 6. The strongest rule first: ``workdays``, ``holidays``, make-up
    working days of ``source``, holidays of ``source``, ``days``. Immutable, hashable, picklable; the working
    days of a year are computed once.
    """

    __slots__ = ("_lengths", "_years", "country", "days", "holidays", "hours", "source", "workdays", "zone")

    def __init__(
        self,
        days: Iterable[int] = (0, 1, 2, 3, 4),
        *,
        hours: Iterable[Hours] = (),
        zone: ZoneInfo | None = None,
        holidays: Iterable[dt.date] = (),
        workdays: Iterable[dt.date] = (),
        source: HolidaySource | None = None,
        country: str = "",
    ) -> None:
        self.days = frozenset(days)
        self.hours = tuple(sorted(hours))
        self.zone = zone
        self.holidays = frozenset(holidays)
        self.workdays = frozenset(workdays)
        self.source = source
        self.country = country
        self._years: dict[int, _Year] = {}  # a year's list is large, so only some are kept; its length is not
        self._lengths: dict[int, int] = {}
        if not self.days or not self.days <= set(range(7)):
            raise ValueError("a calendar needs working weekdays, as numbers from 0 (Monday) to 6")
        if any(a.end > b.start for a, b in zip(self.hours, self.hours[1:], strict=False)):
            raise ValueError("the hours of a calendar overlap")

    def is_working_day(self, date: dt.date) -> bool:
        return date.toordinal() in self._year(date.year).members

    def add_working_days(self, date: dt.date, n: int) -> dt.date | None:
        if n == 0:
            return date
        year, ordinal = date.year, date.toordinal()
        days = self._year(year).days
        # The place in this year's list, then whole years forward or back until the place lies inside one.
        place = bisect_right(days, ordinal) + n - 1 if n > 0 else bisect_left(days, ordinal) + n
        while place >= (length := self._length(year)):
            place -= length
            year += 1
            if year > dt.MAXYEAR:
                return None
        while place < 0:
            year -= 1
            if year < dt.MINYEAR:
                return None
            place += self._length(year)
        return dt.date.fromordinal(self._year(year).days[place])

    def next_working_day(self, date: dt.date) -> dt.date | None:
        return date if self.is_working_day(date) else self.add_working_days(date, 1)

    def working_days_between(self, a: dt.date, b: dt.date) -> int:
        if a > b:
            return -self.working_days_between(b, a)
        total = -bisect_right(self._year(a.year).days, a.toordinal())
        total += sum(map(self._length, range(a.year, b.year)))
        return total + bisect_right(self._year(b.year).days, b.toordinal())

    def provisional(self, date: dt.date) -> bool:
        return self.source is not None and not self.source.published(date.year)

    def _year(self, year: int) -> _Year:
        known = self._years.get(year)
        if known is None:
            if len(self._years) >= _KEPT_YEARS:
                self._years.clear()
            known = self._years[year] = self._working(year)
        return known

    def _length(self, year: int) -> int:
        length = self._lengths.get(year)
        if length is None:
            length = self._lengths[year] = len(self._year(year).days)
        return length

    def _working(self, year: int) -> _Year:
        first, last = dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal()
        # 1 January of year 1, ordinal 1, is a Monday.
        days = {day for day in range(first, last + 1) if (day - 1) % 7 in self.days}
        if self.source is not None:
            off, on = self.source.special(year)
            days = (days - {d.toordinal() for d in off}) | {d.toordinal() for d in on}
        days -= {d.toordinal() for d in self.holidays if d.year == year}
        days |= {d.toordinal() for d in self.workdays if d.year == year}
        return _Year(tuple(sorted(days)), frozenset(days))

    def _parts(self) -> tuple[object, ...]:
        return (self.days, self.hours, self.zone, self.holidays, self.workdays, self.source, self.country)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WeekCalendar) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return _remake, self._parts()

    def __repr__(self) -> str:
        names = ", ".join(dt.date(1, 1, 1 + day).strftime("%a").lower() for day in sorted(self.days))
        return f"WeekCalendar({self.country or 'no country'}, {names}, {', '.join(map(str, self.hours)) or 'all day'})"


def _remake(
    days: frozenset[int],
    hours: tuple[Hours, ...],
    zone: ZoneInfo | None,
    holidays: frozenset[dt.date],
    workdays: frozenset[dt.date],
    source: HolidaySource | None,
    country: str,
) -> WeekCalendar:
    return WeekCalendar(
        days, hours=hours, zone=zone, holidays=holidays, workdays=workdays, source=source, country=country
    )


MONDAY_TO_FRIDAY = WeekCalendar()
"""The calendar of those who declare none."""


def in_hours(calendar: Calendar, instant: dt.datetime, *, zone: ZoneInfo | None = None) -> bool:
    """Whether ``instant`` (aware) lies in the office hours of a working day, their end not included.

    Read in the calendar's own zone, else in ``zone``, else by the instant's own clock.
    """
    where = calendar.zone or zone
    clock = wall(instant, where) if where else instant
    if not calendar.is_working_day(clock.date()):
        return False
    minute = clock.hour * 60 + clock.minute
    return not calendar.hours or any(h.start <= minute < h.end for h in calendar.hours)


def add_working_hours(calendar: Calendar, instant: dt.datetime, n: int, zone: ZoneInfo) -> dt.datetime | None:
    """``instant`` (aware) moved by ``n`` working hours, forward or back; None outside the years 1..9999.

    Office hours are hours of the wall clock. Counting forward it may end at closing time, counting back at
    opening time: four hours after 14:00 in an office of 09:00-18:00 is 18:00, not 09:00 of the next day.
    """
    if n == 0:
        return pinned(instant)
    where = calendar.zone or zone
    clock = wall(instant, where)
    forward = n > 0
    left = dt.timedelta(hours=abs(n))
    bounds = [(dt.timedelta(minutes=h.start), dt.timedelta(minutes=h.end)) for h in calendar.hours or (Hours(0, 1440),)]
    if not forward:  # the same day read backward: 18:00 becomes 06:00 before midnight
        bounds = [(_A_DAY - end, _A_DAY - start) for start, end in reversed(bounds)]
    passed = clock - dt.datetime.combine(clock.date(), dt.time())
    date: dt.date | None = clock.date()
    place = None
    if calendar.is_working_day(clock.date()):
        passed = passed if forward else _A_DAY - passed
        left, place = _use(bounds, passed, left)
    if place is None:
        whole = (left - dt.timedelta.resolution) // sum((end - start for start, end in bounds), dt.timedelta())
        left -= whole * sum((end - start for start, end in bounds), dt.timedelta())
        date = calendar.add_working_days(clock.date(), whole + 1 if forward else -whole - 1)
        left, place = _use(bounds, dt.timedelta(), left)
    if date is None or place is None:
        return None
    try:
        moved = dt.datetime.combine(date, dt.time()) + (place if forward else _A_DAY - place)
    except OverflowError:
        return None
    return in_zone(localize(moved, where), zone)


def _use(
    bounds: list[tuple[dt.timedelta, dt.timedelta]], passed: dt.timedelta, left: dt.timedelta
) -> tuple[dt.timedelta, dt.timedelta | None]:
    """What is left of ``left`` after a day that stands at ``passed``, and where in it nothing is left."""
    for start, end in bounds:
        begin = max(start, passed)
        room = end - begin
        if room <= dt.timedelta():
            continue
        if left <= room:
            return dt.timedelta(), begin + left
        left -= room
    return left, None
